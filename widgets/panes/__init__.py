"""The panes of the desk: catalogue, stock, orders, ledger, log.

May import board and drawing.
Begin with `orders.py`.
"""
