"""Values as JSON, as text and as rows of an export.

Imports no other room of tui.
Begin with `as_json.py`.
"""
