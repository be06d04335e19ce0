"""The settings file, the environment and the API key.

May import system and domain.
Begin with `fields.py`, the list of all settings, then `load.py`.
"""
