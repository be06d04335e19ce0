"""The rows of the unresolved screen: purchases to settle, possible and unclaimed orders."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from services.domain.book import BoardOrder, UnclaimedOrder
from services.domain.local_time import local_clock, local_day_clock, local_day_minute
from services.domain.models import Purchase
from services.domain.money import exact
from services.domain.text import short_id
from services.domain.typed import digits
from widgets.board.board import View
from widgets.board.columns import Column
from widgets.board.row_line import RowCell
from widgets.drawing.cells import dinars, order_state_cell, state_cell
from widgets.drawing.ink import Cell
from widgets.panes.order_cells import COST, QUANTITY, WIDEST, product_pieces

if TYPE_CHECKING:
    from services.domain.models import Candidate

CASE_COLUMNS = (
    Column("what", "product", least=20),
    QUANTITY,
    Column("customer", "customer", 12, leaves=1),
    Column("state", "state", 13),
    COST,
    Column("sent", "sent", 11, steps=((9, 8),), leaves=2, searched=False),
)
CANDIDATE_COLUMNS = (
    Column("id", "order", 9),
    Column("apart", "after sending", 13, "right"),
    Column("state", "state", 13),
    COST,
    Column("placed", "placed", 8, leaves=2),
    Column("ledger", "ledger", least=12),
)
UNCLAIMED_COLUMNS = (
    Column("id", "order", 9),
    Column("claim", "claim", 11),
    Column("placed", "placed", 11, leaves=1),
    Column("state", "state", 13, leaves=2),
    Column("what", "product", least=24),
)
_NO_CLAIM = {
    "OTHER_ORDER": "other goods",
    "OLDER_ORDER": "too old",
    "SETTLED": "has its own",
    "NO_PURCHASE": "-",
}


def case_cells(purchase: Purchase, view: View) -> dict[str, RowCell]:
    title, value = purchase.product_title, purchase.type_name
    sent = purchase.sent_at or purchase.created_at
    return {
        "what": product_pieces(title, value, None, view.room.get("what", WIDEST), "plain"),
        "qty": Cell(str(purchase.quantity)),
        "customer": Cell(purchase.note, "strong"),
        "state": Cell("! late", "alert") if purchase.late else state_cell(purchase.shown_state),
        "cost": Cell(exact(purchase.total)),
        "sent": Cell(local_day_clock(sent, view.now), "dim"),
    }


def candidate_cells(candidate: "Candidate", view: View) -> dict[str, Cell]:
    """Return an order that could be the purchase as cells by column id."""
    order, entry = candidate.order, candidate.transaction
    each = price_of(candidate)
    cost = None if each is None else each * order.quantity
    return {
        "id": Cell(short_id(order.id), "strong"),
        "apart": Cell(apart(candidate.difference)),
        "state": state_cell(order.status, order.quantity, order.delivered),
        "cost": Cell("not known", "dim") if cost is None else Cell(exact(cost)),
        "placed": Cell(local_clock(order.time)),
        "ledger": Cell("no entry", "dim")
        if entry is None
        else Cell(dinars(entry.amount, view.privacy)),
    }


def unclaimed_cells(unclaimed: UnclaimedOrder, view: View) -> dict[str, Cell]:
    """Return an unclaimed order as cells by column id."""
    order = unclaimed.order
    return {
        "id": Cell(short_id(order.order_id), "strong"),
        "claim": _claim(unclaimed),
        "placed": Cell(local_day_clock(order.time, view.now)),
        "state": order_state_cell(order),
        "what": Cell(f"{order.quantity} x {order.goods}"),
    }


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
        return f"{digits.signed(seconds)} s"
    if away < timedelta(hours=2):
        return f"{sign}{away // timedelta(minutes=1)} m"
    return f"{sign}{away // timedelta(hours=1)} h"


def board_order(candidate: "Candidate", purchase: Purchase) -> BoardOrder:
    """Return a candidate as a row of the order board, to open it; its goods are the purchase's."""
    order, each = candidate.order, price_of(candidate)
    return BoardOrder(
        row_id=order.id,
        order_id=order.id,
        state=order.status,
        product=purchase.product_title,
        denomination=purchase.type_name,
        quantity=order.quantity,
        time=order.time,
        mine=False,
        fulfilled_quantity=order.fulfilled_quantity,
        total=None if each is None else each * order.quantity,
        final=not order.open,
        cards_came=order.cards_came,
        product_id=purchase.product_id,
        type_id=purchase.type_id,
    )


def watch_words(purchase: Purchase, next_check: str) -> str:
    """Say until when an order that comes late is looked for.

    Args:
        purchase: settled as not placed.
        next_check: when the next check is, in words; empty when the last one has been.
    """
    if not next_check:
        return "no more: the 24 h in which an order may come late are over"
    sent: datetime = purchase.sent_at or purchase.created_at
    until = local_day_minute(sent + timedelta(hours=24))
    return f"until {until} if it comes late; next check {next_check}"


def _claim(unclaimed: UnclaimedOrder) -> Cell:
    if unclaimed.why_not:
        return Cell(_NO_CLAIM.get(unclaimed.code, unclaimed.code.lower()), "dim")
    return Cell("ruled out", "warn") if unclaimed.ruled_out else Cell("possible", "good")
