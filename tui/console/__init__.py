"""The app, its session, and the handlers of what the screens ask for.

May import palette, screens, actions, terminal and formats.
Begin with `app.py`.
"""
