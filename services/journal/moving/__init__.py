"""Moving a journal from a file on this host to a team's server, and back. Begin with `move.py`.

May import both engines, and what they may.
"""
