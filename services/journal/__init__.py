"""The database in which every purchase is written before it is sent; all SQL is here.

May import system and domain.
Begin with `database.py`, then `purchases.py`; `sqlite` and `postgres` are the two engines.
"""
