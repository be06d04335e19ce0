"""What people type or write in a file, and what it may mean: days, digits, ids, names, lists. Pure.

It may import the rest of the domain; begin with `lookup.py` and `fuzzy_match.py`.
"""
