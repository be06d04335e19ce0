"""Orders in a list that is not the board: what was found, or what is to be handed over."""

from collections.abc import Mapping, Sequence

from textual.reactive import var

from services.domain.book import BoardOrder
from services.domain.local_time import local_when
from services.domain.money import Prices
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.board.row_line import RowCell
from widgets.drawing.ink import Cell
from widgets.panes.order_cells import (
    COST,
    CUSTOMER,
    DESK,
    ORDER,
    PRICE,
    QUANTITY,
    STATE,
    WHAT,
    order_cells,
)
from widgets.panes.order_filters import PREFIXES, order_search, order_words, sort_keys

STATE_AND_TIME = Column("state", "state", STATE)
BY = Column("by", "found by", 11, leaves=3, searched=False)
PLACED_ON = Column("when", "placed", 11, leaves=7, searched=False)
FOUND = (WHAT, QUANTITY, CUSTOMER, STATE_AND_TIME, BY, PRICE, PLACED_ON, COST, DESK, ORDER)
TO_HAND_OVER = (WHAT, QUANTITY, CUSTOMER, STATE_AND_TIME, PRICE, PLACED_ON, DESK, ORDER)


class OrderList(Board[BoardOrder]):
    """A list of orders under a heading of its own, in the order given.

    Args:
        columns: `FOUND` or `TO_HAND_OVER`.
        heading: what is listed.
    """

    prices: var[Prices] = var(Prices())

    def __init__(self, columns: Sequence[Column], heading: str, *, id: str) -> None:
        super().__init__(
            columns,
            row_id=lambda order: order.line,
            cells=self._order_cells,
            search=order_search,
            sort_keys={
                **sort_keys(lambda: self.prices),
                "when": lambda order: order.time,
                "by": lambda order: self._found_by.get(order.line, ()),
            },
            prefixes=PREFIXES,
            heading=heading,
            id=id,
        )
        self._found_by: Mapping[str, tuple[str, ...]] = {}
        self._given_rows: tuple[BoardOrder, ...] = ()
        self._followed: Sequence[BoardOrder] = ()

    def describe(self, row: BoardOrder) -> str:
        return order_words(row)

    def show_orders(
        self, orders: Sequence[BoardOrder], found_by: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """List these orders; `found_by` says of each, by its `line`, what it was found by."""
        if found_by is not None and found_by != self._found_by:
            self._found_by = found_by
            self.forget_drawn()
        self._given_rows, self._followed = tuple(orders), ()
        self.show_rows(self._given_rows)

    def with_newer(self, order: BoardOrder) -> tuple[BoardOrder, ...]:
        """Return all orders, listed or not, with a newer version of one of them."""
        return tuple(order if held.line == order.line else held for held in self._given_rows)

    def follow(self, newer: Sequence[BoardOrder]) -> bool:
        """List the newer version of each order that is among these; return whether any differs."""
        if newer is self._followed:
            return False
        self._followed = newer
        listed = {order.line for order in self._given_rows}
        by_line = {order.line: order for order in newer if order.line in listed}
        rows = tuple(newest(held, by_line.get(held.line, held)) for held in self._given_rows)
        if rows == self._given_rows:
            return False
        self.show_orders(rows)
        return True

    def _order_cells(self, order: BoardOrder, view: View) -> dict[str, RowCell]:
        return {
            **order_cells(order, view, self.prices),
            "by": Cell(", ".join(self._found_by.get(order.line, ()))),
            "when": Cell(local_when(order.time, view.now)),
        }


def newest(held: BoardOrder, other: BoardOrder) -> BoardOrder:
    """Return the other version of a row, unless it is behind what was read from the vendor."""
    return held if held.final and not other.final else other
