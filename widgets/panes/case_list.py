"""Cases in a list: which card of what, for whom, what is wrong, and for how long."""

from services.domain.shop.case import CaseRow
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.board.row_line import RowCell
from widgets.drawing.ink import Cell
from widgets.panes.order_cells import WIDEST, product_pieces

COLUMNS = (
    Column("number", "case", 5, "right"),
    Column("what", "product", least=20, most=26),
    Column("card", "card", 11, leaves=4),
    Column("customer", "customer", 10),
    Column("reason", "what is wrong", least=14),
    Column("ticket", "ticket", 12, leaves=3),
    Column("due", "until", 10, leaves=2),
    Column("age", "open for", 9, "right", searched=False),
    Column("opened", "opened by", 10, leaves=5),
)
NONE_OPEN = "No case is open. C on a card of an order opens one."


class CaseList(Board[CaseRow]):
    """The open cases, the oldest first."""

    def __init__(self, *, id: str) -> None:
        super().__init__(
            COLUMNS,
            row_id=lambda row: str(row.case.number),
            cells=_cells,
            search=lambda row: f"{row.goods} {row.customer} {row.case.reason} {row.case.ticket}",
            sort_keys={
                "number": lambda row: row.case.number,
                "age": lambda row: row.case.opened_at,
                "due": lambda row: str(row.case.due or "9"),
            },
            heading="Bad cards",
            id=id,
        )


def _cells(row: CaseRow, view: View) -> dict[str, RowCell]:
    case = row.case
    late = view.now is not None and case.overdue(view.now)
    days = case.days(view.now) if view.now else 0
    return {
        "number": Cell(str(case.number)),
        "what": _goods(row, view),
        "card": Cell(row.which, "dim"),
        "customer": Cell(row.customer, "strong"),
        "reason": Cell(case.reason),
        "ticket": Cell(case.ticket or "-", "plain" if case.ticket else "dim"),
        "due": Cell(str(case.due or ""), "alert" if late else "dim"),
        "age": Cell(f"{days} d" if days else "today", "alert" if late else "plain"),
        "opened": Cell(case.opened_by, "dim"),
    }


def _goods(row: CaseRow, view: View) -> RowCell:
    order = row.order
    if order is None:
        return Cell("")
    title, value = order.product or order.product_id, order.denomination
    return product_pieces(title, value, order.region, view.room.get("what", WIDEST), "plain")
