"""The console and the command line: screens, actions and the wiring between desk and widgets.

May import widgets and services.
Begin with `__main__.py`, then `console/app.py`.
"""
