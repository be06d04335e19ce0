"""The order board: the account's open orders and those of the last hours, ours and others'."""

from textual.reactive import var

from services.book_models import BoardOrder, Book
from widgets.board import Board, View
from widgets.cells import (
    amount,
    filled,
    given_when,
    order_id_words,
    since,
    stale_words,
    state_cell,
    why_words,
)
from widgets.columns import Column
from widgets.ink import Cell
from widgets.order_finding import PREFIXES, SORT_KEYS, desk_words, order_search

COLUMNS = (
    Column("state", "state", 11),
    Column("cards", "cards", 5, "right", leaves=1, searched=False),
    Column("total", "DZD", 10, "right", leaves=2, private=True, searched=False),
    Column("age", "age", 4, "right", leaves=3, searched=False),
    Column("desk", "desk", 9, leaves=4),
    Column("id", "order", 9, leaves=6),
    Column("delivered", "given", 5, leaves=5, searched=False),
    Column("what", "product", least=22),
)


def order_cells(order: BoardOrder, view: View) -> dict[str, Cell]:
    """Return an order as cells by column id."""
    parts = [order.product or order.product_id, order.denomination or order.type_id, order.note]
    what = " · ".join(part for part in parts if part)
    return {
        "state": state_cell(order.state),
        "cards": Cell(filled(order.fulfilled_quantity, order.quantity)),
        "total": Cell(amount(order.total)),
        "age": Cell(since(order.time, view.now), "dim"),
        "desk": Cell(desk_words(order), "plain" if order.mine else "dim"),
        "id": Cell(order_id_words(order.order_id), "dim"),
        "delivered": Cell(given_when(order.given_at, view.now) if order.given_at else ""),
        "what": Cell(f"LATE · {what}", "alert") if order.late else Cell(what),
    }


class OrderBoard(Board[BoardOrder]):
    """The book's orders, newest first; keys are `BoardOrder.key`."""

    book: var[Book | None] = var[Book | None](None)
    hours: var[int] = var(24)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            key=lambda order: order.key,
            cells=order_cells,
            search=order_search,
            sort_keys=SORT_KEYS,
            prefixes=PREFIXES,
            heading="Orders",
            id=id,
            classes=classes,
        )

    def watch_book(self, book: Book | None) -> None:
        """Show the orders of a newer book, and how current they are."""
        self.show_rows(book.orders if book else ())
        self.stale = stale_words(book.poll) if book and book.orders else ""
        self.why = why_words(book.poll.message) if book and self.stale else ""
        self.placeholder = self._absence(book)

    def _absence(self, book: Book | None) -> str:
        if book is None or book.poll.state == "starting":
            return "Reading the orders ..."
        if book.poll.state in ("live", "following"):
            return (
                f"No order is open and none was placed in the last {self.hours} h. "
                "o on a denomination opens a ticket."
            )
        why = book.poll.message.rstrip(".") or "the orders could not be read"
        return f"No orders to show: {why}. r tries again."
