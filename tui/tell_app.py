"""Calling the operator when something happened, seldom enough that nobody turns it off."""

import os
from typing import TYPE_CHECKING

from textual import work

from services.book_models import Book
from tui.lock_app import LockApp

if TYPE_CHECKING:
    from services.occasions import News, Occasions

GAP_SECONDS = 5.0
"""What happens within this time after a call is told together, by the next."""


class TellApp(LockApp):
    """An app that calls the operator as the settings say, locked or not."""

    _occasions: "Occasions | None" = None
    _untold: "News | None" = None
    _telling = False
    _told_in_vain = False

    def notice(self, book: Book) -> None:
        """Take a newer book and call the operator if something happened."""
        settings = self.frame.settings
        if settings.ui.tell == "off":
            self._occasions = self._untold = None
            return
        from services.occasions import News, Occasions

        now = self.clock.now()
        if self._occasions is None:
            self._occasions = Occasions(now, settings.purchase.deadline_seconds)
        news = self._occasions.take(book, now, settings.ui.low_balance)
        if settings.ui.tell_of == "trouble":
            news = News(needs=news.needs, low=news.low)
        if not news:
            return
        self._untold = news + (self._untold or News())
        if not self._telling:
            self._telling = True
            self._tell()

    @work(group="sample", exclusive=True, exit_on_error=False, description="try how to call you")
    async def try_telling(self) -> None:
        """Call the operator once, so that it is known what that is like, or that it cannot be."""
        from tui import telling

        way = self.frame.settings.ui.tell
        if way != "off" and not await telling.tell(
            way, telling.SAMPLE, os.environ, self.to_terminal
        ):
            self.say(telling.NO_TMUX)

    @work(group="tell", exit_on_error=False, description="tell what happened")
    async def _tell(self) -> None:
        from tui import telling

        try:
            while (news := self._untold) is not None:
                self._untold = None
                way = self.frame.settings.ui.tell
                if not await telling.tell(way, telling.words(news), os.environ, self.to_terminal):
                    self._could_not(telling.NO_TMUX)
                await self.clock.sleep(GAP_SECONDS)
        finally:
            self._telling = False

    def _could_not(self, sentence: str) -> None:
        """Say once that nobody is called, however often that happens."""
        if not self._told_in_vain:
            self._told_in_vain = True
            self.say(sentence)
