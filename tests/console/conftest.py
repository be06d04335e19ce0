"""A console under test: the real app on a real desk, on the embedded vendor over a socket."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.css.query import NoMatches
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size

from services import sandbox
from services.desk.desk import Desk
from services.desk.opening import SETTLING
from services.domain.models import Denomination, Product
from services.domain.secrets import Secret
from services.local_files.lock_pin import LockPin
from services.sandbox import Sandbox
from services.settings.load import Settings, load, sandbox_settings
from services.system.paths import Paths
from tui.actions.keymap import Keymap
from tui.console.app import ConsoleApp
from tui.screens.base import ConsoleContext
from tui.screens.desk import DeskScreen
from tui.screens.parts.ticket_keys import BURST_SECONDS, IGNORE_KEYS_SECONDS
from tui.screens.ticket import TicketScreen
from widgets.panes.ledger import LedgerPane
from widgets.panes.selected import OrderPreview
from widgets.panes.stock import StockPane

PATIENCE = 30.0
FASTER = 15.0
QUIET_TURNS = 3
LONGEST_FRAME = 0.5
SHORTEST_PAUSE, LONGEST_PAUSE = 0.003, 0.04
CHARACTERS = {
    "plus": "+",
    "minus": "-",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "full_stop": ".",
    "ampersand": "&",
    "enter": "\r",
    "space": " ",
}


class QuickClock:
    """A clock on which what waits waits a fraction of its time, and only waiting moves time.

    A quote grows no older because the machine is slow.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._held = False
        self._sleepers: set[asyncio.Future[None]] = set()

    def hold(self, still: bool = True) -> None:
        """Stop time, or let it run again: what waits goes on, and nothing grows older."""
        self._held = still

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(seconds=self.steady())

    def steady(self) -> float:
        # No two readings are the same, as on a real clock.
        self._seconds += 1e-6
        return self._seconds

    def leap(self) -> None:
        """Let whatever waits now have waited long enough."""
        for sleeper in self._sleepers:
            if not sleeper.done():
                sleeper.set_result(None)

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._seconds += seconds
        self.leap()

    async def sleep(self, seconds: float) -> None:
        end = self._seconds + seconds
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        alarm = loop.call_later(seconds / FASTER, _wake, woken)
        self._sleepers.add(woken)
        try:
            await woken
        finally:
            alarm.cancel()
            self._sleepers.discard(woken)
        if not self._held:
            self._seconds = max(self._seconds, end)


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)


