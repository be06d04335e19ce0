"""The list: rows, columns, cursor, filter and sorting.

May import drawing.
Begin with `board.py`.
"""
