"""The tables of `services.domain.shop`. Begin with `shifts.py`."""