class ScreenClock:
    """The same time of day for the app; its steady time is the machine's and what was skipped."""

    def __init__(self, clock: QuickClock) -> None:
        self._clock = clock
        self._skipped = 0.0

    def steady(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let that much steady time pass at once: the next key comes so much later."""
        self._skipped += seconds

    def now(self) -> datetime:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


class Console:
    """What a test does with a console: press keys, read the screen, wait for something to hold."""

    def __init__(
        self,
        app: ConsoleApp,
        desk: Desk,
        box: Sandbox,
        clock: QuickClock | None = None,
        steady: ScreenClock | None = None,
    ) -> None:
        self.app, self.desk, self.box = app, desk, box
        self.clock = clock or QuickClock()
        self.steady = steady or ScreenClock(self.clock)

    @property
    def screen(self) -> Any:
        return self.app.screen

    def text(self) -> str:
        """Everything on the terminal, as text."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())

    async def press(self, *keys: str) -> None:
        """Press keys one after the other; each is dealt with before the next."""
        for key in keys:
            self.type_ahead(key)
            await self.settle()
            await self.until(lambda: not self.app.typed.busy or self.app._exit)

    def type_ahead(self, key: str) -> None:
        """Press a key and wait for nothing."""
        character = CHARACTERS.get(key) or (key if len(key) == 1 else None)
        pressed = events.Key(key, character)
        pressed.time = self.steady.steady()
        self.app.post_message(pressed)

    async def click(self, x: int, y: int) -> None:
        """Press and release the mouse there, in cells of the terminal."""
        for kind in (events.MouseDown, events.MouseUp):
            self.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
            await self.settle()

    async def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        size = Size(columns, rows)
        assert isinstance(self.app._driver, HeadlessDriver)
        self.app._driver._size = size
        self.app.post_message(events.Resize(size, size))
        await self.settle()

    async def settle(self) -> None:
        """Let every message that is under way arrive, and what it sends in its turn."""
        quiet, end = 0, time.monotonic() + LONGEST_FRAME
        while quiet < QUIET_TURNS:
            if self.app.crash is not None:
                # Its queues are never empty again.
                raise AssertionError("the console ended with a defect") from self.app.crash
            await asyncio.sleep(0)
            quiet = 0 if self._under_way() else quiet + 1
            if quiet and time.monotonic() < end and self._painted():
                quiet = 0

    def _under_way(self) -> bool:
        pumps = (self.app, *self.screen.walk_children(with_self=True))
        return any(pump._next_callbacks or not pump._message_queue.empty() for pump in pumps)

    def _painted(self) -> bool:
        """Paint what Textual would paint sixty times a second; tell whether there was anything."""
        if self.app._exit:
            return False
        # A screen that shines through below another one always says that it wants to be repainted.
        below = [screen for screen in self.app._background_screens if _changed(screen)]
        changed = [*below, *([self.screen] if _unpainted(self.screen) else ())]
        for screen in changed:
            screen._on_timer_update()
        return bool(changed)

    async def until(self, held: Callable[[], Any]) -> Any:
        """Wait until something holds, and return it; the screen on top is composed then.

        A screen is on top before it is: a widget that is not there yet is waited for.
        """
        end, pause = time.monotonic() + PATIENCE, SHORTEST_PAUSE
        while not (result := _holds(held)) or not self._composed():
            if time.monotonic() > end:
                words = f"did not come to hold on this screen:\n{self.text()}"
                raise AssertionError(words) from self.app.crash
            # To read the whole screen takes longer than many a thing that it is waited for.
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
        return result

    def _composed(self) -> bool:
        # A screen of Textual's own tells nothing of that; where the console ended there is none.
        ended = self.app._exit or not self.app.is_running
        return ended or getattr(self.screen, "composed", True)

    async def shows(self, *words: str) -> str:
        """Wait until all these words are on the screen, and return the screen."""
        await self.until(lambda: all(word in self.text() for word in words))
        return self.text()

    async def ready(self) -> None:
        """Wait until the catalogue is there and it is known whether this desk may buy."""
        await self.until(lambda: self.app.book.catalog and self.app.book.info.validated)
        await self.until(lambda: self.app.book.info.why_not != SETTLING)

    async def may_buy(self) -> None:
        """Wait until all is there that a purchase needs: the catalogue, and a key that may buy."""
        await self.ready()
        await self.until(lambda: self.app.book.info.can_buy)

    async def rested(self) -> None:
        """Wait until the desk shows whole what it reads by itself for the panes in sight."""
        await self.until(lambda: not isinstance(self.screen, DeskScreen) or _rests(self.screen))

    async def choose(self, wanted: Callable[[Denomination], bool]) -> Denomination:
        """Put the cursor of the stock pane on a denomination that is wanted."""
        product, found = await self._find(wanted)
        await self.press("1")
        self.screen.board("catalogue").move_to(product.id)
        await self.press("2")
        await self.until(lambda: self.screen.query_one(StockPane).find(found.id))
        self.screen.board("stock").move_to(found.id)
        await self.settle()
        return found

    async def ticket(self, wanted: Callable[[Denomination], bool] | None = None) -> TicketScreen:
        """Open a ticket for something cheap that is in stock."""
        await self.may_buy()
        await self.choose(wanted or cheap)
        await self.press("b")
        return await self.until(lambda: isinstance(self.screen, TicketScreen) and self.screen)

    async def review(self, ticket: TicketScreen) -> None:
        """Go from the ticket's lines to a review that listens; time is stopped until `confirm`.

        On a slow machine the quote would be too old by the time that y is pressed.
        """
        self.clock.hold()
        await self.press("enter")
        await self.listening(ticket)

    async def listening(self, ticket: TicketScreen) -> None:
        """Wait for a review, and until it hears what is pressed."""
        await self.until(lambda: ticket.confirmation)
        await self.settle()
        self.steady.skip(IGNORE_KEYS_SECONDS)

    async def confirm(self) -> None:
        """Press y and then enter, as far apart as a hand presses them.

        Time runs again as soon as the age of the quote does not count any more.
        """
        ticket, posts = self.screen, len(self.box.posts)
        await self.press("y")
        self.apart()
        await self.press("enter")
        await self.until(
            lambda: getattr(ticket, "stage", "") != "sending" or len(self.box.posts) > posts
        )
        self.clock.hold(False)

    def apart(self) -> None:
        """Let as much time pass as lies between two keys of a hand."""
        self.steady.skip(2 * BURST_SECONDS)

    async def buy(self) -> TicketScreen:
        """Buy one cheap card, up to its outcome."""
        ticket = await self.ticket()
        await self.review(ticket)
        await self.confirm()
        await self.until(lambda: ticket.stage == "done")
        return ticket

    def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))

    async def _find(self, wanted: Callable[[Denomination], bool]) -> tuple[Product, Denomination]:
        assert self.app.book.catalog is not None
        for product in self.app.book.catalog.products():
            if product.enabled:
                for denomination in (await self.desk.figures.stock(product.id)).denominations:
                    if wanted(denomination):
                        return product, denomination
        raise AssertionError("the embedded vendor has nothing like that")


