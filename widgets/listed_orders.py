"""Orders in a list that is not the board: what was found, or what was not given yet."""

from collections.abc import Sequence

from msgspec import Struct

from services.models import BoardOrder
from widgets.board import Board, View
from widgets.cells import local_when, since
from widgets.columns import Column
from widgets.ink import Cell
from widgets.order_board import order_cells
from widgets.order_finding import order_search

FOUND = (
    Column("by", "found by", 12, leaves=2),
    Column("state", "state", 11),
    Column("when", "when", 11),
    Column("cards", "cards", 5, "right", leaves=4),
    Column("total", "DZD", 10, "right", leaves=5, private=True),
    Column("desk", "desk", 9, leaves=6),
    Column("id", "order", 9, leaves=3),
    Column("handed", "given", 5, leaves=7, searched=False),
    Column("what", "product", least=30),
)
NOT_GIVEN = (
    Column("state", "state", 11, leaves=3),
    Column("when", "when", 11, leaves=4),
    Column("age", "age", 4, "right"),
    Column("cards", "cards", 5, "right", leaves=1),
    Column("desk", "desk", 9, leaves=2),
    Column("id", "order", 9, leaves=5),
    Column("what", "product", least=40),
)


class ListedOrder(Struct, frozen=True):
    """An order in a list; `by` is what it was found by, empty where nothing was looked for."""

    row: BoardOrder
    by: tuple[str, ...] = ()


def listed_cells(listed: ListedOrder, view: View) -> dict[str, Cell]:
    """Return an order of a list as cells by column id."""
    row = listed.row
    return {
        **order_cells(row, view),
        "by": Cell(", ".join(listed.by)),
        "when": Cell(local_when(row.time, view.now)),
        "age": Cell(since(row.time, view.now), "dim"),
    }


class OrderList(Board[ListedOrder]):
    """A list of orders under a heading of its own.

    Args:
        columns: `FOUND` or `NOT_GIVEN`.
        heading: what is listed.
    """

    def __init__(self, columns: Sequence[Column], heading: str, *, id: str) -> None:
        super().__init__(
            columns,
            key=lambda listed: listed.row.key,
            cells=listed_cells,
            search=lambda listed: order_search(listed.row),
            heading=heading,
            id=id,
        )
