"""A shift: what was sold between two closings, and whether the balance is what it must be. Pure.

A shift is a part of the event log, not a span of time: what is written belongs to one shift.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from services.domain.ledger import DEBIT, REFUND, Ledger, LedgerRow
from services.domain.models import Balance
from services.domain.money import ZERO
from services.domain.text import NOTHING, SafeText, ours

MOST_OPEN = 50
"""How many orders a report names that are not at an end; it counts all of them."""

TO_HAND_OVER, HANDLING, UNRESOLVED = "to_hand_over", "handling", "unresolved"
"""The kinds of what stays open."""

OTHERS = ours("other desks")


class OperatorShare(Struct, frozen=True):
    """What one operator sold in a shift, or all of them; amounts are DZD.

    `orders`, `cards`, `cost` and `sold` are of what was bought in the shift and was not refunded
    whole; an open order counts in full. `came_back` is the money of refunds in the shift, whenever
    their orders were bought. `refunded` and `partial` count orders of the shift, `handed_over`
    those marked. The last three count what is open now, older orders included.
    """

    operator: SafeText = NOTHING
    orders: int = 0
    cards: int = 0
    cost: Decimal = ZERO
    sold: Decimal = ZERO
    came_back: Decimal = ZERO
    refunded: int = 0
    partial: int = 0
    handed_over: int = 0
    to_hand_over: int = 0
    handling: int = 0
    unresolved: int = 0

    @property
    def margin(self) -> Decimal:
        """Price less cost (DZD)."""
        return self.sold - self.cost


class ProductShare(Struct, frozen=True):
    """What was sold of a product in a shift; amounts are DZD."""

    product: SafeText
    cards: int
    cost: Decimal
    sold: Decimal

    @property
    def margin(self) -> Decimal:
        """Price less cost (DZD)."""
        return self.sold - self.cost


class OpenOrder(Struct, frozen=True):
    """An order that stays open at a closing: which, of which kind, since when (UTC), whose.

    `customer` is the note as it is now: a closing does not keep it.
    """

    kind: str
    purchase_id: str
    order_id: str
    goods: SafeText
    since: datetime
    operator: SafeText
    customer: SafeText = NOTHING


class EarlierOrders(Struct, frozen=True):
    """What orders of shifts before this one turned out to cost and to sell otherwise (DZD).

    They were counted in full when their shift was closed, and were refunded since, or the other
    way round; both amounts are then negative.
    """

    orders: int = 0
    cost: Decimal = ZERO
    sold: Decimal = ZERO


class AccountCheck(Struct, frozen=True):
    """The account's balance over a shift (DZD), and what its movements say that it must be.

    `start` is the balance when it was checked last, at `since` (UTC). `spent` is by operator,
    `paid_out` what left the account for something else than an order. `end` is the balance as it
    was read. `difference` is what orders were charged less what they say they cost; `whole`
    whether all movements could be read and follow one another. `last` and `last_at` are the last
    movement that was counted. `charged` is whether the environment takes money for orders.
    """

    since: datetime
    until: datetime
    start: Decimal
    end: Decimal
    paid_in: Decimal = ZERO
    paid_out: Decimal = ZERO
    spent: tuple[tuple[SafeText, Decimal], ...] = ()
    came_back: Decimal = ZERO
    difference: Decimal = ZERO
    whole: bool = True
    charged: bool = True
    last: str = ""
    last_at: datetime | None = None

    @property
    def must_be(self) -> Decimal:
        """What the balance must be (DZD): the start with all that moved since."""
        spent = sum((amount for _, amount in self.spent), ZERO)
        return self.start + self.paid_in + self.came_back - spent - self.paid_out

    @property
    def agrees(self) -> bool:
        """Whether the balance is what it must be, and the orders cost what they say."""
        return self.whole and self.end == self.must_be and not self.difference


class ShiftReport(Struct, frozen=True):
    """The figures of a shift. Times are UTC, amounts DZD.

    `number` counts the shifts of a journal from 1. `after` is the event that the shift comes
    after, the closing before it, 0 where there was none yet. `closed_by` is empty until it is
    closed. `account` is None where the account was not read, `not_read` says why in words.
    """

    number: int
    after: int
    begin: datetime
    end: datetime
    closed_by: SafeText = NOTHING
    operators: tuple[OperatorShare, ...] = ()
    products: tuple[ProductShare, ...] = ()
    earlier: EarlierOrders = EarlierOrders()
    open: tuple[OpenOrder, ...] = ()
    account: AccountCheck | None = None
    not_read: str = ""

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return bool(self.closed_by)

    @property
    def all(self) -> OperatorShare:
        """What all operators sold together."""
        each = self.operators
        return OperatorShare(
            orders=sum(one.orders for one in each),
            cards=sum(one.cards for one in each),
            cost=sum((one.cost for one in each), ZERO),
            sold=sum((one.sold for one in each), ZERO),
            came_back=sum((one.came_back for one in each), ZERO),
            refunded=sum(one.refunded for one in each),
            partial=sum(one.partial for one in each),
            handed_over=sum(one.handed_over for one in each),
            to_hand_over=sum(one.to_hand_over for one in each),
            handling=sum(one.handling for one in each),
            unresolved=sum(one.unresolved for one in each),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was bought, came back or was paid in it."""
        whole, account = self.all, self.account
        moved = account is not None and account.end != account.start
        return not (whole.orders or whole.refunded or whole.came_back or moved)

    def of_kind(self, kind: str) -> tuple[OpenOrder, ...]:
        """Return what of one kind stays open, the longest waiting first."""
        return tuple(each for each in self.open if each.kind == kind)


