"""The console's app: it has requests answered and hands the desk's book to the screens."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from msgspec.structs import replace
from textual import on
from textual.binding import BindingType
from textual.reactive import var
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from services.domain.book import BoardOrder, Book
from services.domain.errors import DeskError, Failure, Unavailable
from services.domain.status_text import link_words
from services.settings.load import Settings
from services.system import logs
from services.system.host_limits import host_limit
from tui.actions.keymap import Keymap
from tui.console.alerts import Announcements, OperatorCalls
from tui.console.base_app import HUNG_UP, BaseApp
from tui.console.clipboard import CardClipboard
from tui.console.command_runner import CommandRunner
from tui.console.lock import ConsoleLock
from tui.console.request_handlers import BROKEN, HANDLERS
from tui.console.stock_in_sight import StockInSight
from tui.screens.base import NO_BOOK, ConsoleContext, ConsoleScreen
from tui.screens.desk import DeskScreen
from tui.screens.requests import Request
from tui.terminal import title
from tui.terminal.capabilities import hung_up

if TYPE_CHECKING:
    from services.desk.desk import Desk

AnswerT = TypeVar("AnswerT")
TICK_SECONDS = 1.0

_log = logging.getLogger(__name__)


class ConsoleApp(BaseApp[None], inherit_bindings=False):
    """One operator's console on one desk.

    Args:
        context: settings, keys, the clock, and whether this console may buy.
        open_desk: opens the desk; called once the first picture is drawn.
        notices: what is to be put right on this machine, in sentences.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    book: var[Book] = var(NO_BOOK, init=False)
    now: var[datetime | None] = var[datetime | None](None, init=False)
    privacy: var[bool] = var(False, init=False)
    settings: var[Settings] = var(Settings, init=False)

    def __init__(
        self,
        context: ConsoleContext,
        open_desk: "Callable[[], Awaitable[Desk]]",
        notices: Sequence[str] = (),
    ) -> None:
        super().__init__(context)
        self.set_reactive(ConsoleApp.settings, context.settings)
        self.set_reactive(ConsoleApp.privacy, context.settings.ui.privacy)
        self.lock = ConsoleLock(self)
        self.alerts = OperatorCalls(self)
        self.announcements = Announcements(self)
        self.card_clipboard = CardClipboard(self)
        self.commands = CommandRunner(self)
        self.stock = StockInSight(self)
        self._notices = notices
        self._open_desk = open_desk
        self._desk: Desk | None = None

    @property
    def desk(self) -> "Desk":
        """The desk, once it is open; raises Unavailable before."""
        if self._desk is None:
            raise Unavailable("The desk is still being opened", advice="Try again in a moment.")
        return self._desk

    def get_default_screen(self) -> Screen[Any]:
        desk = DeskScreen(self.context)
        desk.privacy = self.privacy
        return desk

    def on_mount(self) -> None:
        """Show the first picture, then open the desk behind it."""
        self._tick()
        self.set_interval(TICK_SECONDS, self._tick)
        self.lock.close_if_left_locked()
        self.start(self.commands.load_history, "read the command lines of before")
        # Behind the message that draws the screen: what waits for a refresh waits for the next one.
        self.screen.call_later(self.start, self._follow_book, "follow the book", group="book")
        if self._notices:
            self.call_after_refresh(self.say, " ".join(self._notices))

    # Screens.

    def show(self, screen: ConsoleScreen[Any], done: Callable[[Any], None] | None = None) -> None:
        """Push a screen, with the book as it is now; onto a locked console once it is opened."""
        if self.lock.locked:
            self.lock.hold(screen, done)
            return
        self._prepare(screen)
        self.push_screen(screen, done)

    async def ask(self, screen: ConsoleScreen[AnswerT]) -> AnswerT | None:
        """Show a screen and wait for what it is closed with."""
        answer: asyncio.Future[AnswerT | None] = asyncio.get_running_loop().create_future()

        def closed(result: AnswerT | None) -> None:
            if not answer.done():
                answer.set_result(result)

        self.show(screen, closed)
        return await answer

    def leave_top(self) -> None:
        if isinstance(self.screen, ConsoleScreen):
            self.screen.leave_screen()

    def change_to(self, screen: ConsoleScreen[Any]) -> None:
        """Put a screen in the place of the one on top, with the book as it is now."""
        self._prepare(screen)
        self.switch_screen(screen)  # pyright: ignore[reportUnknownMemberType]

    def close_found(self) -> None:
        """Close what was looked for before, with what was opened from it."""
        while any(screen.of_find for screen in self.console_screens()):
            self.leave_top()

    def go_to_pane(self, pane: str) -> None:
        """Close what is open, which hides a shown card, and put the cursor into a pane."""
        while not isinstance(self.screen, DeskScreen):
            self.leave_top()
        self.screen.go_to(pane)

    @property
    def screen_behind(self) -> Screen[Any] | None:
        return self.screen_stack[-2] if len(self.screen_stack) > 1 else None

    def _prepare(self, screen: ConsoleScreen[Any]) -> None:
        screen.book, screen.now, screen.privacy = self.book, self.now, self.privacy
        screen.figures = self.link.figures

    # Down: the book, the time, privacy and the settings, to every screen.

    def watch_book(self, before: Book, book: Book) -> None:
        """Hand a newer book to every screen, or leave when it says that there is no going on."""
        if book.fatal:
            self.leave(book.fatal_exit, book.fatal)
        if book.catalog is not before.catalog:
            self.settings = self.settings.priced_by(book.catalog)
        self.hand_down("book", book)
        if book.link.silent_since and not before.link.silent_since:
            self.say(link_words(book.link, self.clock.now()))
        if before.link.silent_since and not book.link.silent_since:
            self.stock.ask_soon()
        self.announcements.follow(before, book)
        self.alerts.follow(book)
        if self.terminal is not None:
            to_give = sum(order.mine and order.to_give for order in book.orders)
            self.terminal.take_title(title.words(book.open_count, to_give))

    def watch_now(self, now: datetime | None) -> None:
        self.hand_down("now", now)

    def watch_privacy(self, privacy: bool) -> None:
        self.hand_down("privacy", privacy)

    def watch_settings(self, before: Settings, settings: Settings) -> None:
        """Work and draw by these settings from now on, in every place at once."""
        old, ui = before.ui, settings.ui
        keymap = Keymap(ui.keyboard, settings.keys)
        self.context = replace(self.context, settings=settings, keymap=keymap)
        if ui.keyboard != old.keyboard:
            self.take_keys(keymap)
        if ui.theme != old.theme:
            self.take_theme(ui.theme)
        if ui.tell != old.tell:
            self.alerts.try_out()
        if ui.ascii != old.ascii:
            self.take_signs(ui.ascii)
        self.hand_down("context", self.context)

    def take_book(self) -> None:
        """Hand the newest book down at once, before an answer that goes with its figures."""
        if self._desk is not None:
            self.book = self._desk.book

    def show_order(self, order: BoardOrder) -> None:
        """Hand an order that a person just changed to every screen that shows it."""
        for screen in self.console_screens():
            screen.take_order(order)

    def desk_screens(self) -> list[DeskScreen]:
        return [screen for screen in self.console_screens() if isinstance(screen, DeskScreen)]

    # Time.

    def _tick(self) -> None:
        if not self.screen_stack:
            # The timer still runs while the console closes its screens.
            return
        self.now = self.clock.now()
        self.check_size()
        minutes = self.context.settings.ui.lock_minutes
        if minutes and self.clock.steady() - self.touched_at >= minutes * 60:
            self.lock.close()
        self.stock.refresh()
        # Without a hang-up signal (nohup) the reader of keys would spin on a terminal that is gone.
        if not self.is_headless and hung_up(sys.stdin.fileno()):
            _log.warning("the terminal is gone")
            self.leave(HUNG_UP)

    async def _follow_book(self) -> None:
        try:
            if self._desk is None:
                self._desk = await self._open_desk()
                self.book = self._desk.book
                # What the journal held is on the screen before the vendor is asked anything.
                self.call_after_refresh(self._desk.start)
                if self.book.unsettled:
                    from tui.screens.unresolved import UnresolvedScreen

                    self.show(UnresolvedScreen(self.context))
        except DeskError as error:
            self.leave(error.exit_code, error.sentence())
            return
        async for book in self.desk.books():
            self.book = book

    def on_app_blur(self) -> None:
        self.hide_cards()

    # Up: requests, and what belongs to the whole console.

    @on(Request)
    def _requested(self, request: Request[Any]) -> None:
        """Have a request answered, as the table of handlers says."""
        kind, handling = type(request), HANDLERS[type(request)]
        self.start(
            partial(handling.handler, self, request),
            handling.description,
            group=kind.__name__,
            latest_wins=handling.latest_wins,
            reply=request.reply,
            broken=handling.broken,
        )

    def start(
        self,
        work: Callable[[], Awaitable[AnswerT]],
        description: str,
        *,
        group: str = "",
        latest_wins: bool = False,
        reply: Callable[[AnswerT | None, Failure | None], None] | None = None,
        broken: Failure = BROKEN,
    ) -> None:
        """Do something in a worker of the app: one started on a screen would die with it.

        What must not be lost, such as a purchase that is being sent, is a task of the desk's own.
        """
        self.run_worker(
            partial(self._carry_out, work, reply or self._say_failure, broken),
            group=group or description,
            description=description,
            exclusive=latest_wins,
            exit_on_error=False,
        )

    async def _carry_out(
        self,
        work: Callable[[], Awaitable[AnswerT]],
        reply: Callable[[AnswerT | None, Failure | None], None],
        broken: Failure,
    ) -> None:
        """Reply with what comes of it, or with the failure why nothing does."""
        try:
            answer = await work()
        except DeskError as error:
            self.take_book()
            reply(None, error.failure)
        except Exception:
            # The screen would wait for ever; the defect itself is reported as any other.
            reply(None, broken)
            raise
        else:
            self.take_book()
            reply(answer, None)

    def _say_failure(self, _: object, failure: Failure | None) -> None:
        if failure is not None:
            self.say(failure.sentence())

    def drop(self, kind: type[Request[Any]]) -> None:
        """Stop answering requests of a type."""
        self.workers.cancel_group(self, kind.__name__)  # pyright: ignore[reportUnknownMemberType]

    @on(ConsoleScreen.Opening)
    def _opening(self, event: ConsoleScreen.Opening) -> None:
        behind = self.screen_behind
        if behind is not None and event.screen.same(behind):
            self.leave_top()
        elif event.instead:
            self.change_to(event.screen)
        else:
            self.show(event.screen)

    @on(ConsoleScreen.Asked)
    def _asked(self, event: ConsoleScreen.Asked) -> None:
        self.commands.act(event.action_id, event.screen)

    # What must not happen, and does.

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that a worker broke; a defect is logged without the values it was handling."""
        worker = cast("Worker[Any]", event.worker)  # pyright: ignore[reportUnknownMemberType]
        if event.state is WorkerState.ERROR and worker.error is not None:
            report = logs.crash_report(worker.error)
            if worker.group == "book" and isinstance(worker.error, Exception):
                # The figures on the screen would stay as they are, and could be taken for new ones.
                self.broke(worker.error)
                return
            if limit := host_limit(worker.error):
                self.say(limit.sentence())
                return
            self.say(
                f"Could not {worker.description}: a defect; {report}. "
                "Look at the orders before buying anything again."
            )
