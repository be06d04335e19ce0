"""The parts of the desk for sales of several lines, the end of the day and bad cards.

Begin with `shift.py`.
"""
