"""What hosts that share a journal share of the vendor, too: the requests of a minute.

May import the journal; imported by the desk's part for a team.
Begin with `request_shares.py`.
"""
