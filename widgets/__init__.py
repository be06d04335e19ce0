"""Panes and lists that draw frozen values and post messages; no input or output of their own."""
