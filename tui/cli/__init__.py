"""The command line: arguments, output, exit codes.

May import every other room of tui.
Begin with `main.py`; `arguments.py` lists the commands.
"""
