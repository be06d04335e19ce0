"""What the vendor's list and ledger say about a purchase whose answer never came. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from services.domain.balance_chain import chain
from services.domain.models import Baseline, Order, Purchase, PurchaseState, Transaction, Unread
from services.domain.purchase_states import state_name
from services.domain.settlement_reason import ReasonCode, SettlementReason

CHECKS = (2.0, 4.0, 7.0, 11.0, 16.0, 25.0)
LATE_CHECKS = (300.0, 900.0, 3_600.0, 21_600.0, 86_400.0)
EVERY = 10.0
SKEW = timedelta(seconds=60)
AGREEING_READINGS = 3
ASKED = (PurchaseState.SENDING, PurchaseState.UNRESOLVED, PurchaseState.AMBIGUOUS)
CALLED_OFF = (PurchaseState.NOT_PLACED, PurchaseState.REFUSED)

_FITS_BUT: Mapping[str, ReasonCode] = {
    "INCOMPLETE": "FITS_INCOMPLETE",
    "UNREADABLE": "FITS_UNREADABLE",
    "ORDER_UNREADABLE": "FITS_ORDER_UNREADABLE",
}
"""What a doubt about the list is called where one order fits all the same."""

Rivals = Sequence[tuple[Purchase, Baseline]]


class AccountReading(Struct, frozen=True):
    """One check of the account.

    `complete` is whether every page was read and nothing moved meanwhile; an incomplete reading
    never counts as absence. `unread` are the listed orders that could not be read: a reading is
    whole for a purchase only where none of them can be its order. `transactions` are
    those since the baseline, oldest first, and `ledger_known` is whether they could be read.
    `balance` is DZD.
    """

    orders: tuple[Order, ...]
    transactions: tuple[Transaction, ...]
    complete: bool
    ledger_known: bool
    balance: Decimal | None = None
    unread: tuple[Unread, ...] = ()


class Finding(Struct, frozen=True):
    """What a reading means for a purchase.

    `verdict` is BIND (`order_ids` holds the one order), AMBIGUOUS (a person picks one of them),
    NOT_PLACED, WAIT, or AFTER (another purchase of the same goods is settled first); `reason` says
    why, `trace` whether the reading showed any sign of it, `whole` whether it was complete.
    """

    verdict: Literal["BIND", "AMBIGUOUS", "NOT_PLACED", "WAIT", "AFTER"]
    reason: SettlementReason
    order_ids: tuple[str, ...] = ()
    trace: bool = False
    whole: bool = True

    @property
    def why(self) -> str:
        """The reason in words, for the event log."""
        return str(self.reason.clause())


def next_check_at(sent_at: datetime, now: datetime, settle_seconds: float) -> datetime | None:
    """Return when to look next: 2, 4, 7, 11, 16, 25 s, each 10 s, then 5 min to 24 h after sending.

    Args:
        sent_at: when the purchase was sent, UTC.
        now: the current time, UTC.
        settle_seconds: until when the checks are frequent.

    Returns:
        The next time in UTC, or None when the last check has been.
    """
    passed = (now - sent_at).total_seconds()
    for mark in CHECKS:
        if passed < mark <= settle_seconds:
            return sent_at + timedelta(seconds=mark)
    if passed < settle_seconds:
        step = CHECKS[-1] + EVERY * (int((passed - CHECKS[-1]) // EVERY) + 1)
        return sent_at + timedelta(seconds=min(step, settle_seconds))
    for mark in LATE_CHECKS:
        if passed < mark:
            return sent_at + timedelta(seconds=mark)
    return None


def candidates(
    purchase: Purchase,
    baseline: Baseline,
    reading: AccountReading,
    bound: Sequence[str],
    window: float,
) -> tuple[Order, ...]:
    """Return the orders that could be this purchase, the nearest to its sending first.

    Args:
        purchase: with `sent_at`, and `answered_at` when its attempt ended.
        baseline: the ids that were there before it was sent.
        reading: what the vendor lists now.
        bound: order ids that belong to other purchases.
        window: seconds after the end of the attempt in which an order may still appear.
    """
    if purchase.sent_at is None:
        return ()
    offset = timedelta(seconds=baseline.offset_seconds)
    earliest, sent = _earliest(purchase, baseline), purchase.sent_at + offset
    latest = (purchase.answered_at or purchase.sent_at) + timedelta(seconds=window) + SKEW + offset
    known = {*baseline.order_ids, *bound}
    return tuple(
        sorted(
            (
                order
                for order in reading.orders
                if order.id not in known
                and order.id not in baseline.ruled_out
                and same_goods(purchase, order)
                and earliest <= order.time <= latest
            ),
            key=lambda order: (abs(order.time - sent), order.time, order.id),
        )
    )


def same_goods(purchase: Purchase, order: Order) -> bool:
    """Tell whether an order is of the product, type and quantity that were confirmed."""
    return (
        order.product in ("", purchase.product_id)
        and order.type in ("", purchase.type_id)
        and order.quantity == purchase.quantity
    )


def unclaimable(purchase: Purchase, baseline: Baseline, order: Order) -> tuple[str, str]:
    """Say why not even a person can claim an order for a purchase.

    Returns:
        The sentence and its code; both empty where he can.
    """
    if purchase.state not in (*ASKED[1:], *CALLED_OFF):
        return (
            f"This purchase is {state_name(purchase.state)}: it claims no further order",
            "SETTLED",
        )
    if not same_goods(purchase, order):
        return "This order is of another product, value or quantity", "OTHER_ORDER"
    if order.id in baseline.order_ids:
        return "This order was there before the purchase was sent", "OLDER_ORDER"
    if order.time < _earliest(purchase, baseline):
        return "This order is older than the purchase", "OLDER_ORDER"
    return "", ""


def difference(purchase: Purchase, baseline: Baseline, order: Order) -> float:
    """Return the seconds from the sending to an order, corrected by the vendor's clock."""
    sent = purchase.sent_at or purchase.created_at
    return (order.time - timedelta(seconds=baseline.offset_seconds) - sent).total_seconds()


