"""The orders whose cards came and were not given to a customer, the longest waiting first."""

from services.book_models import BoardOrder
from tui.screens.base import Frame
from tui.screens.errands import OrderWanted, UndeliveredRead
from tui.screens.order_list import OrderListScreen
from widgets.listed_orders import NOT_GIVEN, OrderList

NONE = "Every card that came in the last 7 days is marked as given."


class UndeliveredScreen(OrderListScreen):
    """Lists what is still to be given; an order leaves the list when it is marked."""

    PLACE = "undelivered"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, OrderList(NOT_GIVEN, "Not given yet, of 7 days", id="undelivered"))
        self._waiting: frozenset[str] = frozenset()

    def ask_again(self) -> None:
        """Read the list anew."""
        self.orders.placeholder = "Reading the journal ..."
        self.post_message(UndeliveredRead(self))

    def open(self) -> None:
        """Show the highlighted order."""
        if order := self.noted_order():
            self.post_message(OrderWanted(order))

    def show_undelivered(self, rows: tuple[BoardOrder, ...], error: str) -> None:
        """Take the orders, or the sentence why they could not be read."""
        if self.composed:
            self.orders.placeholder = error or NONE
            self.orders.show_orders(rows)
            self.describe()

    def take_order(self, order: BoardOrder) -> None:
        """Leave out an order that was given; show a note that was changed."""
        super().take_order(order)
        if self.composed and not order.to_give:
            newer = self.orders.with_newer(order)
            self.orders.show_orders([held for held in newer if held.to_give])
            self.describe()

    def watch_book(self) -> None:
        """Read anew when an order of the board got cards, or was marked elsewhere."""
        super().watch_book()
        waiting = frozenset(row.key for row in self.book.orders if row.mine and row.to_give)
        before, self._waiting = self._waiting, waiting
        if self.composed and before != waiting:
            self.ask_again()
