"""Single lines: status, key hints, the link.

May import board and drawing.
Begin with `status_bar.py`.
"""
