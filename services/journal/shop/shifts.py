"""The shifts of one journal: what belongs to one, and the closings, each an event of the chain."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from services.domain.errors import Refused
from services.domain.local_time import local_when
from services.domain.models import UNSETTLED, Purchase, PurchaseState
from services.domain.money import ZERO, Prices
from services.domain.shop.shift import (
    HANDLING,
    TO_HAND_OVER,
    UNRESOLVED,
    AccountCheck,
    EarlierOrders,
    OpenOrder,
    OperatorShare,
    ShiftReport,
    shares,
    without_customers,
)
from services.domain.spending import COST_NOTHING
from services.domain.text import NOTHING, SafeText, clean
from services.domain.typed.product_names import goods_name
from services.journal import deliveries, purchases, spending
from services.journal import rows as journal_rows
from services.journal.database import Journal
from services.journal.transaction import JournalTransaction

KIND: Final = "shift"
"""The kind of the event that closes a shift."""

WAITING_DAYS: Final = timedelta(days=7)
"""How far back what is not handed over is looked for, as the list of it does."""

ONE_MOMENT: Final = timedelta(minutes=10)
"""A shift with nothing in it is not closed so soon after the one before: a key pressed twice."""

_CLOSED = "SELECT s.number, e.* FROM shifts AS s JOIN events AS e ON e.seq = s.event"
_STATES = f"""
    SELECT operator, state, count(*) AS orders FROM purchases WHERE {spending.BOUGHT_AFTER}
    GROUP BY operator, state
"""  # noqa: S608
_HANDED = f"""
    SELECT operator, count(*) AS orders FROM purchases WHERE {spending.BOUGHT_AFTER}
    AND order_id IN (SELECT order_id FROM deliveries WHERE given_at IS NOT NULL)
    GROUP BY operator
"""  # noqa: S608
_MOVED = """
    SELECT e.from_state, p.* FROM events AS e JOIN purchases AS p ON p.id = e.purchase_id
    WHERE e.seq > ? AND e.from_state <> '' AND e.to_state <> '' ORDER BY e.seq
