"""The HTTP API of OneClickDz: one client over one transport.

May import system and domain.
Begin with `client.py`, then `transport.py`.
"""
