"""The account's movements, each beside its order, and whether their sum is what the orders say."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from textual.reactive import var

from services import money
from services.ledger_models import Ledger, LedgerRow, Mark, Owner
from services.text import fold, natural, short_id
from widgets.board import Board, View
from widgets.cells import ago, amount, dinars, local_minute, old, why_words
from widgets.columns import Column
from widgets.ink import Cell
from widgets.naming import Named, Said
from widgets.query import Prefix, Test

COLUMNS = (
    Column("time", "at", 5, leaves=2, searched=False),
    Column("type", "type", 10),
    Column("change", "DZD", 11, "right", private=True, searched=False),
    Column("balance", "balance", 12, "right", leaves=3, private=True, searched=False),
    Column("desk", "desk", 10, leaves=1),
    Column("id", "order", 9, leaves=4),
    Column("what", "what", least=18),
)
FRESH = timedelta(minutes=2)

_TYPES = {
    "DEPOSIT": "deposit",
    "ORDER": "order",
    "REFUND-ORDER": "refund",
    "FLEXY": "flexy",
    "REFUND-FLEXY": "flexy back",
    "ADSL": "ADSL",
    "REFUND-ADSL": "ADSL back",
    "RECEIVE": "received",
    "SEND": "sent",
    "WITHDRAW": "withdrawn",
    "SERVICE": "service",
    "POINT-EXCHANGE": "points",
}
_MARKS = {
    Mark.BREAK: Cell("BREAK", "alert"),
    Mark.NO_ORDER: Cell("NO ORDER", "alert"),
    Mark.DIFFERS: Cell("DIFFERS", "alert"),
    Mark.NOT_OURS: Cell("NOT OURS", "warn"),
}


def movement_cells(row: LedgerRow, _: View) -> dict[str, Cell]:
    """Return a movement as cells by column id."""
    movement = row.transaction
    mark = _MARKS.get(row.mark)
    what = movement_words(row)
    return {
        "time": Cell(local_minute(movement.time), "dim"),
        "type": Cell(type_word(movement.type)),
        "change": Cell(signed_amount(row), "good" if row.change and row.change > 0 else "plain"),
        "balance": Cell(
            amount(movement.new_balance), "alert" if row.mark is Mark.BREAK else "plain"
        ),
        "desk": desk_cell(row),
        "id": Cell(short_id(row.order_id), "dim"),
        "what": Cell(f"{mark.text} · {what}" if what else mark.text, mark.ink)
        if mark
        else Cell(what),
    }


def movement_search(row: LedgerRow) -> str:
    """Return the text that a filter of movements looks in."""
    mark = _MARKS.get(row.mark, Cell(""))
    facts = (row.order_id, row.transaction.id, row.transaction.type, row.transaction.note)
    words = (type_word(row.transaction.type), desk_cell(row).text, movement_words(row), mark.text)
    return " ".join((*words, *facts))


def movement_words(row: LedgerRow) -> str:
    """Say what a movement was for: cards, an order that nobody knows, or the vendor's note."""
    order = row.order
    if order is None:
        return row.transaction.note
    goods = f"{order.quantity} x {order.product or order.product_id}"
    parts = (goods, order.denomination or order.type_id, order.note)
    return " · ".join(part for part in parts if part)


def type_word(kind: str) -> str:
    """Return a movement's type as a word; an unknown one stands as it is."""
    return _TYPES.get(kind, kind or "unknown")


def signed_amount(row: LedgerRow) -> str:
    """Return the amount with its sign, without one where nothing tells the direction."""
    if row.change is None:
        return money.show(row.transaction.amount)
    return f"+{money.show(row.change)}" if row.change > 0 else money.show(row.change)


def desk_cell(row: LedgerRow) -> Cell:
    """Return whose order a movement belongs to, in a word or two."""
    match row.owner:
        case Owner.OURS:
            return Cell((row.order.operator if row.order else "") or "this desk")
        case Owner.OTHER:
            return Cell("other", "warn" if row.mark is Mark.NOT_OURS else "dim")
        case Owner.UNLISTED:
            return Cell("not listed", "alert" if row.mark is Mark.NO_ORDER else "dim")
        case Owner.NOBODY:
            return Cell("")


def day_words(ledger: Ledger, now: datetime | None, privacy: bool) -> str:
    """Say what the orders of the span cost and whether the movements agree, the gravest first."""
    debits = sum(row.mark is Mark.NO_ORDER for row in ledger.rows)
    parts = [
        _verdict(ledger, privacy),
        _counted(ledger.breaks, "BREAK", "BREAKS"),
        _counted(debits, "DEBIT WITHOUT AN ORDER", "DEBITS WITHOUT AN ORDER"),
        _counted(ledger.undebited, "ORDER NOT DEBITED", "ORDERS NOT DEBITED"),
    ]
    if ledger.charged:
        parts.append(f"{_span(ledger, now)} spent {dinars(ledger.day_spent, privacy)}")
    return " · ".join(part for part in parts if part)


