"""What people type and what it may mean: days, digits, ids, notes, names typed nearly right. Pure.

It may import the rest of the domain; begin with `lookup.py` and `fuzzy_match.py`.
"""
