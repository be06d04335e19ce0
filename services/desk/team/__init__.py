"""A team's journal: what who runs it does with it, and what its hosts share of the vendor.

May import what the desk may; imported by the commands that are about it alone, and by a desk whose
journal is on a server. Begin with `administration.py`, or `request_share.py`.
"""
