"""Files, paths, the process, the clock and the log.

May import domain.
Begin with `files.py`.
"""
