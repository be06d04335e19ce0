"""Commands of who runs the journal of a team. Begin with `journal.py`."""
