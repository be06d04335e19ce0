"""Pages of facts that do not scroll by rows: an order, a ticket, the money, a card.

May import board and drawing.
Begin with `order_detail.py`.
"""
