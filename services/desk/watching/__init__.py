"""What a desk keeps of prices and stock, what it watches, and whom it calls.

Begin with `watches.py`.

May import what `services.desk` may. Nothing here is loaded before it is needed.
"""
