"""What the unresolved screen lists: purchases to settle, orders that could be one, and nobody's."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from services.book_models import BoardOrder, Nobodys
from services.models import Purchase
from services.text import short_id
from widgets.board import View
from widgets.cells import amount, dinars, local_clock, local_day_clock, since, state_cell
from widgets.columns import Column
from widgets.ink import Cell

if TYPE_CHECKING:
    from services.models import Candidate

CASE_COLUMNS = (
    Column("state", "state", 11),
    Column("age", "age", 5, "right", leaves=2),
    Column("total", "DZD", 10, "right", leaves=1, private=True),
    Column("what", "what was confirmed", least=24),
)
CANDIDATE_COLUMNS = (
    Column("id", "order", 9),
    Column("apart", "after sending", 13, "right"),
    Column("state", "state", 9),
    Column("price", "DZD each", 10, "right", leaves=1, private=True),
    Column("placed", "placed", 8, leaves=2),
    Column("ledger", "ledger", least=12),
)
NOBODYS_COLUMNS = (
    Column("id", "order", 9),
    Column("claim", "claim", 11),
    Column("placed", "placed", 11, leaves=1),
    Column("state", "state", 9, leaves=2),
    Column("what", "what was bought", least=24),
)
_NO_CLAIM = {
    "OTHER_ORDER": "other goods",
    "OLDER_ORDER": "too old",
    "SETTLED": "has its own",
    "NO_PURCHASE": "-",
}


def case_cells(purchase: Purchase, view: View) -> dict[str, Cell]:
    """Return a purchase as cells by column id."""
    return {
        "state": Cell("LATE", "alert") if purchase.late else state_cell(purchase.state),
        "age": Cell(since(purchase.sent_at or purchase.created_at, view.now), "dim"),
        "total": Cell(amount(purchase.total, view.privacy)),
        "what": Cell(goods(purchase)),
    }


def candidate_cells(candidate: "Candidate", view: View) -> dict[str, Cell]:
    """Return an order that could be the purchase as cells by column id."""
    order, entry = candidate.order, candidate.transaction
    each = price_of(candidate)
    return {
        "id": Cell(short_id(order.id), "strong"),
        "apart": Cell(apart(candidate.difference)),
        "state": state_cell(order.status),
        "price": Cell("not told", "dim") if each is None else Cell(amount(each, view.privacy)),
        "placed": Cell(local_clock(order.time)),
        "ledger": Cell("no entry", "dim")
        if entry is None
        else Cell(dinars(entry.amount, view.privacy)),
    }


def nobodys_cells(nobodys: Nobodys, view: View) -> dict[str, Cell]:
    """Return an order that nobody claimed as cells by column id."""
    order = nobodys.order
    return {
        "id": Cell(short_id(order.order_id), "strong"),
        "claim": _claim(nobodys),
        "placed": Cell(local_day_clock(order.time, view.now)),
        "state": state_cell(order.state),
        "what": Cell(f"{order.quantity} x {order.product} {order.denomination}"),
    }


def goods(purchase: Purchase) -> str:
    """Name what was confirmed: `2 x Steam Wallet 10 EUR`."""
    return f"{purchase.quantity} x {purchase.product_title} {purchase.type_name}"


def price_of(candidate: "Candidate") -> Decimal | None:
    """Return what a card of it cost (DZD), as its order or else the ledger tells it."""
    order, entry = candidate.order, candidate.transaction
    if order.price_per_card is None and entry is not None:
        return entry.amount / order.quantity
    return order.price_per_card


def apart(seconds: float) -> str:
    """Say how long after the sending an order was placed; minus: before."""
    away = timedelta(seconds=abs(seconds))
    sign = "-" if seconds < 0 else "+"
    if away < timedelta(minutes=2):
        return f"{sign}{away.total_seconds():.1f} s"
    if away < timedelta(hours=2):
        return f"{sign}{away // timedelta(minutes=1)} m"
    return f"{sign}{away // timedelta(hours=1)} h"


def board_order(candidate: "Candidate", purchase: Purchase) -> BoardOrder:
    """Return a candidate as a row of the order board, to open it; its goods are the purchase's."""
    order, each = candidate.order, price_of(candidate)
    return BoardOrder(
        key=order.id,
        order_id=order.id,
        state=order.status,
        product=purchase.product_title,
        denomination=purchase.type_name,
        quantity=order.quantity,
        time=order.time,
        mine=False,
        fulfilled_quantity=order.fulfilled_quantity,
        total=None if each is None else each * order.quantity,
        final=order.final,
        product_id=purchase.product_id,
        type_id=purchase.type_id,
    )


def watch_words(purchase: Purchase, left: str) -> str:
    """Say until when an order that comes late is looked for.

    Args:
        purchase: settled as not placed.
        left: the time until the next look, in words; empty when the last one has been.
    """
    if not left:
        return "no more: the 24 h in which an order may come late are over"
    sent: datetime = purchase.sent_at or purchase.created_at
    until = (sent + timedelta(hours=24)).astimezone()
    return f"until {until:%Y-%m-%d %H:%M} if it comes late; next look in {left}"


def _claim(nobodys: Nobodys) -> Cell:
    if nobodys.why_not:
        return Cell(_NO_CLAIM.get(nobodys.code, nobodys.code.lower()), "dim")
    return Cell("ruled out", "warn") if nobodys.ruled_out else Cell("possible", "good")
