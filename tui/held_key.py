"""A key that goes on repeating because a finger still lies on it."""

HELD_SECONDS = 0.7
"""Longer than any keyboard waits before a held key begins to repeat."""


class HeldKey:
    """The key that opened something and must do nothing else there, however long it is held.

    Args:
        key: as Textual names it.
        at: when it had its effect, in steady seconds.
    """

    def __init__(self, key: str, at: float) -> None:
        self._key = key
        self._last_at = at

    def repeats(self, key: str, at: float) -> bool:
        """Whether a key that was pressed at `at` is still the same press of that key."""
        if key != self._key or at - self._last_at > HELD_SECONDS:
            return False
        self._last_at = at
        return True