def _holds(held: Callable[[], Any]) -> Any:
    try:
        return held()
    except NoMatches:
        return None


def _rests(desk: DeskScreen) -> bool:
    if desk._rest is not None or desk.stock_busy:
        return False
    reads = {"LedgerRequest", "PreviewRequest"}
    if any(each.group in reads and not each.is_finished for each in desk.console.workers):
        return False
    ledger, preview = desk.query_one(LedgerPane), desk._preview
    if ledger.display and (ledger.busy or (ledger.ledger is None and ledger.error is None)):
        return False
    if preview is None or not preview.pane.display:
        return True
    chosen, shown = desk._chosen(), preview.pane.chosen
    at_last = shown.row if isinstance(shown, OrderPreview) else shown
    return preview._rest is None and at_last == chosen


def cheap(denomination: Denomination) -> bool:
    return denomination.quantity >= 5 and denomination.price < Decimal(3_000)


def _changed(screen: Any) -> bool:
    return bool(screen._layout_required or screen._dirty_widgets)


def _unpainted(screen: Any) -> bool:
    return bool(_changed(screen) or screen._repaint_required or screen._recompose_required)


OpenConsole = Callable[..., contextlib.AbstractAsyncContextManager[Console]]


@pytest.fixture
def open_console(paths: Paths) -> OpenConsole:
    """Open a console on a vendor of its own."""

    @contextlib.asynccontextmanager
    async def opened(
        *,
        size: tuple[int, int] = (80, 24),
        read_only: bool = False,
        change: Callable[[Settings], Settings] = lambda settings: settings,
        keyboard: str = "qwerty",
        **options: Any,
    ) -> AsyncIterator[Console]:
        options = {"handling_seconds": (0.05, 0.1), "moving": False, **options}
        clock = QuickClock()
        async with Sandbox(clock=clock, **options) as box:
            base = sandbox_settings(load(paths, {}, sandbox=True), box.url)
            fast = replace(base.net, max_requests_per_second=50, max_requests_per_minute=6_000)
            settings = change(replace(base, net=fast))
            desk = Desk(
                settings,
                Secret(sandbox.DEMO_KEY),
                paths,
                operator="amina",
                read_only=read_only,
                clock=clock,
            )
            async with desk:
                screen_clock = ScreenClock(clock)
                pin = LockPin(paths.state_dir, "amina", screen_clock)
                keymap = Keymap(keyboard, settings.keys)
                context = ConsoleContext(
                    settings, keymap, read_only, pin, paths.state_dir, clock=screen_clock
                )
                app = _app(desk, context)
                async with app.run_test(size=size):
                    yield Console(app, desk, box, clock, screen_clock)

    return opened


def _app(desk: Desk, context: ConsoleContext) -> ConsoleApp:
    async def given() -> Desk:
        return desk

    return ConsoleApp(context, given)


@pytest.fixture
async def console(open_console: OpenConsole) -> AsyncIterator[Console]:
    """A console at 80x24 on a vendor that is quick."""
    async with open_console() as console:
        assert isinstance(console.screen, DeskScreen)
        yield console
