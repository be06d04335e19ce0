"""What the journal keeps of prices and stock that were seen, and of the watches on them.

May import what `services.journal` may; begin with `prices_seen.py`.
"""
