"""Commands for the end of the day, for bad cards and for watches. Begin with `shift.py`."""
