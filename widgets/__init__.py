"""Panes and lists that draw frozen values and post messages; no input or output.

Of services they know the domain only.
Begin with `board/board.py`.
"""
