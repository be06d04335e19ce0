"""A list of orders on a screen of its own, with what can be done with the highlighted one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from services.domain.book import BoardOrder
from tui.actions.action import ActionContext
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.parts import order_actions
from tui.screens.parts.filter import Filtering, FilterLine, export_handlers
from tui.screens.parts.strips import DetailStrip, KeyLine
from tui.screens.requests import ExportRequest
from widgets.board.board import Board
from widgets.panes.order_list import OrderList


class OrderListScreen(Filtering):
    """Connects a list of orders to the table of actions; a subclass says what is listed.

    Args:
        orders: the list.
    """

    NO_ROW: ClassVar[str]
    """Why nothing can be opened where nothing is listed."""

    BESIDE_DESK = FRAMES_ITSELF = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("found", "undelivered")]

    def __init__(self, context: ConsoleContext, orders: OrderList) -> None:
        super().__init__(context)
        self.orders = orders

    def compose(self) -> ComposeResult:
        """Lay out the status line, the list, and the highlighted row in full."""
        now, privacy = ConsoleScreen.now, ConsoleScreen.privacy
        yield self.status_bar()
        yield self.orders.data_bind(now, privacy, ConsoleScreen.prices)
        yield DetailStrip(id="strip")
        yield FilterLine()
        yield KeyLine(id="hints")

    def begin(self) -> None:
        """Let the list hear the keys."""
        self.orders.focus()
        self.ask_again()

    def ask_again(self) -> None:
        raise NotImplementedError

    def open(self) -> None:
        raise NotImplementedError

    def board(self, pane: str = "") -> Board[Any]:
        del pane
        return self.orders

    def situation(self) -> ActionContext:
        base = super().situation()
        if not self.composed:
            return base
        sorts = tuple((column.id, column.title) for column in self.orders.sorts)
        nothing = "" if self.orders.highlighted else self.NO_ROW
        base = replace(base, nothing_to_open=nothing, sort=self.orders.sort, sorts=sorts)
        return order_actions.situation(base, self.noted_order())

    def noted_order(self) -> BoardOrder | None:
        return self.orders.highlighted

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **super().handlers(),
            "open": self.open,
            "refresh": self.ask_again,
            **export_handlers(self.export),
            "filter": self.filter,
            "sort": self.orders.sort_next,
            "sort.reverse": self.orders.sort_reversed,
            "back": self.back,
            **order_actions.handlers(self),
        }

    def back(self) -> None:
        """Undo the filter, or leave."""
        if not self.clear_filter():
            self.leave_screen()

    def export(self, kind: str) -> None:
        self.post_message(ExportRequest(self.PLACE, self.orders.listed, kind))

    def take_order(self, order: BoardOrder) -> None:
        if self.composed and self.orders.find(order.line) is not None:
            self.orders.show_orders(self.orders.with_newer(order))
            self.describe()

    def watch_book(self) -> None:
        """List the newer version of each order that moved on."""
        super().watch_book()
        self.follow_book()

    def follow_book(self) -> None:
        """Take what the book knows of the listed orders; an order that ended stays ended."""
        if self.composed and self.orders.follow(self.book.orders):
            self.describe()

    def watch_privacy(self, privacy: bool) -> None:
        """Describe the highlighted row with or without its amounts."""
        super().watch_privacy(privacy)
        self.describe()

    @on(Board.Highlighted)
    def _row_highlighted(self) -> None:
        self.describe()

    @on(Board.Opened)
    def _row_opened(self) -> None:
        self.action_run("open")

    def describe(self) -> None:
        """Describe the highlighted row in full, and offer the keys that fit it."""
        if self.composed:
            self.query_one(DetailStrip).words = self.orders.described
            self.refresh_hints()
