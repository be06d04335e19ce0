"""Saying on the message line what became of orders: a screen reader follows that one line."""

from typing import TYPE_CHECKING

from services.domain.book import Book
from tui.screens.base import ConsoleScreen

if TYPE_CHECKING:
    from tui.console.app import ConsoleApp


class Announcements:
    """Says the newest entry of the log where it came with a change of an order or a purchase.

    A sentence that is being read stays, and a screen that shows the purchase says it by itself.
    """

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console
        self._began = console.clock.now()

    def follow(self, before: Book, book: Book) -> None:
        """Say what a newer book holds that the one before it did not."""
        entry = book.log[-1] if book.log else None
        if entry is None or entry in before.log[-1:] or entry.at < self._began:
            return
        changed = book.orders is not before.orders or book.unsettled is not before.unsettled
        screen = self._console.screen
        if changed and isinstance(screen, ConsoleScreen) and screen.listens:
            screen.say(entry.words)
