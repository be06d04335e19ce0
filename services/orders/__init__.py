"""Follow the account's orders; the rows of the order board.

May import vendor, journal, settings, local_files, system and domain.
Begin with `tracker.py`.
"""
