"""What a counter keeps beside its purchases: the end of the day, and what went wrong with a card.

Pure. It may import the rest of the domain; begin with `shift.py`.
"""
