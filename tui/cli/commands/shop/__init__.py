"""Commands for the end of the day and for what went wrong with a card. Begin with `shift.py`."""
