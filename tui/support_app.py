"""Answering a customer who comes back: looking an order up, its story, and what was given."""

from functools import partial
from typing import Any

from msgspec.structs import replace
from textual import on, work

from services.book_models import BoardOrder
from services.errors import BadInput, DeskError
from services.secrets import Secret
from services.text import NOTHING
from tui.screens import errands
from tui.screens.base import ConsoleScreen
from tui.screens.prompt import PromptScreen
from tui.tell_app import TellApp
from widgets.cells import local_when


class SupportApp(TellApp):
    """An app that finds orders, tells their stories, and marks what was given."""

    def change_to(self, screen: ConsoleScreen[Any]) -> None:
        """Put a screen in the place of the one on top, with the book as it is now."""
        raise NotImplementedError

    # Looking up.

    def find(self, text: str) -> None:
        """Look up what was typed; a serial that is not typed with it is asked for, hidden."""
        from services import lookup_text

        serial = lookup_text.serial_of(text)
        try:
            if serial is None:
                lookup_text.read(text, self.clock.now())
                self._show_found(text)
                return
            value, days = lookup_text.serial_and_days(serial)
        except BadInput as bad:
            self.say(bad.sentence())
            return
        if value:
            self._show_found(Secret(value), days)
        else:
            title = "The card's serial; it is shown nowhere and not kept"
            prompt = PromptScreen(self.frame, title, hidden=True)
            self.show(prompt, partial(self._serial_typed, days))

    def _serial_typed(self, days: int, serial: str | None) -> None:
        if serial:
            self._show_found(Secret(serial), days)

    def _show_found(self, wanted: str | Secret, days: int = 0) -> None:
        from tui.screens.found import FoundScreen

        self.show(FoundScreen(self.frame, wanted, days), self._stop_finding)

    def _stop_finding(self, _: object) -> None:
        """Ask the vendor no further for what nobody waits for."""
        self.workers.cancel_group(self, "find")  # pyright: ignore[reportUnknownMemberType]

    @on(errands.FindRead)
    @work(group="find", exclusive=True, exit_on_error=False, description="look an order up")
    async def _find(self, wanted: errands.FindRead) -> None:
        finder, asked = wanted.finder, wanted.wanted
        try:
            if isinstance(asked, Secret):
                found = await self.desk.find_serial(asked, wanted.days, finder.show_page)
            else:
                found = await self.desk.find(asked, ask=False)
                if found.partial:
                    finder.show_found(found, "")
                    found = await self.desk.find(asked)
        except DeskError as error:
            finder.show_found(None, error.sentence())
        else:
            finder.show_found(found, "")

    # Stories.

    @on(errands.StoryWanted)
    def _open_story(self, wanted: errands.StoryWanted) -> None:
        from tui.screens.story import StoryScreen

        screen = StoryScreen(self.frame, wanted.order)
        below = self.screen_stack[-2] if len(self.screen_stack) > 1 else None
        if isinstance(below, StoryScreen) and below.reference == screen.reference:
            self._leave_top()
        elif wanted.instead:
            self.change_to(screen)
        else:
            self.show(screen)

    @on(errands.StoryRead)
    @work(group="story", exclusive=True, exit_on_error=False, description="read the story")
    async def _read_story(self, wanted: errands.StoryRead) -> None:
        teller = wanted.teller
        try:
            told = await self.desk.story(wanted.reference, ask=False)
            teller.show_story(told, "", busy=True)
        except DeskError:
            pass  # perhaps the vendor knows it
        try:
            told = await self.desk.story(wanted.reference)
        except DeskError as error:
            teller.show_story(None, error.sentence())
        else:
            teller.show_story(told, "")

    # What was given.

    @on(errands.GivenWanted)
    @work(group="given", exit_on_error=False, description="mark an order as given")
    async def _mark(self, wanted: errands.GivenWanted) -> None:
        order, desk = wanted.order, self.desk
        try:
            mark, new = await (desk.take_back if wanted.undo else desk.give)(order.order_id)
        except DeskError as error:
            self.say(error.sentence())
            return
        by = mark.by if mark.at else NOTHING
        marked = replace(order, given_at=mark.at, given_by=by)
        self.show_order(marked)
        self.say(self._marked_words(marked, new=new))

    def _marked_words(self, order: BoardOrder, *, new: bool) -> str:
        if order.given_at is None:
            return (
                "The mark is taken back: not given yet." if new else "It was not marked as given."
            )
        when = local_when(order.given_at, self.clock.now())
        if new:
            return f"Marked as given to the customer, {when}."
        return f"It was marked as given already, {when} by {order.given_by}."

    def show_undelivered(self) -> None:
        """List what is not given yet."""
        from tui.screens.undelivered import UndeliveredScreen

        self.show(UndeliveredScreen(self.frame))

    @on(errands.UndeliveredRead)
    @work(group="undelivered", exclusive=True, exit_on_error=False, description="read the list")
    async def _read_undelivered(self, wanted: errands.UndeliveredRead) -> None:
        try:
            rows = await self.desk.undelivered()
        except DeskError as error:
            wanted.giver.show_undelivered((), error.sentence())
        else:
            wanted.giver.show_undelivered(rows, "")

    def _leave_top(self) -> None:
        if isinstance(self.screen, ConsoleScreen):
            self.screen.leave_screen()