"""
_BOUGHT = (
    "SELECT purchase_id FROM events"
    " WHERE seq > ? AND kind IN ('move', 'approve') AND to_state = 'INTENT'"
)

_BACK = frozenset({PurchaseState.REFUNDED, PurchaseState.PARTIALLY_FILLED})


class Shifts:
    """The shifts of one journal. Methods raise JournalFailed."""

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def last(self) -> ShiftReport | None:
        """Return the shift that was closed last, None before the first closing."""
        return await self._journal.read(last)

    async def checked(self) -> AccountCheck | None:
        """Return the newest check of the account that a closing kept, None where none did."""

        def work(tx: JournalTransaction) -> AccountCheck | None:
            closed = map(_closed, tx.each(f"{_CLOSED} ORDER BY s.number DESC"))
            return next((each.account for each in closed if each.account is not None), None)

        return await self._journal.read(work)

    async def closed(self) -> tuple[ShiftReport, ...]:
        """Return every closed shift, the newest first."""

        def work(tx: JournalTransaction) -> tuple[ShiftReport, ...]:
            return tuple(map(_closed, tx.rows(f"{_CLOSED} ORDER BY s.number DESC")))

        return await self._journal.read(work)

    async def numbered(self, number: int) -> ShiftReport | None:
        """Return a closed shift by its number, with the customers of what stayed open."""

        def work(tx: JournalTransaction) -> ShiftReport | None:
            row = tx.row(f"{_CLOSED} WHERE s.number = ?", number)
            return None if row is None else _with_customers(tx, _closed(row))

        return await self._journal.read(work)

    async def now(self, prices: Prices, midnight: datetime) -> ShiftReport:
        """Return the shift that goes on, its account not read.

        Args:
            prices: what customers pay where the journal kept no price with a purchase.
            midnight: where the first shift of all begins (UTC).
        """
        return await self._journal.read(lambda tx: _open(tx, prices, midnight))

    async def close(
        self,
        number: int,
        prices: Prices,
        midnight: datetime,
        finish: Callable[[ShiftReport], ShiftReport],
    ) -> ShiftReport:
        """Close the shift that goes on, with an event that holds its figures.

        Args:
            number: which shift that is, as the person saw it.
            prices: as of `now`.
            midnight: as of `now`.
            finish: puts the account into the report.

        Returns:
            The closed shift.

        Raises:
            Refused: it was closed meanwhile, or a moment ago.
        """

        def work(tx: JournalTransaction) -> ShiftReport:
            report, before = finish(_open(tx, prices, midnight)), last(tx)
            if before is not None and (
                report.number != number
                or (report.is_empty and report.end - before.end < ONE_MOMENT)
            ):
                raise _already(before)
            closed = replace(report, closed_by=clean(tx.who))
            kept: Any = msgspec.to_builtins(without_customers(closed))
            event = tx.event(KIND, why=f"shift {closed.number} closed", evidence=kept)
            tx.run("INSERT INTO shifts VALUES (?, ?)", closed.number, event)
            return closed

        return await self._journal.write(work)


def _already(before: ShiftReport) -> Refused:
    """Return the failure of a closing that came second."""
    return Refused(
        f"Shift {before.number} is closed already, {local_when(before.end, before.end)} by"
        f" {before.closed_by}",
        code="SHIFT_CLOSED",
        advice="Nothing was closed. Look at the shift that goes on now.",
    )


def last(tx: JournalTransaction) -> ShiftReport | None:
    """Return the shift that was closed last, None before the first closing."""
    row = tx.row(f"{_CLOSED} ORDER BY s.number DESC LIMIT 1")
    return None if row is None else _closed(row)


def _closed(row: Mapping[str, Any]) -> ShiftReport:
    """Read a closed shift from its event."""
    try:
        report = msgspec.json.decode(row["evidence"], type=ShiftReport)
    except msgspec.MsgspecError as error:
        raise journal_rows.Unreadable(f"shift {row['number']} cannot be read") from error
    return replace(
        report,
        closed_by=clean(report.closed_by),
        not_read=clean(report.not_read),
        operators=tuple(replace(e, operator=clean(e.operator)) for e in report.operators),
        products=tuple(replace(e, product=clean(e.product)) for e in report.products),
        open=tuple(
            replace(e, goods=clean(e.goods), operator=clean(e.operator)) for e in report.open
        ),
        account=_cleaned(report.account),
    )


def _cleaned(account: AccountCheck | None) -> AccountCheck | None:
    if account is None:
        return None
    return replace(account, spent=tuple((clean(name), amount) for name, amount in account.spent))


def _event(tx: JournalTransaction, report: ShiftReport) -> int:
    row = tx.row("SELECT event FROM shifts WHERE number = ?", report.number)
    return int(row["event"]) if row else 0


def _open(tx: JournalTransaction, prices: Prices, midnight: datetime) -> ShiftReport:
    """Put the shift that goes on together."""
    before = last(tx)
    now = journal_rows.moment(tx.now) or midnight
    after = _event(tx, before) if before else _before_today(tx, midnight)
    goods = spending.goods_after(tx, after)
    found: defaultdict[SafeText, dict[str, Any]] = defaultdict(dict)

    def add(operator: SafeText, name: str, amount: int | Decimal) -> None:
        found[operator][name] = found[operator].get(name, 0) + amount

    for each in goods:
        add(each.operator, "orders", each.orders)
        add(each.operator, "cards", each.cards)
        add(each.operator, "cost", each.cost)
        add(each.operator, "sold", each.sold(prices))
    for row in tx.rows(_STATES, after):
        name = {"REFUNDED": "refunded", "PARTIALLY_FILLED": "partial"}.get(row["state"])
        if name:
            add(clean(row["operator"]), name, row["orders"])
    for row in tx.rows(_HANDED, after):
        add(clean(row["operator"]), "handed_over", row["orders"])
    earlier = EarlierOrders()
    for purchase, from_state, mine in _moved(tx, after):
        if purchase.state in _BACK:
            add(purchase.operator, "came_back", purchase.total - _cost(purchase))
        if not mine:
            earlier = _with(earlier, purchase, from_state, prices)
    still_open = tuple(_still_open(tx, now))
    for each in still_open:
        add(each.operator, each.kind, 1)
    return ShiftReport(
        number=before.number + 1 if before else 1,
        after=after,
        begin=before.end if before else midnight,
        end=now,
        operators=tuple(
            sorted(
                (OperatorShare(name, **figures) for name, figures in found.items()),
                key=lambda each: (-each.sold, each.operator),
            )
        ),
        products=shares((g.product, g.cards, g.cost, g.sold(prices)) for g in goods if g.cards),
        earlier=earlier,
        open=still_open,
    )


def _before_today(tx: JournalTransaction, midnight: datetime) -> int:
    """Return the last event before today: there the first shift of all begins."""
    first = journal_rows.iso(midnight) or ""
    for row in tx.each("SELECT seq, at FROM events ORDER BY seq DESC"):
        if row["at"] < first:
            return int(row["seq"])
    return 0


def _moved(tx: JournalTransaction, after: int) -> list[tuple[Purchase, str, bool]]:
    """Return what moved on since: the purchase, its state before, whether it is of this shift."""
    mine = {row["purchase_id"] for row in tx.rows(_BOUGHT, after)}
    moved: dict[str, tuple[Purchase, str, bool]] = {}
    for row in tx.each(_MOVED, after):
        if row["id"] not in moved:
            was = row["from_state"]
            moved[row["id"]] = (journal_rows.purchase(row), was, row["id"] in mine)
    return list(moved.values())


def _with(
    earlier: EarlierOrders, purchase: Purchase, from_state: str, prices: Prices
) -> EarlierOrders:
    """Add what an order of a shift before counts for otherwise now."""
    bought = from_state not in spending.NOT_BOUGHT
    before = (purchase.total, _sold(purchase, prices)) if bought else (ZERO, ZERO)
    now = (_cost(purchase), _sold(purchase, prices, part=True))
    if before == now:
        return earlier
    return EarlierOrders(
        earlier.orders + 1,
        earlier.cost + before[0] - now[0],
        earlier.sold + before[1] - now[1],
    )


def _cost(purchase: Purchase) -> Decimal:
    """Return what a purchase costs (DZD) as it is now, or may still cost."""
    if purchase.state.value in COST_NOTHING:
        return ZERO
    partial = purchase.state is PurchaseState.PARTIALLY_FILLED
    amount = purchase.fulfilled_amount if partial else None
    return purchase.total if amount is None else amount


def _sold(purchase: Purchase, prices: Prices, *, part: bool = False) -> Decimal:
    """Return what the customer pays (DZD): for all cards, or for the part that came."""
    one = prices.price(purchase.unit_price, purchase.product_id, purchase.type_id)
    price = one * purchase.quantity if purchase.price is None else purchase.price
    if not part or purchase.state.value not in {*COST_NOTHING, "PARTIALLY_FILLED"}:
        return price
    if purchase.state.value in COST_NOTHING:
        return ZERO
    came = purchase.quantity if purchase.fulfilled_quantity is None else purchase.fulfilled_quantity
    return price * came / purchase.quantity


def _still_open(tx: JournalTransaction, now: datetime) -> list[OpenOrder]:
    """Return what is not at an end, the gravest kind first, in each what waits longest."""
    live = purchases.live(tx)
    waiting = deliveries.missing(tx, now - WAITING_DAYS, None, marked_only=True)
    return [
        *(_open_order(UNRESOLVED, each) for each in live if each.state in UNSETTLED),
        *(_open_order(TO_HAND_OVER, each) for each in waiting),
        *(_open_order(HANDLING, each) for each in live if each.state is PurchaseState.HANDLING),
    ]


def _open_order(kind: str, purchase: Purchase) -> OpenOrder:
    return OpenOrder(
        kind,
        purchase.id,
        purchase.order_id,
        clean(f"{purchase.quantity} x {goods_name(purchase.product_title, purchase.type_name)}"),
        purchase.created_at,
        purchase.operator,
        purchase.note,
    )


def _with_customers(tx: JournalTransaction, report: ShiftReport) -> ShiftReport:
    named: list[OpenOrder] = []
    for each in report.open:
        row = tx.row("SELECT note FROM purchases WHERE id = ?", each.purchase_id)
        named.append(replace(each, customer=clean(row["note"]) if row else NOTHING))
    return replace(report, open=tuple(named))