def by_type(told: str) -> Test[LedgerRow]:
    """Find movements by the beginning of their type's word."""
    named = Named(told, (*_TYPES, *_TYPES.values()))
    return lambda row: named(row.transaction.type, type_word(row.transaction.type))


def by_id(told: str) -> Test[LedgerRow]:
    """Find movements by any part of their id or their order's."""
    part = told.strip(".")
    return lambda row: part in fold(row.order_id) or part in fold(row.transaction.id)


def by_desk(told: str) -> Test[LedgerRow]:
    """Find movements by whose order they belong to; `?` are the other desks."""
    if told == "?":
        return lambda row: row.owner in (Owner.OTHER, Owner.UNLISTED)
    said = Said(told)
    return lambda row: said(desk_cell(row).text)


PREFIXES: Mapping[str, Prefix[LedgerRow]] = {
    "ty": Prefix("type", "type", by_type),
    "id": Prefix("order", "id", by_id),
    "op": Prefix("desk", "desk", by_desk),
}


class LedgerPane(Board[LedgerRow]):
    """The movements of a span of time, newest first; keys are transaction ids."""

    ledger: var[Ledger | None] = var[Ledger | None](None)
    error: var[str] = var("")
    busy: var[bool] = var(False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            key=lambda row: row.transaction.id,
            cells=movement_cells,
            search=movement_search,
            sort_keys={
                "time": lambda row: row.transaction.time,
                "type": lambda row: type_word(row.transaction.type),
                "change": lambda row: row.change or Decimal(0),
                "balance": lambda row: row.transaction.new_balance or Decimal(0),
                "desk": lambda row: natural(desk_cell(row).text),
                "id": lambda row: row.order_id,
                "what": lambda row: natural(movement_words(row)),
            },
            prefixes=PREFIXES,
            heading="Ledger",
            id=id,
            classes=classes,
        )

    def needs_reading(self) -> bool:
        """Tell whether nothing was read yet, or too long ago to be shown without asking."""
        aged = self.ledger is None or old(self.ledger.read_at, self.now, FRESH)
        return aged and not self.busy

    def show_ledger(self, ledger: Ledger | None, error: str) -> None:
        """Take what was read, or the sentence why nothing was; what was read before stays."""
        self.busy, self.error = False, error
        self.ledger = ledger or self.ledger

    def watch_ledger(self, ledger: Ledger | None) -> None:
        """Show what was read."""
        self.show_rows(ledger.rows if ledger else ())
        self._say()

    def watch_error(self) -> None:
        """Say why the ledger could not be read."""
        self._say()

    def watch_busy(self) -> None:
        """Say that the ledger is being read."""
        self._say()

    def watch_now(self) -> None:
        """Let the age of the reading grow."""
        self._say()

    def watch_privacy(self) -> None:
        """Hide or show the day's sums."""
        self._say()

    def _say(self) -> None:
        ledger = self.ledger
        self.heading = f"Ledger · read {ago(ledger.read_at, self.now)}" if ledger else "Ledger"
        self.subject = day_words(ledger, self.now, self.privacy) if ledger else ""
        failed = bool(self.error) and ledger is not None
        aged = ledger is not None and old(ledger.read_at, self.now, FRESH)
        self.stale = "read failed: stale" if failed else "stale" if aged else ""
        self.why = why_words(self.error) if failed else ""
        if self.error:
            again = "" if "r tries again" in self.error else " r tries again."
            self.placeholder = f"The ledger could not be read. {self.error}{again}"
        elif ledger is None:
            self.placeholder = "Reading the movements of the account ..."
        else:
            self.placeholder = f"{_span(ledger, self.now)} no money moved. r asks again."


def _verdict(ledger: Ledger, privacy: bool) -> str:
    if not ledger.complete:
        return "NOT READ WHOLE: r reads again"
    if not ledger.charged:
        return "Orders take no money here: nothing to compare"
    if ledger.agrees:
        return "AGREES with the orders"
    more = "more" if ledger.difference > 0 else "less"
    return f"DIFFERS: {dinars(abs(ledger.difference), privacy)} {more} than the orders say"


def _span(ledger: Ledger, now: datetime | None) -> str:
    """Name the span: today, since when, or from when to when."""
    start, end = ledger.start.astimezone(), ledger.end
    if end is not None:
        return f"From {start:%Y-%m-%d %H:%M} to {end.astimezone():%Y-%m-%d %H:%M}"
    if now is None or start.date() == now.astimezone().date():
        return "Today"
    return f"Since {start:%Y-%m-%d %H:%M}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
