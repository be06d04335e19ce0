"""A list of orders on a screen of its own, with what can be done with the highlighted one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from services.book_models import BoardOrder
from tui.actions import bindings
from tui.screens import order_keys, words
from tui.screens.base import ConsoleScreen, Frame, Handler
from tui.screens.errands import ExportWanted
from tui.screens.filter_line import FilterLine
from tui.screens.filtering import Filtering
from tui.screens.strips import DetailStrip, KeyLine
from tui.situation import Situation
from widgets.board import Board
from widgets.listed_orders import OrderList
from widgets.status_bar import StatusBar


class OrderListScreen(Filtering):
    """Connects a list of orders to the table of actions; a subclass says what is listed.

    Args:
        orders: the list.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("found", "undelivered")]

    def __init__(self, frame: Frame, orders: OrderList) -> None:
        super().__init__(frame)
        self.orders = orders

    def compose(self) -> ComposeResult:
        """Lay out the status line, the list, and the highlighted row in full."""
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        status = StatusBar(id="status").data_bind(book, now, privacy)
        status.low_balance = self.frame.settings.ui.low_balance
        yield status
        yield self.orders.data_bind(now, privacy)
        yield DetailStrip(id="strip")
        yield FilterLine()
        yield KeyLine(id="hints")

    def begin(self) -> None:
        """Let the list hear the keys."""
        self.orders.focus()
        self.ask_again()

    def ask_again(self) -> None:
        """Ask for what is listed."""
        raise NotImplementedError

    def open(self) -> None:
        """Open the highlighted order."""
        raise NotImplementedError

    def board(self, pane: str = "") -> Board[Any]:
        """Return the list."""
        del pane
        return self.orders

    def situation(self) -> Situation:
        """Add what is highlighted to what every screen knows."""
        base = super().situation()
        if not self.composed:
            return base
        sorts = tuple((column.id, column.title) for column in self.orders.sorts)
        base = replace(base, sort=self.orders.sort, sorts=sorts)
        return order_keys.situation(base, self.noted_order())

    def noted_order(self) -> BoardOrder | None:
        """Return the highlighted order."""
        return self.orders.highlighted

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does itself."""
        return {
            **super().handlers(),
            "open": self.open,
            "refresh": self.ask_again,
            "export": self.export,
            "filter": self.filter,
            "sort": self.orders.sort_next,
            "sort.reverse": self.orders.sort_reversed,
            "back": self.back,
            **order_keys.handlers(self),
        }

    def back(self) -> None:
        """Undo the filter, or leave."""
        if not self.clear_filter():
            self.leave_screen()

    def export(self) -> None:
        """Write what is listed into a file."""
        self.post_message(ExportWanted(self.PLACE, self.orders.listed))

    def take_order(self, order: BoardOrder) -> None:
        """List the newer version of an order."""
        if self.composed and self.orders.find(order.key) is not None:
            self.orders.show_orders(self.orders.with_newer(order))
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
            strip = self.query_one(DetailStrip)
            strip.words = words.row(self.noted_order(), None, None, self.book, privacy=self.privacy)
            self.refresh_hints()
