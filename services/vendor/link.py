"""Whether reads get through to the vendor just now, for those who wait for one."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from services.domain.book import LinkState
from services.system.clock import Clock

WORTH_SAYING = 2.0
"""Seconds; a shorter wait is over before it is read."""


class Link:
    """Puts together what all reads of a process meet on their way.

    Args:
        publish: given each new state.
    """

    def __init__(self, clock: Clock, publish: Callable[[LinkState], None] = lambda _: None) -> None:
        self._clock: Final = clock
        self._publish: Final = publish
        self._held: dict[object, datetime] = {}
        self._silent: dict[object, datetime] = {}
        self._unheard: datetime | None = None
        self._state = LinkState()

    @contextmanager
    def waiting(self) -> Generator[Callable[[float], None]]:
        """Give what a read calls with the seconds that it has to wait for its slot."""
        read = object()

        def waits(seconds: float) -> None:
            if seconds >= WORTH_SAYING:
                self._held[read] = self._clock.now() + timedelta(seconds=seconds)
                self._announce()

        try:
            yield waits
        finally:
            if self._held.pop(read, None) is not None:
                self._announce()

    @contextmanager
    def listening(self) -> Generator[object]:
        """Give the mark of a read that waits for its answer, until it ends."""
        read = object()
        try:
            yield read
        finally:
            self._leave(read)

    def silence(self, read: object, seconds: float) -> None:
        """Take note that a read has had no answer for so long."""
        if read not in self._silent:
            self._silent[read] = self._clock.now() - timedelta(seconds=seconds)
            self._announce()

    def answer(self, read: object) -> None:
        """Take note that a read had an answer, or a failure that is none of silence."""
        self._silent.pop(read, None)
        self._unheard = None
        self._announce()

    def _leave(self, read: object) -> None:
        # What it found holds until another read is answered.
        if (since := self._silent.pop(read, None)) is not None:
            self._unheard = min(since, self._unheard or since)
            self._announce()

    def _announce(self) -> None:
        silent = [*self._silent.values(), *([self._unheard] if self._unheard else ())]
        state = LinkState(min(self._held.values(), default=None), min(silent, default=None))
        if state != self._state:
            self._state = state
            self._publish(state)