def _earliest(purchase: Purchase, baseline: Baseline) -> datetime:
    """Return the earliest time, by the vendor's clock, that an order of it can bear."""
    sent = purchase.sent_at or purchase.created_at
    return sent - SKEW + timedelta(seconds=baseline.offset_seconds)


def unexplained_debit(
    reading: AccountReading, baseline: Baseline, total: Decimal
) -> SettlementReason | None:
    """Say which money left the account without an order to show for it; None where there is none.

    Args:
        reading: orders and the transactions since the baseline.
        baseline: the balance before, and the ids known then.
        total: what the purchase would have cost, DZD.
    """
    orders = {*baseline.order_ids, *baseline.ruled_out}
    orders |= {order.id for order in reading.orders} | {item.id for item in reading.unread}
    orders.discard("")
    for transaction in reading.transactions:
        if transaction.type == "ORDER" and transaction.objid not in orders:
            return _because("DEBIT_UNLISTED", amount=transaction.amount)
    if chain(reading.transactions).broken:
        return _because("BALANCE_GAP")
    start, end = baseline.balance, reading.balance
    if not reading.transactions and start is not None and end is not None and start - end >= total:
        return _because("DEBIT_UNEXPLAINED", amount=start - end)
    return None


def judge(
    purchase: Purchase,
    baseline: Baseline,
    reading: AccountReading,
    bound: Sequence[str],
    *,
    rivals: Rivals = (),
    exclusive: bool,
    charged: bool,
    settle_seconds: float,
    now: datetime,
) -> Finding:
    """Decide what a reading means for an unsettled purchase.

    Args:
        purchase: UNRESOLVED, AMBIGUOUS, NOT_PLACED or REFUSED; `clean_checks` counts the
            complete readings before this one, in a row, that showed no trace.
        baseline: the account before it was sent.
        reading: the account now.
        bound: order ids of other purchases.
        rivals: the other purchases of the same goods that an order may still turn up for, each
            with the account before it was sent.
        exclusive: whether every buyer of the account uses this journal.
        charged: whether the environment takes money, so that the ledger has to agree.
        settle_seconds: how long absence must last before it counts.
        now: the current time, UTC.
    """
    age = (now - purchase.sent_at).total_seconds() if purchase.sent_at else 0.0
    window = max(settle_seconds, age)
    found = candidates(purchase, baseline, reading, bound, window)
    doubt = _doubt(purchase, baseline, reading, bound)
    if not found:
        return _absent(purchase, baseline, reading, doubt, settle_seconds, age)
    ids = tuple(order.id for order in found)
    contenders = _contenders(rivals, reading, bound, ids, now)
    if purchase.state in CALLED_OFF and any(each.state in ASKED for each in contenders):
        return Finding("AFTER", _because("RIVAL_FIRST"), ids)
    if len(found) == 1 and contenders:
        return Finding("AMBIGUOUS", _because("FITS_RIVAL"), ids, trace=True)
    if len(found) > 1 or not exclusive:
        return Finding("AMBIGUOUS", _because("SEVERAL_FIT", count=len(found)), ids, trace=True)
    if doubt:
        fits = replace(doubt, code=_FITS_BUT[doubt.code])
        return Finding("WAIT", fits, ids, trace=True, whole=False)
    if not charged or _ledger_agrees(purchase, ids[0], reading):
        return Finding("BIND", _because("FITS"), ids, trace=True)
    if age < settle_seconds:
        return Finding("WAIT", _because("FITS_AWAITS_LEDGER"), ids, trace=True)
    return Finding("AMBIGUOUS", _because("FITS_NOT_LEDGER"), ids, trace=True)


