"""Answers put together from the vendor and the journal on request.

May import vendor, journal, settings, local_files, system and domain.
Begin with `ledger_reader.py`.
"""
