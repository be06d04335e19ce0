"""The account's movements matched to orders and purchases, and the day's sum checked. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from services.domain.balance_chain import chain
from services.domain.book import BoardOrder
from services.domain.models import Order, Purchase, Transaction
from services.domain.money import ZERO, show


class Owner(StrEnum):
    """Whose order a movement belongs to; NO_ORDER where it belongs to no order at all."""

    OURS = "ours"
    OTHER = "other"
    UNLISTED = "unlisted"
    NO_ORDER = ""


class Mark(StrEnum):
    """What stands out about a movement, the gravest thing first."""

    BREAK = "break"
    NO_ORDER = "no_order"
    DIFFERS = "differs"
    NOT_OURS = "not_ours"
    NOTHING = ""


class LedgerRow(Struct, frozen=True):
    """A movement on the account with the order that it belongs to.

    `change` is the amount (DZD) with its sign, None where nothing tells which way the money went.
    `order_id` is the order that the movement names, `order` what list and journal know of it:
    None for one that neither of them shows. `owner` UNLISTED says that it names such an order.

    `mark` is BREAK where the chain of balances is broken before this movement or in it, NO_ORDER
    for a debit whose order is not known, DIFFERS for an order that cost another amount than it
    says, NOT_OURS for other money that left the account without this journal.
    """

    transaction: Transaction
    change: Decimal | None
    order_id: str = ""
    owner: Owner = Owner.NO_ORDER
    order: BoardOrder | None = None
    mark: Mark = Mark.NOTHING

    @property
    def signed(self) -> str:
        """The amount with its sign; without one where nothing tells the direction."""
        if self.change is None:
            return show(self.transaction.amount)
        return f"+{show(self.change)}" if self.change > 0 else show(self.change)


class Ledger(Struct, frozen=True):
    """The movements of a span of time, local today unless asked otherwise. Times are UTC.

    `rows` are newest first; `end` is None while the span goes on. `day_spent` is what the orders
    placed in the span were debited less their refunds, `day_orders` what they say they cost,
    `difference` the first minus the second, all in DZD. A refund counts with its order, so that one
    after midnight makes no difference. `undebited` is how many of these orders should have been
    debited and were not.

    `breaks` counts the breaks in the chain of balances. `complete` is whether everything was read
    and held still meanwhile. `charged` is whether the environment takes money for orders; where
    it does not there is nothing to compare, and `difference` is 0.
    """

    rows: tuple[LedgerRow, ...]
    start: datetime
    end: datetime | None
    read_at: datetime
    day_spent: Decimal
    day_orders: Decimal
    difference: Decimal
    undebited: int
    breaks: int
    complete: bool
    charged: bool

    @property
    def agrees(self) -> bool:
        """Whether the sum of the movements is known to be what the orders say."""
        return self.complete and not self.difference


DEBIT = "ORDER"
REFUND = "REFUND-ORDER"
_INCOMING = frozenset(
    {"DEPOSIT", "REFUND-FLEXY", "REFUND-ADSL", REFUND, "RECEIVE", "POINT-EXCHANGE"}
)
_OUTGOING = frozenset({DEBIT, "FLEXY", "ADSL", "WITHDRAW", "SEND", "SERVICE"})


class LedgerSources(Struct, frozen=True):
    """What was read of an account: movements, orders, and the journal's side of them.

    `transactions` and `orders` may reach beyond the span that is looked at: what lies around it
    explains what is at its edges. `purchases` are those that any of them belongs to, `board` a row
    for each order and for each purchase whose order the list does not show.
    """

    transactions: tuple[Transaction, ...]
    orders: tuple[Order, ...]
    purchases: tuple[Purchase, ...]
    board: tuple[BoardOrder, ...]
    complete: bool
    charged: bool


def build(
    read: LedgerSources, *, start: datetime, end: datetime | None, read_at: datetime
) -> Ledger:
    """Match the movements of a span of time and check its sum.

    Args:
        read: what was read, the span and what is around it.
        start: where the span begins, UTC.
        end: where it ends, UTC; None while it goes on.
        read_at: when it was read, UTC.
    """
    within = _Span(start, end)
    linked = chain(read.transactions)
    charged = read.charged or any(t.type == DEBIT for t in read.transactions)
    bills = _bills(read, within) if charged else {}
    board = {row.order_id: row for row in read.board}
    rows = tuple(
        _row(movement, board, bills, movement.id in linked.broken)
        for movement in reversed(linked.movements)
        if within.holds(movement.time)
    )
    day_spent = sum((bill.spent for bill in bills.values()), ZERO)
    day_orders = sum((bill.cost for bill in bills.values()), ZERO)
    return Ledger(
        rows=rows,
        start=start,
        end=end,
        read_at=read_at,
        day_spent=day_spent,
        day_orders=day_orders,
        difference=day_spent - day_orders,
        undebited=sum(bill.undebited for bill in bills.values()),
        breaks=sum(row.mark is Mark.BREAK for row in rows),
        complete=read.complete,
        charged=charged,
    )


def cost(order: Order | None, purchase: Purchase | None) -> Decimal | None:
    """Return what an order says it costs in DZD: what was delivered if final, else all of it.

    Args:
        order: as the vendor's list shows it, if it does.
        purchase: the journal's purchase that it belongs to, if it is ours.

    Returns:
        The amount, or None while neither of them tells a price.
    """
    if order is not None and order.final:
        if order.fulfilled_amount is not None:
            return order.fulfilled_amount
        delivered = 0 if order.status == "REFUNDED" else order.fulfilled_quantity
        price = order.price_per_card or (purchase.unit_price if purchase else None)
        if delivered == 0:
            return ZERO
        return None if delivered is None or price is None else price * delivered
    if purchase is not None:
        amount = purchase.fulfilled_amount
        return purchase.total if amount is None else amount
    if order is None or order.price_per_card is None:
        return None
    return order.price_per_card * order.quantity


def signed(movement: Transaction) -> Decimal | None:
    """Return a movement's amount (DZD), negative where money left the account.

    The balances tell it best; where they are missing, the type or the vendor's `operation` does.
    """
    old, new = movement.old_balance, movement.new_balance
    if old is not None and new is not None and old != new:
        return movement.amount if new > old else -movement.amount
    if movement.type in _INCOMING or movement.operation == "increment":
        return movement.amount
    if movement.type in _OUTGOING or movement.operation == "decrement":
        return -movement.amount
    return None


class _Span(Struct, frozen=True):
    start: datetime
    end: datetime | None

    def holds(self, time: datetime) -> bool:
        return self.start <= time and (self.end is None or time <= self.end)


class _Bill(Struct, frozen=True):
    """What an order was debited less its refunds, and what it says it costs, in DZD."""

    spent: Decimal
    cost: Decimal
    debited: bool

    @property
    def undebited(self) -> bool:
        return not self.debited and self.cost > ZERO


def _bills(read: LedgerSources, within: _Span) -> dict[str, _Bill]:
    """Return the bill of each order that was placed in the span, by the name of the order."""
    orders = {order.id: order for order in read.orders}
    purchases = {purchase.order_id: purchase for purchase in read.purchases}
    placed = {order.id: order.time for order in read.orders}
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    debited: set[str] = set()
    for movement in read.transactions:
        name = _order_name(movement)
        if movement.type == DEBIT:
            spent[name] += movement.amount
            debited.add(name)
            # An order that the list does not show was placed when it was paid.
            placed.setdefault(name, movement.time)
        elif movement.type == REFUND:
            spent[name] -= movement.amount
    bills: dict[str, _Bill] = {}
    for name, time in placed.items():
        if within.holds(time):
            known = name in orders or name in purchases
            amount = cost(orders.get(name), purchases.get(name)) if known else ZERO
            # The vendor tells no price of another desk's open order: its debit stands for it.
            bills[name] = _Bill(
                spent[name], spent[name] if amount is None else amount, name in debited
            )
    return bills


def _row(
    movement: Transaction,
    board: Mapping[str, BoardOrder],
    bills: Mapping[str, _Bill],
    broken: bool,
) -> LedgerRow:
    change = signed(movement)
    order_id = movement.objid if movement.type in (DEBIT, REFUND) else ""
    order = board.get(order_id) if order_id else None
    owner = _owner(movement, order)
    bill = bills.get(_order_name(movement)) if movement.type in (DEBIT, REFUND) else None
    mark = Mark.NOTHING
    if broken:
        mark = Mark.BREAK
    elif movement.type == DEBIT and owner is Owner.UNLISTED:
        mark = Mark.NO_ORDER
    elif bill is not None and owner is not Owner.UNLISTED and bill.spent != bill.cost:
        mark = Mark.DIFFERS
    elif owner is not Owner.OURS and change is not None and change < 0:
        mark = Mark.NOT_OURS
    return LedgerRow(movement, change, order_id, owner, order, mark)


def _owner(movement: Transaction, order: BoardOrder | None) -> Owner:
    if movement.type not in (DEBIT, REFUND):
        return Owner.NO_ORDER
    if order is None:
        return Owner.UNLISTED
    return Owner.OURS if order.mine else Owner.OTHER


def _order_name(movement: Transaction) -> str:
    """Name the order of a movement; one that names none stands for an order of its own."""
    return movement.objid or movement.id


def order_ids(transactions: Iterable[Transaction]) -> frozenset[str]:
    """Return the orders that these movements name."""
    return frozenset(t.objid for t in transactions if t.type in (DEBIT, REFUND) and t.objid)
