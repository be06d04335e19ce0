"""The parts of the desk for the end of the day and for bad cards. Begin with `shift.py`."""
