"""What the desk knows and does, without any terminal: vendor, journal, purchases, tracking."""
