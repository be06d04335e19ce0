"""The screens: they place widgets, answer to actions and post requests.

May import actions, terminal and formats.
Begin with `base.py`, then `desk.py`.
"""
