"""The console's screens: each connects panes to actions and sends errands up to the app."""
