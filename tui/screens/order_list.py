"""A list of orders on a screen of its own, with what can be done with the highlighted one."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from services.models import BoardOrder
from tui.actions import bindings
from tui.screens import order_keys, words
from tui.screens.base import ConsoleScreen, Frame, Handler
from tui.screens.errands import ExportWanted
from tui.screens.strips import DetailStrip, KeyLine
from tui.situation import Situation
from widgets.bars import HintLine
from widgets.board import Board
from widgets.listed_orders import ListedOrder, OrderList
from widgets.status_bar import StatusBar


class OrderListScreen(ConsoleScreen[None]):
    """Connects a list of orders to the table of actions; a subclass says what is listed.

    Args:
        board: the list, which gets its rows by `list_orders`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("found", "undelivered")]

    def __init__(self, frame: Frame, board: OrderList) -> None:
        super().__init__(frame)
        self.board = board

    def compose(self) -> ComposeResult:
        """Lay out the status line, the list, and the highlighted row in full."""
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        status = StatusBar(id="status").data_bind(book, now, privacy)
        status.low_balance = self.frame.settings.ui.low_balance
        yield status
        yield self.board.data_bind(now, privacy)
        yield DetailStrip(id="strip")
        yield KeyLine(id="hints")

    def begin(self) -> None:
        """Let the list hear the keys."""
        self.board.focus()
        self.ask_again()

    def ask_again(self) -> None:
        """Ask for what is listed."""
        raise NotImplementedError

    def open(self) -> None:
        """Open the highlighted order."""
        raise NotImplementedError

    def list_orders(self, rows: Iterable[ListedOrder]) -> None:
        """List these orders."""
        self.board.show_rows(tuple(rows))
        self._describe()

    def situation(self) -> Situation:
        """Add what is highlighted to what every screen knows."""
        base = super().situation()
        return order_keys.situation(base, self.noted_order()) if self.composed else base

    def noted_order(self) -> BoardOrder | None:
        """Return the highlighted order."""
        held = self.board.highlighted
        return held.row if held else None

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does itself."""
        return {
            **super().handlers(),
            "open": self.open,
            "refresh": self.ask_again,
            "export": self.export,
            **order_keys.handlers(self),
        }

    def refresh_hints(self) -> None:
        """Show how to go back before what can be done with an order."""
        super().refresh_hints()
        if self.composed:
            line = self.query_one(HintLine)
            back = (self.frame.keymap.shown("back"), "Back")
            line.hints = (*line.hints[:1], back, *line.hints[1:])

    def export(self) -> None:
        """Write what is listed into a file."""
        rows = tuple(held.row for held in self.board.listed)
        self.post_message(ExportWanted(self.PLACE, rows))

    def take_order(self, order: BoardOrder) -> None:
        """List the newer version of an order."""
        if self.composed and self.board.find(order.key) is not None:
            self.list_orders(
                replace(held, row=order) if held.row.key == order.key else held
                for held in self.board.listed
            )

    def watch_privacy(self) -> None:
        """Describe the highlighted row with or without its amounts."""
        self._describe()

    @on(Board.Highlighted)
    def _row_highlighted(self) -> None:
        self._describe()

    @on(Board.Opened)
    def _row_opened(self) -> None:
        self.action_run("open")

    def _describe(self) -> None:
        if self.composed:
            strip = self.query_one(DetailStrip)
            strip.words = words.row(self.noted_order(), None, None, privacy=self.privacy)
            self.refresh_hints()
