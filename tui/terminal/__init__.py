"""The terminal itself: driver, key reader, clipboard, notifications, themes.

Imports no other room of tui.
Begin with `driver.py`.
"""
