"""Calling through the program of `ui.tell_command`: one call after the other, behind the screen."""

from collections import deque
from typing import TYPE_CHECKING

from services.domain.alerts import Alerts, Occasion

if TYPE_CHECKING:
    from tui.console.app import ConsoleApp

MOST_WAITING = 100
"""So many calls wait for the program; what happens beyond that is not called for."""

TOO_MANY = "ui.tell_command is slower than what happens: some of it was not called for."


class ProgramCalls:
    """Hands what happened to the operator's program; nothing waits for it."""

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console
        self._waiting: deque[Occasion] = deque()
        self._calling = False
        self._left_out = False

    def take(self, news: Alerts) -> None:
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
