"""Orders in a list that is not the board: what was found, or what was not given yet."""

from collections.abc import Mapping, Sequence

from services.book_models import BoardOrder
from widgets.board import Board, View
from widgets.cells import local_when
from widgets.columns import Column
from widgets.ink import Cell
from widgets.order_board import order_cells
from widgets.order_finding import PREFIXES, SORT_KEYS, order_search

FOUND = (
    Column("by", "found by", 12, leaves=2, searched=False),
    Column("state", "state", 11),
    Column("when", "when", 11, searched=False),
    Column("cards", "cards", 5, "right", leaves=4, searched=False),
    Column("total", "DZD", 10, "right", leaves=5, private=True, searched=False),
    Column("desk", "desk", 9, leaves=6),
    Column("id", "order", 9, leaves=3),
    Column("delivered", "given", 5, leaves=7, searched=False),
    Column("what", "product", least=30),
)
NOT_GIVEN = (
    Column("state", "state", 11, leaves=3),
    Column("when", "when", 11, leaves=4, searched=False),
    Column("age", "age", 4, "right", searched=False),
    Column("cards", "cards", 5, "right", leaves=1, searched=False),
    Column("desk", "desk", 9, leaves=2),
    Column("id", "order", 9, leaves=5),
    Column("what", "product", least=40),
)


class OrderList(Board[BoardOrder]):
    """A list of orders under a heading of its own, in the order given.

    Args:
        columns: `FOUND` or `NOT_GIVEN`.
        heading: what is listed.
    """

    def __init__(self, columns: Sequence[Column], heading: str, *, id: str) -> None:
        super().__init__(
            columns,
            key=lambda order: order.key,
            cells=self._order_cells,
            search=order_search,
            sort_keys={
                **SORT_KEYS,
                "when": lambda order: order.time.timestamp(),
                "by": lambda order: self._found_by.get(order.key, ()),
            },
            prefixes=PREFIXES,
            heading=heading,
            id=id,
        )
        self._found_by: Mapping[str, tuple[str, ...]] = {}
        self._given_rows: tuple[BoardOrder, ...] = ()

    def show_orders(
        self, orders: Sequence[BoardOrder], found_by: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """List these orders; `found_by` says of each, by its key, what it was found by."""
        if found_by is not None and found_by != self._found_by:
            self._found_by = found_by
            self.forget_drawn()
        self._given_rows = tuple(orders)
        self.show_rows(self._given_rows)

    def with_newer(self, order: BoardOrder) -> tuple[BoardOrder, ...]:
        """Return all orders, listed or not, with a newer version of one of them."""
        return tuple(order if held.key == order.key else held for held in self._given_rows)

    def _order_cells(self, order: BoardOrder, view: View) -> dict[str, Cell]:
        return {
            **order_cells(order, view),
            "by": Cell(", ".join(self._found_by.get(order.key, ()))),
            "when": Cell(local_when(order.time, view.now)),
        }
