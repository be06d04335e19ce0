"""What the journal keeps of prices and stock that were seen.

May import what `services.journal` may; begin with `prices_seen.py`.
"""
