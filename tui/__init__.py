"""The console and the command line: screens, actions and the wiring between desk and widgets."""
