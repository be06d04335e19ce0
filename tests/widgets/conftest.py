"""A host app for one widget, and values to draw."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from services.domain.book import BoardOrder, Book, DeskInfo, PollState
from services.domain.ledger import Ledger, LedgerRow, Owner
from services.domain.models import Balance, Purchase, PurchaseState, Transaction
from services.system.clock import midnight
from tui.terminal.themes import THEMES
from widgets.board.board import Board
from widgets.sheets.card_reveal import CardReveal

NOW = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)


class Host(App[None]):
    """Shows one widget and remembers what it posted."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "dark"
        self.widget = widget
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_board_opened(self, message: Board.Opened) -> None:
        self.posted.append(message)

    def on_board_highlighted(self, message: Board.Highlighted) -> None:
        self.posted.append(message)

    def on_card_reveal_selected(self, message: CardReveal.Selected) -> None:
        self.posted.append(message)


@dataclass
class Stage:
    """A widget on a screen: its picture, and which of its lines are rendered from now on."""

    app: Host
    pilot: Pilot[None]
    widget: Any
    rendered: list[int] = field(default_factory=list)

    async def settle(self) -> None:
        """Wait until all that was posted is handled and drawn."""
        for _ in range(2):
            await self.pilot.pause(0)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.app.simulate_key(key)
            await self.settle()

    async def picture(self) -> list[str]:
        """Return the screen as text, once everything is drawn."""
        await self.settle()
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    async def text(self) -> str:
        return "\n".join(await self.picture())

    async def watch(self) -> None:
        """Count the lines rendered from now on in `rendered`."""
        await self.settle()
        render_line = type(self.widget).render_line.__get__(self.widget)

        def counting(y: int) -> Any:
            self.rendered.append(y)
            return render_line(y)

        self.widget.render_line = counting
        self.rendered.clear()

    async def painted(self) -> list[int]:
        """Return the lines rendered since the last call, in order."""
        await self.settle()
        lines = sorted(self.rendered)
        self.rendered.clear()
        return lines


Staging = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def staged() -> Staging:
    """Open a widget in an app of some size: `async with staged(widget, 80, 24) as stage`."""

    @asynccontextmanager
    async def open_stage(widget: Widget, width: int = 80, height: int = 24) -> AsyncIterator[Stage]:
        app = Host(widget)
        async with app.run_test(size=(width, height)) as pilot:
            stage = Stage(app, pilot, widget)
            await stage.settle()
            yield stage

    return open_stage


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def order() -> Callable[..., BoardOrder]:
    """Make a row of the order board: `order(3, state="REFUNDED")`."""

    def make(number: int = 1, **facts: Any) -> BoardOrder:
        known: dict[str, Any] = {
            "row_id": f"66f0000000000000000{number:05d}",
            "order_id": f"66f0000000000000000{number:05d}",
            "state": "HANDLING",
            "product": f"Steam Wallet {number}",
            "denomination": "20 EUR",
            "quantity": 2,
            "time": NOW - timedelta(seconds=30),
            "mine": True,
            "total": Decimal(1961),
            "operator": "amel",
        }
        return BoardOrder(**(known | facts))

    return make


@pytest.fixture
def book() -> Callable[..., Book]:
    """Make a book of a validated sandbox desk: `book(orders=(...,))`."""

    def make(environment: str = "SANDBOX", **facts: Any) -> Book:
        known: dict[str, Any] = {
            "info": DeskInfo(
                "main", environment, "amel", "http://x", "shop12", "READ-WRITE", True, True, ""
            ),
            "balance": Balance(Decimal("48250.50"), NOW - timedelta(seconds=130)),
            "poll": PollState("live", NOW, NOW),
        }
        return Book(**(known | facts))

    return make


@pytest.fixture
def purchase() -> Callable[..., Purchase]:
    """Make a purchase of two cards: `purchase(PurchaseState.UNRESOLVED, checks=2)`."""

    def make(state: PurchaseState = PurchaseState.HANDLING, **facts: Any) -> Purchase:
        known: dict[str, Any] = {
            "id": "p-1",
            "idempotency_key": "k-1",
            "state": state,
            "product_id": "steam",
            "product_title": "Steam Wallet",
            "type_id": "t20",
            "type_name": "20 EUR",
            "quantity": 2,
            "unit_price": Decimal("980.50"),
            "total": Decimal(1961),
            "created_at": NOW - timedelta(seconds=31),
            "updated_at": NOW,
            "operator": "amel",
            "host": "desk1",
            "order_id": "66f000000000000000eb64b3",
            "sent_at": NOW - timedelta(seconds=30),
        }
        return Purchase(**(known | facts))

    return make


@pytest.fixture
def movement(order: Callable[..., BoardOrder], now: datetime) -> Callable[..., Any]:
    """Make a movement of ours: `movement(3, mark=Mark.BREAK)`."""

    def make(
        number: int = 1, change: str = "-1961", kind: str = "ORDER", **facts: Any
    ) -> LedgerRow:
        amount = Decimal(change)
        moved = Transaction(
            id=f"t{number}",
            type=kind,
            operation="",
            amount=abs(amount),
            old_balance=Decimal(50_000),
            new_balance=Decimal(50_000) + amount,
            objid="",
            note=facts.pop("note", ""),
            time=now - timedelta(minutes=number),
        )
        order_id = f"66f0000000000000000{number:05d}"
        known: dict[str, Any] = {
            "order_id": order_id,
            "owner": Owner.OURS,
            "order": order(number),
        }
        return LedgerRow(moved, amount, **(known | facts))

    return make


@pytest.fixture
def ledger(now: datetime) -> Callable[..., Any]:
    """Make a ledger of today that agrees: `ledger(row, row, difference=100)`."""

    def make(*rows: LedgerRow, difference: int = 0, **facts: Any) -> Ledger:
        known: dict[str, Any] = {
            "start": midnight(now),
            "end": None,
            "read_at": now,
            "day_spent": Decimal("1961.50"),
            "day_orders": Decimal("1961.50") - difference,
            "undebited": 0,
            "breaks": 0,
            "complete": True,
            "charged": True,
        }
        return Ledger(rows=rows, difference=Decimal(difference), **(known | facts))

    return make
