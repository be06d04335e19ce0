"""One module a command: it declares its arguments and carries the command out.

May import every other room of tui.
Begin with `money.py`.
"""
