"""The sentences of one subject each: what a customer may hear, what the log says.

Pure. It may import the rest of the domain; begin with `customer_status.py` or `log_words.py`.
"""
