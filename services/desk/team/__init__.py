"""What who runs a team's journal does with it: making it, looking at it, moving it, its limits.

May import what the desk may; imported by the commands that are about it alone.
Begin with `administration.py`.
"""
