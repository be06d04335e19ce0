"""What goes down the line to the terminal, counted: bytes, frames, and what the last key cost."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

SECONDS = 10.0
"""Rates are those of so many seconds."""

KEY_SECONDS = 0.5
"""What is written so soon after a key counts as its cost."""


class Figures(NamedTuple):
    """Bytes and frames a second, the bytes of the last key, and all bytes since the start."""

    bytes_s: float
    frames_s: float
    key_bytes: int
    total: int


class LineMeter:
    """Counts what is written.

    Args:
        steady: a clock that only goes forward, in seconds.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._began = steady()
        self._recent: deque[tuple[float, int, int]] = deque()
        self._key_at = float("-inf")
        self._key_bytes = 0
        self.total = 0

    def key(self) -> None:
        """Note that a key was pressed: what is written now is for it."""
        self._key_at, self._key_bytes = self._steady(), 0

    def wrote(self, size: int) -> None:
        """Count so many bytes."""
        now = self._steady()
        self.total += size
        if now - self._key_at <= KEY_SECONDS:
            self._key_bytes += size
        self._note(now, size, 0)

    def frame(self) -> None:
        """Count a picture, or the part of one that changed."""
        self._note(self._steady(), 0, 1)

    def figures(self) -> Figures:
        """Return what was counted."""
        now = self._steady()
        self._forget(now)
        seconds = min(SECONDS, max(1.0, now - self._began))
        recent = tuple(self._recent)
        return Figures(
            sum(size for _, size, _ in recent) / seconds,
            sum(frames for _, _, frames in recent) / seconds,
            self._key_bytes,
            self.total,
        )

    def _note(self, now: float, size: int, frames: int) -> None:
        self._recent.append((now, size, frames))
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] < now - SECONDS:
            self._recent.popleft()
