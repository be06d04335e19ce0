"""The `:` line: what a typed line means, and the list of all actions.

May import screens, actions, terminal and formats.
Begin with `parser.py`.
"""
