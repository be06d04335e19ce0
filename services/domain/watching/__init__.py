"""What became of prices and stock: what was seen before, and what is worth saying of it. Pure.

It may import the rest of the domain; begin with `price_history.py`.
"""
