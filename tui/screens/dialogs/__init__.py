"""Small screens that ask one thing and close.

May import actions, terminal and formats.
Begin with `confirm.py`.
"""
