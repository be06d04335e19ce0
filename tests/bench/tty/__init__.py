"""A program under a real pty: keys written, bytes stamped, the screen read back."""
