"""The facade that the console and the commands hold, and the loops that it runs.

May import every other room of services.
Begin with `desk.py`, then `account.py`.
"""
