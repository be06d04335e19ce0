"""What else is kept on this machine: catalogue cache, pinned products, receipts, exports.

May import system and domain.
Begin with `catalog_cache.py`.
"""
