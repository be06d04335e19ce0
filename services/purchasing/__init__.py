"""Buy once; settle a purchase whose answer was lost.

May import vendor, journal, settings, local_files, system and domain.
Begin with `buyer.py`, then `reconciler.py`; docs/purchase-protocol.md holds the rules.
"""
