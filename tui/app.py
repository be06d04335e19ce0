"""The console's app: it carries screens' errands to the desk and the desk's book to the screens."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, on, work
from textual.binding import BindingType
from textual.reactive import var
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from services import logs
from services.book_models import Book
from services.clock import Clock
from services.errors import DeskError, Unavailable
from tui.command_app import CommandApp
from tui.screens import words
from tui.screens.base import NO_BOOK, ConsoleScreen, Frame
from tui.screens.desk import DeskScreen
from tui.screens.help import HelpScreen
from tui.screens.leave import LeaveScreen
from tui.screens.unresolved import UnresolvedScreen
from tui.steady_app import HUNG_UP
from tui.terminal import hung_up

if TYPE_CHECKING:
    from services.desk import Desk

TICK_SECONDS = 1.0


class ConsoleApp(CommandApp):
    """One operator's console on one desk.

    Args:
        frame: settings, keys, and whether this console may buy.
        clock: what the time is.
        open_desk: opens the desk; called once the first picture stands.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    book: var[Book] = var(NO_BOOK, init=False)
    now: var[datetime | None] = var[datetime | None](None, init=False)

    def __init__(
        self, frame: Frame, clock: Clock, open_desk: "Callable[[], Awaitable[Desk]]"
    ) -> None:
        super().__init__(frame, clock)
        self._open_desk = open_desk
        self._desk: Desk | None = None
        self._touched_at = clock.steady()

    @property
    def desk(self) -> "Desk":
        """The desk, once it is open; raises Unavailable before."""
        if self._desk is None:
            raise Unavailable("The desk is still being opened", advice="Try again in a moment.")
        return self._desk

    def get_default_screen(self) -> Screen[Any]:
        """Begin at the desk."""
        desk = DeskScreen(self.frame)
        desk.privacy = self.privacy
        return desk

    def on_mount(self) -> None:
        """Show the first picture, then open the desk behind it."""
        self._tick()
        self.set_interval(TICK_SECONDS, self._tick)
        self.lock_if_left_locked()
        self.load_history()
        self.call_after_refresh(self._follow_book)

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is here; the key that opened the lock does nothing else."""
        if isinstance(event, events.InputEvent | events.Paste):
            self._touched_at = self.clock.steady()
        if isinstance(event, events.Key) and not event.is_forwarded and self.still_held(event):
            return
        await super().on_event(event)

    def present(
        self, screen: ConsoleScreen[Any], done: Callable[[Any], None] | None = None
    ) -> None:
        """Push a screen, with the book as it is now."""
        self._prepare(screen)
        self.push_screen(screen, done)

    def change_to(self, screen: ConsoleScreen[Any]) -> None:
        """Put a screen in the place of the one on top, with the book as it is now."""
        self._prepare(screen)
        self.switch_screen(screen)  # pyright: ignore[reportUnknownMemberType]

    def _prepare(self, screen: ConsoleScreen[Any]) -> None:
        screen.book, screen.now, screen.privacy = self.book, self.now, self.privacy
        screen.figures = self.figures

    # Down: the book, the time and privacy, to every screen.

    def watch_book(self, book: Book) -> None:
        """Hand a newer book to every screen, or leave when it says that there is no going on."""
        if book.fatal:
            self.leave(book.fatal_exit, book.fatal)
        self.hand_down("book", book)
        self.notice(book)

    def watch_now(self, now: datetime | None) -> None:
        """Hand the time (UTC) to every screen."""
        self.hand_down("now", now)

    def watch_privacy(self, privacy: bool) -> None:
        """Hand privacy mode to every screen."""
        self.hand_down("privacy", privacy)

    def _tick(self) -> None:
        self.now = self.clock.now()
        self.check_line()
        self.check_size()
        minutes = self.frame.settings.ui.lock_minutes
        if minutes and self.clock.steady() - self._touched_at >= minutes * 60:
            self.lock()
        # Without a hang-up signal (nohup) the reader of keys would spin on a terminal that is gone.
        if not self.is_headless and hung_up(sys.stdin.fileno()):
            self.leave(HUNG_UP)

    @work(group="book", exit_on_error=False, description="follow the book")
    async def _follow_book(self) -> None:
        try:
            if self._desk is None:
                self._desk = await self._open_desk()
                self.book = self._desk.book
                # What the journal held stands on the screen before the vendor is asked anything.
                self.call_after_refresh(self._desk.start)
                if self.book.unsettled:
                    self.show(UnresolvedScreen(self.frame))
        except DeskError as error:
            self.leave(error.exit_code, error.sentence())
            return
        async for book in self.desk.books():
            self.book = book

    def on_app_blur(self) -> None:
        """Hide cards when the terminal loses the focus."""
        for screen in self.screen_stack:
            if isinstance(screen, ConsoleScreen):
                screen.conceal()

    # Up: what belongs to the whole console.

    @on(ConsoleScreen.Asked)
    def _asked(self, event: ConsoleScreen.Asked) -> None:
        screen = event.screen
        match event.action_id:
            case "palette":
                self.open_palette(screen)
            case "help":
                self.show(HelpScreen(self.frame, screen.situation()))
            case "unresolved" if self._is_below(screen, UnresolvedScreen):
                screen.leave_screen()
            case "unresolved":
                self.show(UnresolvedScreen(self.frame))
            case "money":
                self._show_money()
            case "handed":
                self.show_handed()
            case "find":
                self.open_palette(screen, "find ")
            case "undelivered":
                self.show_undelivered()
            case "privacy":
                self.privacy = not self.privacy
            case "redraw":
                self.draw_anew()
            case "lock":
                self.lock()
            case "lock.pin":
                self.ask_for_pin()
            case _:
                self._ask_to_leave()

    def _is_below(self, screen: Screen[Any], kind: type[Screen[Any]]) -> bool:
        """Tell whether the screen under this one is of a kind."""
        below = self.screen_stack[: self.screen_stack.index(screen)] if screen.is_current else []
        return bool(below) and isinstance(below[-1], kind)

    def _show_money(self) -> None:
        from tui.screens.money import MoneyScreen

        self.show(MoneyScreen(self.frame))

    def _ask_to_leave(self) -> None:
        lines = words.leaving(self.book)
        if not lines:
            self.leave()
        elif not any(isinstance(screen, LeaveScreen) for screen in self.screen_stack):
            self.show(LeaveScreen(self.frame, lines), self._leave_agreed)

    def _leave_agreed(self, yes: bool | None) -> None:
        if yes:
            self.leave()

    # What must not happen, and does.

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that a worker broke; a defect is logged without the values it was handling."""
        worker = cast("Worker[Any]", event.worker)  # pyright: ignore[reportUnknownMemberType]
        if event.state is WorkerState.ERROR and worker.error is not None:
            number = logs.crash_report(worker.error)
            self.say(
                f"Could not {worker.description}: a defect, report {number} is in the log. "
                "Look at the orders before buying anything again."
            )
