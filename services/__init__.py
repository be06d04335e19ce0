"""What the desk knows and does, without any terminal.

Holds the rooms of the product; knows neither widgets nor tui.
Begin with `services/desk/desk.py` and, for the rules, `services/domain/`.
"""
