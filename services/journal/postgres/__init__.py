"""The journal on a PostgreSQL server that a team runs, for several hosts.

May import the journal's schema and rows, system and domain; loaded only where the settings name a
server.
Begin with `engine.py`.
"""