def _because(code: ReasonCode, count: int = 0, amount: Decimal | None = None) -> SettlementReason:
    return SettlementReason(code, count=count, amount=amount)


def _contenders(
    rivals: Rivals, reading: AccountReading, bound: Sequence[str], ids: Sequence[str], now: datetime
) -> list[Purchase]:
    """Return the rivals that one of these orders could belong to just as well."""
    found: list[Purchase] = []
    for rival, baseline in rivals:
        age = (now - (rival.sent_at or now)).total_seconds()
        if any(o.id in ids for o in candidates(rival, baseline, reading, bound, age)):
            found.append(rival)
    return found


def _ledger_agrees(purchase: Purchase, order_id: str, reading: AccountReading) -> bool:
    if not reading.ledger_known:
        return False
    return any(
        t.type == "ORDER" and t.objid == order_id and t.amount == purchase.total
        for t in reading.transactions
    )


def _doubt(
    purchase: Purchase, baseline: Baseline, reading: AccountReading, bound: Sequence[str]
) -> SettlementReason | None:
    """Say which order of this purchase the list may hold unread, or return None."""
    if not reading.complete:
        return _because("INCOMPLETE")
    known = {*baseline.order_ids, *baseline.ruled_out, *bound}
    earliest = _earliest(purchase, baseline)
    for item in reading.unread:
        other = (
            (item.id and item.id in known)
            or item.product not in ("", purchase.product_id)
            or item.type not in ("", purchase.type_id)
            or item.quantity not in (None, purchase.quantity)
            or (item.time is not None and item.time < earliest)
        )
        if not other:
            if not item.id:
                return SettlementReason("UNREADABLE", detail=item.why)
            return SettlementReason("ORDER_UNREADABLE", order_id=item.id, detail=item.why)
    return None


def _absent(
    purchase: Purchase,
    baseline: Baseline,
    reading: AccountReading,
    doubt: SettlementReason | None,
    settle_seconds: float,
    age: float,
) -> Finding:
    if not reading.complete or not reading.ledger_known:
        return Finding("WAIT", _because("INCOMPLETE"), whole=False)
    if doubt:
        return Finding("WAIT", doubt, whole=False)
    if debit := unexplained_debit(reading, baseline, purchase.total):
        return Finding("WAIT", debit, trace=True)
    readings = purchase.clean_checks + 1
    if age >= settle_seconds and readings >= AGREEING_READINGS:
        reason = SettlementReason("NO_TRACE", count=readings, seconds=int(age))
        return Finding("NOT_PLACED", reason)
    return Finding("WAIT", _because("NO_TRACE_YET"))
