"""What the unresolved screen lists: purchases to settle, and orders that could be one of them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.reactive import var

from services.models import BoardOrder, Purchase
from services.text import short_id
from widgets.board import View
from widgets.cells import amount, dinars, local_clock, local_time, since, state_cell
from widgets.columns import Column
from widgets.ink import Cell, Line
from widgets.sentences import purchase_sentence
from widgets.sheet import Sheet, fact, sentence

if TYPE_CHECKING:
    from services.models import Candidate


CASE_COLUMNS = (
    Column("state", "state", 11),
    Column("age", "age", 5, "right", leaves=2),
    Column("total", "DZD", 10, "right", leaves=1, private=True),
    Column("what", "what was confirmed", least=24),
)
ORDER_COLUMNS = (
    Column("id", "order", 9),
    Column("apart", "after sending", 13, "right", leaves=1),
    Column("price", "DZD each", 10, "right", leaves=2, private=True),
    Column("ledger", "ledger", 16, leaves=3),
    Column("what", "", least=20),
)


class PossibleOrder(Struct, frozen=True):
    """An order that could be a purchase: offered as a candidate, or claimed by nobody.

    `apart` is its time minus the time of sending, by the vendor's clock; `ledger` the amount (DZD)
    of its entry in the ledger.
    """

    id: str
    offered: bool
    what: str
    time: datetime
    apart: timedelta | None = None
    price: Decimal | None = None
    ledger: Decimal | None = None


def possible_orders(
    candidates: "tuple[Candidate, ...]", unclaimed: tuple[BoardOrder, ...]
) -> tuple[PossibleOrder, ...]:
    """Return candidates first, then the orders nobody claimed, each order once."""
    offered = [
        PossibleOrder(
            c.order.id,
            offered=True,
            what=f"could be it, {c.order.status}",
            time=c.order.time,
            apart=timedelta(seconds=c.difference),
            price=c.order.price_per_card,
            ledger=c.transaction.amount if c.transaction else None,
        )
        for c in candidates
    ]
    known = {order.id for order in offered}
    others = [
        PossibleOrder(
            row.order_id,
            offered=False,
            what=f"nobody's: {row.quantity} x {row.product} {row.denomination}",
            time=row.time,
            price=None if row.total is None else row.total / row.quantity,
        )
        for row in unclaimed
        if row.order_id not in known
    ]
    return (*offered, *others)


def case_cells(purchase: Purchase, view: View) -> dict[str, Cell]:
    """Return a purchase as cells by column id."""
    what = f"{purchase.quantity} x {purchase.product_title} {purchase.type_name}"
    return {
        "state": Cell("LATE", "alert") if purchase.late else state_cell(purchase.state),
        "age": Cell(since(purchase.sent_at or purchase.created_at, view.now), "dim"),
        "total": Cell(amount(purchase.total)),
        "what": Cell(what),
    }


def order_cells(order: PossibleOrder, view: View) -> dict[str, Cell]:
    """Return an order that could be it as cells by column id."""
    apart = local_clock(order.time) if order.apart is None else _apart(order.apart)
    return {
        "id": Cell(short_id(order.id), "strong"),
        "apart": Cell(apart),
        "price": Cell("" if order.price is None else amount(order.price)),
        "ledger": Cell("no entry" if order.ledger is None else dinars(order.ledger, view.privacy)),
        "what": Cell(order.what, "plain" if order.offered else "dim"),
    }


class CaseSheet(Sheet):
    """One purchase that is not settled: what was confirmed, what was seen, and what comes next."""

    DEFAULT_CSS = "CaseSheet { padding: 0 1; }"
    DRAWN_FROM = ("purchase", "error", "busy", "now", "privacy")

    purchase: var[Purchase | None] = var[Purchase | None](None)
    error: var[str] = var("")
    busy: var[bool] = var(False)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)

    def text_lines(self, width: int) -> list[Line]:
        """Return the sentence of its state first, then the facts."""
        held = self.purchase
        if held is None:
            return sentence("Nothing is unresolved. Every purchase has its end.", width, "good")
        price = f"{dinars(held.unit_price, self.privacy)} each"
        goods = f"{held.quantity} x {held.product_title} {held.type_name}"
        lines = [
            *sentence(purchase_sentence(held, self.now), width, "strong"),
            *fact("confirmed", f"{goods}, {price}, {dinars(held.total, self.privacy)}", width),
            *fact("sent", _sent(held), width),
            *fact("seen", _seen(held), width),
            *fact("note", held.note, width),
        ]
        if self.error:
            lines += fact("reading", self.error, width, "warn")
        elif self.busy:
            lines += fact("reading", "asking the vendor ...", width, "dim")
        return lines


def _sent(purchase: Purchase) -> str:
    at = purchase.sent_at or purchase.created_at
    return f"{local_time(at)} by {purchase.operator} on {purchase.host}"


def _seen(purchase: Purchase) -> str:
    error = purchase.error
    said = ", ".join(filter(None, (error.message, error.code, error.request_id))) if error else ""
    readings = f"{purchase.looks} complete reading{'' if purchase.looks == 1 else 's'}"
    return f"{said}; {readings}" if said else readings


def _apart(apart: timedelta) -> str:
    return f"{apart.total_seconds():+.1f} s"
