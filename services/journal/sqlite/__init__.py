"""The journal in one SQLite file on this host, which is the default.

May import the journal's schema and rows, system and domain.
Begin with `engine.py`.
"""
