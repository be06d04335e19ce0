"""What a desk calls somebody for; begin with `calls.py`.

May import what `services.desk` may. Nothing here is loaded before it is needed.
"""