def shares(products: Iterable[tuple[SafeText, int, Decimal, Decimal]]) -> tuple[ProductShare, ...]:
    """Add up (product, cards, cost, sold) by product, what was sold most first."""
    found: dict[SafeText, ProductShare] = {}
    for name, cards, cost, sold in products:
        held = found.get(name, ProductShare(name, 0, ZERO, ZERO))
        found[name] = ProductShare(name, held.cards + cards, held.cost + cost, held.sold + sold)
    return tuple(sorted(found.values(), key=lambda each: (-each.sold, each.product)))


def account_check(ledger: Ledger, balance: Balance, before: AccountCheck | None) -> AccountCheck:
    """Work out what the balance must be.

    Args:
        ledger: the movements at least since `before`; those it has counted are left out.
        balance: read after the movements.
        before: the check of the closing before, None where there was none.
    """
    rows = _since(ledger.rows, before)
    spent: dict[SafeText, Decimal] = {}
    paid_in = paid_out = back = ZERO
    whole = ledger.complete and not ledger.breaks
    for row in rows:
        moved = row.transaction
        if moved.type == DEBIT:
            mine = row.order is not None and row.order.mine
            name = row.order.operator if mine and row.order is not None else OTHERS
            spent[name] = spent.get(name, ZERO) + moved.amount
        elif moved.type == REFUND:
            back += moved.amount
        elif row.change is None:
            whole = False
        elif row.change > 0:
            paid_in += row.change
        else:
            paid_out -= row.change
    oldest = rows[-1].transaction.old_balance if rows else None
    first = balance.amount if oldest is None else oldest
    return AccountCheck(
        since=before.until if before else ledger.start,
        until=balance.read_at,
        start=before.end if before else first,
        end=balance.amount,
        paid_in=paid_in,
        paid_out=paid_out,
        spent=tuple(sorted(spent.items(), key=lambda each: (each[0] == OTHERS, -each[1]))),
        came_back=back,
        difference=ledger.difference,
        whole=whole,
        charged=ledger.charged,
        last=rows[0].transaction.id if rows else before.last if before else "",
        last_at=rows[0].transaction.time if rows else before.last_at if before else None,
    )


def _since(rows: Sequence[LedgerRow], before: AccountCheck | None) -> list[LedgerRow]:
    """Return the movements (newest first) after the last one that was counted."""
    if before is None or before.last_at is None:
        return list(rows)
    known = next((at for at, row in enumerate(rows) if row.transaction.id == before.last), None)
    if known is not None:
        return list(rows[:known])
    return [row for row in rows if row.transaction.time > before.last_at]


def without_customers(report: ShiftReport) -> ShiftReport:
    """Return a report as it is kept: with no customer's name, and not all that is open."""
    kept = [replace(each, customer=NOTHING) for each in report.open[:MOST_OPEN]]
    return replace(report, open=tuple(kept))
