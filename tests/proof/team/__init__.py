"""The proofs of a journal that several hosts share on a server."""
