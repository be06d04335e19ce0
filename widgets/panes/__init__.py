"""The panes of the desk, what is selected in full, and the lists of other screens.

May import board and drawing.
Begin with `orders.py`.
"""
