"""The account's movements, each beside its order, and whether their sum is what the orders say."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from msgspec.structs import replace
from textual.reactive import var

from services.domain import money
from services.domain.book import BoardOrder, Book
from services.domain.errors import Failure
from services.domain.ledger import Ledger, LedgerRow, Mark, Owner
from services.domain.local_time import local_day_minute, local_minute, same_day
from services.domain.text import cell_width, fold, has_rtl, natural, short_id
from services.domain.typed.product_names import goods_name, other_names
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.board.filter_query import FieldFilter, NamedField, Prefix, Test
from widgets.board.row_line import RowCell
from widgets.drawing.cells import amount, and_again, dinars, old
from widgets.drawing.ink import Cell, Line
from widgets.panes.order_cells import WIDEST, product_pieces

COLUMNS = (
    Column("time", "at", 5, leaves=2, searched=False),
    Column("customer", "customer", 9, leaves=1),
    Column("type", "type", 10),
    Column("what", "product", least=30, steps=((4, 16),)),
    Column("change", "DZD", 11, "right", private=True, searched=False),
    Column("balance", "balance", 12, "right", leaves=3, private=True, searched=False),
    Column("desk", "desk", 10, leaves=5),
    Column("id", "order", 9, leaves=6),
)
"""A name written from the right is followed by a word, as a number would be dragged along."""

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


def movement_cells(row: LedgerRow, view: View) -> dict[str, RowCell]:
    movement = row.transaction
    mark = _MARKS.get(row.mark)
    customer = row.order.note if row.order else ""
    # Without a column of its own the customer is beside the goods.
    what = movement_words(row, whole="customer" not in view.room)
    cell: RowCell = Cell(what)
    if row.order and has_rtl(what):
        cell = _from_the_right(row.order, mark, view.room.get("what", WIDEST))
    elif mark:
        cell = Cell(f"{mark.text} · {what}" if what else mark.text, mark.ink)
    return {
        "customer": Cell(customer),
        "time": Cell(local_minute(movement.time), "dim"),
        "type": Cell(type_word(movement.type)),
        "change": Cell(row.signed, "good" if row.change and row.change > 0 else "plain"),
        "balance": Cell(
            amount(movement.new_balance), "alert" if row.mark is Mark.BREAK else "plain"
        ),
        "desk": desk_cell(row),
        "id": Cell(short_id(row.order_id), "dim"),
        "what": cell,
    }


def _from_the_right(order: BoardOrder, mark: Cell | None, room: int) -> Line:
    """Name goods or a customer written from the right so that the amounts keep their columns."""
    said = Cell(f"{mark.text} · " if mark else "", mark.ink if mark else "plain")
    count = f"{order.quantity} x "
    left = max(0, room - cell_width(said.text) - len(count))
    title, value = order.product or order.product_id, order.denomination or order.type_id
    return said, Cell(count), *product_pieces(title, value, order.region, left, "plain")


def movement_search(row: LedgerRow) -> str:
    """Return the text that a filter of movements looks in."""
    mark = _MARKS.get(row.mark, Cell(""))
    facts = (row.order_id, row.transaction.id, row.transaction.type, row.transaction.note)
    words = (type_word(row.transaction.type), desk_cell(row).text, movement_words(row), mark.text)
    order = row.order
    others = (order.region, other_names(order.product), order.also) if order else ()
    return " ".join((*words, *facts, *others))


def movement_words(row: LedgerRow, *, whole: bool = True) -> str:
    """Say what a movement was for: cards, an order that is not known, or the vendor's note.

    Args:
        row: the movement.
        whole: with the customer.
    """
    order = row.order
    if order is None:
        return row.transaction.note
    goods = f"{order.quantity} x {order.goods if order.denomination else _unnamed(order)}"
    return f"{goods} · {order.note}" if whole and order.note else goods


def _unnamed(order: BoardOrder) -> str:
    return goods_name(order.product or order.product_id, order.type_id, order.region)


def type_word(kind: str) -> str:
    """Return a movement's type as a word; an unknown one is left as it is."""
    return _TYPES.get(kind, kind or "unknown")


def desk_cell(row: LedgerRow) -> Cell:
    """Return whose order a movement belongs to, in a word or two."""
    match row.owner:
        case Owner.OURS:
            return Cell((row.order.operator if row.order else "") or "this desk")
        case Owner.OTHER:
            return Cell("other", "warn" if row.mark is Mark.NOT_OURS else "dim")
        case Owner.UNLISTED:
            return Cell("not listed", "alert" if row.mark is Mark.NO_ORDER else "dim")
        case Owner.NO_ORDER:
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


def by_type(wanted: str) -> Test[LedgerRow]:
    """Find movements by the beginning of their type's word."""
    named = NamedField(wanted, (*_TYPES, *_TYPES.values()))
    return lambda row: named(row.transaction.type, type_word(row.transaction.type))


def by_id(wanted: str) -> Test[LedgerRow]:
    """Find movements by any part of their id or their order's."""
    part = wanted.strip(".")
    return lambda row: part in fold(row.order_id) or part in fold(row.transaction.id)


def by_desk(wanted: str, *, guess: bool = False) -> Test[LedgerRow]:
    """Find movements by whose order they belong to; `?` are the other desks."""
    if wanted == "?":
        return lambda row: row.owner in (Owner.OTHER, Owner.UNLISTED)
    said = FieldFilter(wanted, guess=guess)
    return lambda row: said(desk_cell(row).text)


