"""The journal on a PostgreSQL server that a team runs, for several hosts.

May import the journal's schema and rows, system and domain; imported by setting alone.
Begin with `engine.py`.
"""
