"""Canvas, style and cells: what everything else is drawn with.

Imports no other room of widgets.
Begin with `canvas.py`.
"""
