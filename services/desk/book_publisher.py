"""The book: everything a desk shows, one immutable value after the other, latest wins."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from msgspec.structs import replace

from services.domain.book import Book, DeskInfo, LogEntry
from services.domain.phrase import Phrase, cleaned
from services.domain.text import NOTHING, SafeText
from services.system.clock import Clock

LOG_LINES = 500


class BookPublisher:
    """Holds the current book and wakes those who wait for a newer one."""

    def __init__(self, info: DeskInfo, clock: Clock) -> None:
        self.book = Book(info=info)
        self._clock = clock
        self._news = asyncio.Event()
        self._closed = False

    def publish(self, **changes: Any) -> None:
        """Replace fields of the book; a field set to what it already is makes no news."""
        real = {k: v for k, v in changes.items() if getattr(self.book, k) is not v}
        if real:
            self.book = replace(self.book, **real)
            self._announce()

    def log(self, text: str | Phrase, level: str = "info", customer: SafeText = NOTHING) -> None:
        """Append a line to the log pane: `info`, `warning` or `error`; never a card or a key."""
        entry = LogEntry(self._clock.now(), level, cleaned(text), customer)
        self.publish(log=(*self.book.log[-LOG_LINES + 1 :], entry))

    def log_earlier(self, entries: tuple[LogEntry, ...]) -> None:
        """Put what happened before this console began before its own lines."""
        if entries:
            self.publish(log=(*entries, *self.book.log)[-LOG_LINES:])

    async def books(self) -> AsyncIterator[Book]:
        """Yield the current book, then each newer one; a slow reader skips versions in between."""
        shown: Book | None = None
        while not self._closed:
            news = self._news
            if self.book is not shown:
                shown = self.book
                yield shown
                continue
            await news.wait()

    def close(self) -> None:
        """End every iteration over the books."""
        self._closed = True
        self._announce()

    def _announce(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
