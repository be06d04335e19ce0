"""The one table of actions: keys, names, and why an action is not possible here.

Imports no other room of tui.
Begin with `table.py`.
"""
