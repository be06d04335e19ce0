"""Pieces that several screens are made of.

May import actions, terminal and formats.
Begin with `filter.py`.
"""