PREFIXES: Mapping[str, Prefix[LedgerRow]] = {
    "ty": Prefix("type", "type", by_type),
    "id": Prefix("order", "id", by_id),
    "op": Prefix("desk", "desk", by_desk, partial(by_desk, guess=True)),
}


class LedgerPane(Board[LedgerRow]):
    """The movements of a span of time, newest first; keys are transaction ids."""

    book: var[Book | None] = var[Book | None](None)
    ledger: var[Ledger | None] = var[Ledger | None](None)
    error: var[Failure | None] = var[Failure | None](None)
    busy: var[bool] = var(False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            row_id=lambda row: row.transaction.id,
            cells=movement_cells,
            search=movement_search,
            sort_keys={
                "time": lambda row: row.transaction.time,
                "type": lambda row: type_word(row.transaction.type),
                "change": lambda row: row.change or Decimal(0),
                "balance": lambda row: row.transaction.new_balance or Decimal(0),
                "customer": lambda row: natural(row.order.note if row.order else ""),
                "desk": lambda row: natural(desk_cell(row).text),
                "id": lambda row: row.order_id,
                "what": lambda row: natural(movement_words(row)),
            },
            prefixes=PREFIXES,
            heading="Ledger",
            newest_first=True,
            id=id,
            classes=classes,
        )
        self._movements: tuple[LedgerRow, ...] = ()

    def needs_reading(self) -> bool:
        """Tell whether nothing was read yet, or too long ago to be shown without asking."""
        aged = self.ledger is None or old(self.ledger.read_at, self.now, FRESH)
        return aged and not self.busy

    def show_ledger(self, ledger: Ledger | None, error: Failure | None) -> None:
        """Take what was read, or the sentence why nothing was; what was read before stays."""
        self.busy, self.error = False, error
        self.ledger = ledger or self.ledger

    def take_order(self, order: BoardOrder) -> None:
        """Show an order as it is now beside its movements; the board may not hold it."""
        self._fill({order.order_id: order})

    def watch_book(self, before: Book | None, book: Book | None) -> None:
        """Show what became of the orders beside the movements."""
        if book is not None and (before is None or before.orders is not book.orders):
            self._fill({order.order_id: order for order in book.orders if order.order_id})

    def watch_ledger(self, ledger: Ledger | None) -> None:
        self._movements = ledger.rows if ledger else ()
        self.show_rows(self._movements)
        self._say()

    def watch_error(self) -> None:
        """Say why the ledger could not be read."""
        self._say()

    def watch_busy(self) -> None:
        self._say()

    def watch_now(self) -> None:
        self._say()

    def watch_privacy(self) -> None:
        """Hide or show the day's sums."""
        self._say()

    def _fill(self, orders: Mapping[str, BoardOrder]) -> None:
        rows = tuple(_with(row, orders.get(row.order_id)) for row in self._movements)
        if any(new is not old for new, old in zip(rows, self._movements, strict=True)):
            self._movements = rows
            self.show_rows(rows)

    def counting(self) -> bool:
        return False

    def describe(self, row: LedgerRow) -> str:
        """Say type, amount, balances, order and note; no amounts in privacy mode."""
        move, private = row.transaction, self.privacy
        parts = [move.type if private else f"{move.type} {money.show(move.amount)} DZD"]
        if move.old_balance is not None and move.new_balance is not None and not private:
            balances = f"{money.show(move.old_balance)} -> {money.show(move.new_balance)}"
            parts.append(f"balance {balances}")
        if row.order_id:
            parts.append(f"order {row.order_id}")
        if row.order is not None:
            parts.append(row.order.name)
        return ", ".join(part for part in (*parts, move.note) if part)

    def nothing_to_open(self) -> str:
        """Say that no order is known that belongs to the movement."""
        if self.highlighted is not None and self.highlighted.order is not None:
            return ""
        return "No order belongs to this movement, or none is known here."

    def _say(self) -> None:
        ledger = self.ledger
        self.show_age("Ledger", ledger.read_at if ledger else None, self.error, FRESH)
        self.subject = day_words(ledger, self.now, self.privacy) if ledger else ""
        if self.error:
            said = and_again(self.error, self.privacy)
            self.placeholder = f"The ledger could not be read. {said}"
        elif ledger is None:
            self.placeholder = "Reading the movements of the account …"
        else:
            self.placeholder = f"{_span(ledger, self.now)} no money moved. r asks again."


def _with(row: LedgerRow, order: BoardOrder | None) -> LedgerRow:
    """Return a row beside its order as it is now; one that this journal does not hold stays."""
    if order is None or row.order is None or order == row.order or order.mine != row.order.mine:
        return row
    return replace(row, order=order)


def _verdict(ledger: Ledger, privacy: bool) -> str:
    if not ledger.complete:
        return "not all of it was read: r reads again"
    if not ledger.charged:
        return "Sandbox: no money moves"
    if ledger.agrees:
        return "matches your orders"
    more = "more" if ledger.difference > 0 else "less"
    return f"DIFFERS: {dinars(abs(ledger.difference), privacy)} {more} than the orders say"


def _span(ledger: Ledger, now: datetime | None) -> str:
    """Name the span: today, since when, or from when to when."""
    start, end = local_day_minute(ledger.start), ledger.end
    if end is not None:
        return f"From {start} to {local_day_minute(end)}"
    return "Today" if now is None or same_day(ledger.start, now) else f"Since {start}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
