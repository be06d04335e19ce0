"""What a counter has beside single purchases: sales of several lines, the day's end, bad cards.

Pure. It may import the rest of the domain; begin with `sale.py` or `shift.py`.
"""
