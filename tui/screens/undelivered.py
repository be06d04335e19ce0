"""The orders whose cards are to be handed over, the longest waiting first."""

from collections.abc import Sequence

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from tui.screens.base import ConsoleContext
from tui.screens.order import OrderScreen
from tui.screens.parts.order_list import OrderListScreen
from tui.screens.requests import UndeliveredRequest
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import failure_words
from widgets.drawing.frame import PaneName
from widgets.panes.order_list import TO_HAND_OVER, OrderList

NONE = "Every card of the last 7 days is handed over."


class UndeliveredScreen(OrderListScreen):
    """Lists what is to be handed over; an order leaves the list when it is marked."""

    PLACE = "undelivered"
    NO_ROW = "Every card that came is handed over."

    def __init__(self, context: ConsoleContext) -> None:
        orders = OrderList(TO_HAND_OVER, "To hand over", id="undelivered")
        orders.subject = "of the last 7 days"
        super().__init__(context, orders)
        self._waiting: frozenset[str] = frozenset()

    def parts(self) -> Sequence[tuple[Canvas, PaneName]]:
        return ((self.orders, PaneName(self.context.keymap.shown(self.PLACE), "To hand over")),)

    def ask_again(self) -> None:
        self.orders.placeholder = "Reading the journal …"
        self.post_message(UndeliveredRequest(reply=self._show))

    def open(self) -> None:
        if order := self.noted_order():
            self.open_screen(OrderScreen(self.context, order))

    def _show(self, rows: tuple[BoardOrder, ...] | None, error: Failure | None) -> None:
        if self.composed:
            self.orders.placeholder = failure_words(error, self.privacy) or NONE
            self.orders.show_orders(rows or ())
            self.describe()

    def take_order(self, order: BoardOrder) -> None:
        """Leave out an order that was handed over; show a note that was changed."""
        super().take_order(order)
        if self.composed and not order.to_give:
            newer = self.orders.with_newer(order)
            self.orders.show_orders([held for held in newer if held.to_give])
            self.describe()

    def watch_book(self) -> None:
        """Read again when an order of the board got cards, or was marked elsewhere."""
        super().watch_book()
        waiting = frozenset(row.row_id for row in self.book.orders if row.mine and row.to_give)
        before, self._waiting = self._waiting, waiting
        if self.composed and before != waiting:
            self.ask_again()
