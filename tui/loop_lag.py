"""How late the event loop is: a call that was due a moment ago tells it."""

import asyncio
from collections import deque
from time import monotonic

EVERY = 0.25
"""Between two looks (s)."""

KEPT = 40
"""The worst is that of so many looks: of the last ten seconds."""


class LoopLag:
    """Looks again and again how late it is called, from `start` to `stop`."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=KEPT)
        self._next: asyncio.TimerHandle | None = None

    @property
    def worst(self) -> float:
        """By how much (s) the loop was late at worst."""
        return max(self._late, default=0.0)

    def start(self) -> None:
        """Look from now on."""
        self._late.clear()
        self._look_at(monotonic() + EVERY)

    def stop(self) -> None:
        """Look no more."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _look_at(self, due: float) -> None:
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(max(0.0, due - monotonic()), self._look, due)

    def _look(self, due: float) -> None:
        now = monotonic()
        self._late.append(max(0.0, now - due))
        self._look_at(now + EVERY)
