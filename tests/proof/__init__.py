"""The proofs of the purchase protocol: what is run, who judges, and what came of it."""
