"""Saying what happened: by a call, seldom enough that calls stay on, and on the message line."""

import os
from collections import deque
from typing import TYPE_CHECKING

from services.domain.book import Book
from tui.screens.base import ConsoleScreen

if TYPE_CHECKING:
    from services.domain.alerts import AlertDetector, Alerts, Occasion
    from tui.console.app import ConsoleApp

GAP_SECONDS = 5.0
"""What happens within this time after a call is reported together, by the next."""

MOST_WAITING = 100
"""So many calls wait for the program; what happens beyond that is not called for."""

TOO_MANY = "ui.tell_command is slower than what happens: some of it was not called for."


class OperatorCalls:
    """Calls the operator as the settings say, locked or not."""

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console
        self._occasions: AlertDetector | None = None
        self._pending: Alerts | None = None
        self._calling = False
        self._failed = False
        self._programs = ProgramCalls(console)

    def follow(self, book: Book) -> None:
        """Take a newer book and call the operator if something happened."""
        settings = self._console.context.settings
        if settings.ui.tell == "off" and not settings.ui.tell_command:
            self._occasions = self._pending = None
            return
        from services.domain.alerts import AlertDetector, Alerts

        now = self._console.clock.now()
        if self._occasions is None:
            self._occasions = AlertDetector(now, settings.purchase.deadline_seconds)
        news = self._occasions.take(book, now, settings.ui.low_balance)
        if settings.ui.tell_of == "trouble":
            news = news.trouble
        if not news:
            return
        if settings.ui.tell_command:
            self._programs.take(news)
        if settings.ui.tell == "off":
            return
        self._pending = news + (self._pending or Alerts())
        if not self._calling:
            self._calling = True
            self._console.start(self._call, "call you")

    def try_out(self) -> None:
        """Call the operator once, so that it is known what that is like, or that it cannot be."""
        self._console.start(self._sample, "try how to call you", latest_wins=True)

    async def _sample(self) -> None:
        from tui.terminal import notify

        if self._console.context.settings.ui.tell != "off" and not await self._send(notify.SAMPLE):
            self._console.say(notify.NO_TMUX)

    async def _call(self) -> None:
        from tui.terminal import notify

        try:
            while (news := self._pending) is not None:
                self._pending = None
                if not await self._send(notify.words(news)) and not self._failed:
                    # Said once, however often that happens.
                    self._failed = True
                    self._console.say(notify.NO_TMUX)
                await self._console.clock.sleep(GAP_SECONDS)
        finally:
            self._calling = False

    async def _send(self, words: str) -> bool:
        from tui.terminal import notify

        way = self._console.context.settings.ui.tell
        return await notify.tell(way, words, os.environ, self._console.to_terminal)


class ProgramCalls:
    """Hands what happened to the operator's program; nothing waits for it."""

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console
        self._waiting: deque[Occasion] = deque()
        self._calling = False
        self._left_out = False

    def take(self, news: "Alerts") -> None:
        """Call for each thing that happened, once those before it are called for."""
        room = MOST_WAITING - len(self._waiting)
        self._waiting.extend(news.occasions[:room])
        if len(news.occasions) > room and not self._left_out:
            self._left_out = True
            self._console.say(TOO_MANY)
        if self._waiting and not self._calling:
            self._calling = True
            self._console.start(self._call, "run ui.tell_command")

    async def _call(self) -> None:
        console = self._console
        try:
            while self._waiting:
                ui, info = console.settings.ui, console.book.info
                failed = await console.desk.calls.make(self._waiting.popleft(), ui, info)
                if failed:
                    console.say(failed)
        finally:
            self._calling = False


class Announcements:
    """Says the newest entry of the log where it came with an order, a purchase or a watch.

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
        changed = (
            book.orders is not before.orders
            or book.unsettled is not before.unsettled
            or book.to_approve is not before.to_approve
            or book.watch_news is not before.watch_news
        )
        screen = self._console.screen
        # A screen on top may not be composed yet: it has nothing to say it on.
        if not (changed and isinstance(screen, ConsoleScreen) and screen.composed):
            return
        if screen.listens:
            screen.say(entry.words)
