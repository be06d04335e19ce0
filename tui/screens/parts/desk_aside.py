"""The desk that goes on living at the left of an opened screen, where the terminal is wide."""

from typing import Any

from textual import on
from textual.containers import Container, Horizontal
from textual.geometry import Size

from services.domain.book import BoardOrder
from tui.actions.keymap import Keymap
from tui.screens.base import ConsoleScreen
from tui.screens.parts.desk_places import PREVIEW
from widgets.board.board import Board
from widgets.drawing.frame import Frame, PaneName
from widgets.panes.balance import BalancePane
from widgets.panes.log import LogPane
from widgets.panes.orders import OrderBoard

OPENED = 116
"""Columns that the opened screen is left with where that leaves enough for the orders."""

LEAST, MOST = 56, 84
"""Columns of the desk beside it."""

BALANCE = 34
"""Columns of the balance where the log is at its right."""

TALL = 34
"""Lines from which the balance is below the orders."""


def aside_width(size: Size) -> int:
    """Return how many columns of a terminal the desk takes beside an opened screen; 0: none."""
    return min(MOST, max(LEAST, size.width - OPENED)) if size.width >= PREVIEW else 0


class DeskAside(Container):
    """The orders, the balance and the log, live; they take no key and no click.

    Args:
        screen: the opened screen, whose book they follow.
    """

    DEFAULT_CSS = """
    DeskAside { height: 1fr; layout: vertical; }
    DeskAside OrderBoard, DeskAside LogPane { height: 1fr; }
    DeskAside Horizontal { height: 1fr; }
    """

    def __init__(self, screen: ConsoleScreen[Any]) -> None:
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        prices = ConsoleScreen.prices
        self.orders = OrderBoard(classes="aside").data_bind(book, now, privacy, prices)
        self.orders.hours = screen.context.settings.board.hours
        self.balance = BalancePane(classes="aside").data_bind(
            book, privacy, prices, ConsoleScreen.low_balance
        )
        self.log_pane = LogPane(classes="aside").data_bind(book, now, privacy)
        for pane in (self.orders, self.balance, self.log_pane):
            pane.can_focus = False
        self.orders.quiet = self.log_pane.quiet = True
        self.below = Horizontal(self.balance, self.log_pane)
        super().__init__(self.orders, self.below, id="aside", disabled=True)

    def take_room(self, size: Size, keys: Keymap) -> None:
        """Stand as a terminal of this size allows, the panes named by these keys."""
        width = aside_width(size)
        self.display = bool(width)
        self.styles.width = width
        self.below.display = size.height >= TALL
        self.below.styles.height = max(12, size.height * 4 // 9)
        both = width - BALANCE >= BALANCE
        self.log_pane.display = both
        self.balance.styles.width = BALANCE if both else width
        self.balance.privacy_key = keys.shown("privacy")
        for pane, name in (
            (self.orders, "orders"),
            (self.balance, "balance"),
            (self.log_pane, "log"),
        ):
            pane.frame = Frame(PaneName(keys.shown(f"pane.{name}"), name.capitalize()), "both")

    def point_at(self, order: BoardOrder | None) -> None:
        """Mark the order that is opened; without one on the board none is marked."""
        self.orders.quiet = order is None
        if order is not None and self.orders.chosen != order.line:
            self.orders.point_at(order.line)

    @on(Board.Highlighted)
    def _row_highlighted(self, event: Board.Highlighted) -> None:
        """Keep it from the screen: its keys act on its own lists alone."""
        event.stop()
