"""A person who opens everything of the console once, and stops where the console stopped."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual import events
from textual.css.query import NoMatches
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size

from services.sandbox import Fault, Sandbox
from tui.console.app import ConsoleApp

PATIENCE = 2.0
MOST_SCREENS = 5
"""So many lie on each other at most, with what is typed into them."""

CHARACTERS = {"slash": "/", "colon": ":", "question_mark": "?", "space": " ", "enter": "\r"}


class Walk:
    """The way through the console, by keys alone.

    Args:
        app: the console; it runs, and its time is the machine's.
        box: its vendor, where an order that was fulfilled lies ready.
        seen: whether what the walk is for has happened; then a step that does not come off ends it.
    """

    def __init__(self, app: ConsoleApp, box: Sandbox, seen: Callable[[], bool]) -> None:
        self.app, self._box, self._seen = app, box, seen
        self._stuck = False

    @property
    def going(self) -> bool:
        """Whether the console is running, and there is something left to see."""
        return self.app.crash is None and self.app.is_running and not self._stuck

    async def all(self) -> None:
        """Go the whole way; a step that does not come off is waited for and left out."""
        await self.until(lambda: self.app.book.catalog and self.app.book.info.can_buy)
        for part in (
            self._panes,
            self._order,
            self._handing,
            self._timeline,
            self._dialogs,
            self._lock,
            self._purchase,
            self._note,
            self._find,
            self._lost_purchase,
            self._unresolved,
        ):
            if self.going:
                await part()
        await self.press("3", "g", "x", "enter", "ctrl+q")

    async def _panes(self) -> None:
        await self.press("1", "j", "k", "slash", "x", "enter", "slash", "escape", "escape", "enter")
        await self.press("2", "4", "5", "r", "6", "3", "g")
        await self.until(lambda: any(row.final for row in self.app.book.orders))

    async def _order(self) -> None:
        await self.press("enter")
        await self.on("OrderScreen")
        cards: Any = await self.until(lambda: getattr(self.app.screen, "cards", None))
        if not cards or not await self.until(lambda: cards.count):
            return
        await self._click_down_the_middle()
        await self.press("v")
        await self.until(lambda: cards.revealed)
        await self.press("c", "j", "r", "v")
        await self.until(lambda: cards.revealed)
        await self.press("v", "V")
        await self.on("AskScreen")
        await self.press("y")
        await self.until(lambda: cards.revealed)
        self.app.post_message(events.AppBlur())
        await self.press("v")
        await self.until(lambda: cards.revealed)

    async def _handing(self) -> None:
        await self.press("t")
        await self.on("ReceiptScreen")
        await self.press("l", "l", "y", "w")
        await self.on("OrderScreen")
        await self.press("W")
        await self.on("ReceiptFilesScreen")
        await self.press("slash", "2", "enter", "x")
        await self.on("AskScreen")
        await self.press("y")
        await self.on("ReceiptFilesScreen")
        await self.press("escape", "escape")
        await self.on("OrderScreen")

    async def _timeline(self) -> None:
        await self.press("m", "i")
        await self.on("TimelineScreen")
        screen: Any = self.app.screen
        await self.until(lambda: not getattr(getattr(screen, "sheet", None), "busy", False))
        await self.press("j", "G")
        await self._home()
        await self.press("T")
        await self.on("UndeliveredScreen")
        await self.press("j")
        await self._home()

    async def _dialogs(self) -> None:
        await self.press(
            "question_mark", "j", "escape", "colon", "p", "backspace", "escape", "4", "enter"
        )
        await self.press("1", "e", "d", "d", "z", "z", "P", "1", "escape", "u")

    async def _lock(self) -> None:
        await self.press("L")
        await self.on("LockScreen")
        # A key opens it that stays alone for a moment.
        await self.press("space")
        await self.on("DeskScreen")

    async def _purchase(self) -> None:
        await self.press("1", "2", "b")
        if not await self.on("TicketScreen"):
            return
        await self.press("tab", "n")
        self.app.post_message(events.Paste("for karim"))
        await self.press("tab", "enter")
        ticket: Any = self.app.screen
        await self.until(
            lambda: ticket.confirmation and ticket.confirmation.listening(time.monotonic())
        )
        await self.press("y")
        await asyncio.sleep(0.15)  # as far apart as a hand presses two keys
        await self.press("enter")
        await self.until(lambda: ticket.stage == "done")
        await self._home()

    async def _note(self) -> None:
        await self.press("3", "g", "enter")
        await self.on("OrderScreen")
        await self.press("n")
        await self.on("PromptScreen")
        await self.press("a", "enter")
        await self.on("OrderScreen")
        await self._home()

    async def _find(self) -> None:
        await self.press("f", *"today", "enter")
        await self.on("SearchResultsScreen")
        await self.press("j", "enter")
        await self.on("TimelineScreen")
        await self._home()

    async def _lost_purchase(self) -> None:
        self._box.faults.add(Fault.parse("reset@placeOrder:after"))
        await self._purchase()
        await self.until(lambda: self.app.book.unsettled)

    async def _unresolved(self) -> None:
        await self.press("u")
        if not await self.on("UnresolvedScreen"):
            return
        screen: Any = self.app.screen
        await self.until(lambda: screen.possible.shown)
        await self.press("r", "tab", "slash", "0", "enter", "escape", "E", "escape", "o")
        await self.on("AskScreen")
        await self.press("y")
        await self.until(lambda: not self.app.book.unsettled)
        await self._home()

    async def _click_down_the_middle(self) -> None:
        x, rows = self.app.size.width // 2, self.app.size.height
        for y in range(1, rows - 1, 3):
            for kind in (events.MouseDown, events.MouseUp):
                if self.going:
                    self.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
                    await asyncio.sleep(0)

    async def _resize(self, columns: int, rows: int) -> None:
        size = Size(columns, rows)
        if isinstance(self.app._driver, HeadlessDriver):
            self.app._driver._size = size
            self.app.post_message(events.Resize(size, size))

    async def _home(self) -> None:
        for _ in range(MOST_SCREENS):
            if self.going and type(self.app.screen).__name__ != "DeskScreen":
                await self.press("escape")

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once the one before was dealt with."""
        for key in keys:
            if self.going:
                one = CHARACTERS.get(key) or (key if len(key) == 1 else None)
                self.app.post_message(events.Key(key, one))
                await asyncio.sleep(0.02)
                await self.until(lambda: not self.app.typed.busy)

    async def on(self, screen: str) -> bool:
        """Wait for a screen by the name of its class; tell whether it came."""
        return bool(await self.until(lambda: type(self.app.screen).__name__ == screen))

    async def until(self, held: Callable[[], Any]) -> Any:
        """Wait until something holds and return it; what does not come off is not waited out."""
        end = time.monotonic() + PATIENCE
        while self.going and time.monotonic() < end:
            if found := _holds(held):
                return found
            await asyncio.sleep(0.01)
        self._stuck = self._stuck or self._seen()
        return _holds(held) if self.app.is_running else None


def _holds(held: Callable[[], Any]) -> Any:
    try:
        return held()
    except NoMatches:
        # A screen is on top before it is composed.
        return None
