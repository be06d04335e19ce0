"""Frozen values, pure rules and the sentences about them; no input or output.

Imports no other room.
Begin with `models.py`, then `purchase_states.py` and `errors.py`.
"""
