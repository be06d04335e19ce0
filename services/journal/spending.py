"""What the purchases of a span of time cost: one rule, for the day's limit and for the screen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.domain import spending
from services.domain.day_figures import At, Goods
from services.domain.models import FINAL_STATUSES
from services.domain.spending import COST_NOTHING, Tally
from services.domain.text import clean
from services.journal.purchases import LIVE
from services.journal.rows import iso, moment
from services.journal.transaction import JournalTransaction

END = "9999"
_ENDED = f"state IN {tuple(sorted(FINAL_STATUSES))}"
# Amounts are stored with two decimals: without their point they are whole numbers, which both
# engines add up exactly.
_CENTS = (
    f"CAST(replace(CASE WHEN {_ENDED} THEN coalesce(fulfilled_amount, total) ELSE total END,"
    " '.', '') AS BIGINT)"
)
_CARDS = f"CASE WHEN {_ENDED} THEN coalesce(fulfilled_quantity, quantity) ELSE quantity END"
_SUMS = f"""
    count(*) AS purchases,
    CAST(sum({_CARDS}) AS BIGINT) AS cards,
    CAST(sum({_CENTS}) AS BIGINT) AS cents
"""
# Every value is bound; the rest is this module's own.
SPAN = f"SELECT state, {_SUMS} FROM purchases WHERE created_at >= ? AND created_at < ? GROUP BY 1"  # noqa: S608
SPAN_OF = SPAN.replace(" GROUP", " AND operator = ? GROUP")
OPEN = f"SELECT state, {_SUMS} FROM purchases WHERE state IN {LIVE} GROUP BY 1"  # noqa: S608
NOT_BOUGHT = tuple(sorted({*COST_NOTHING, "AWAITING_APPROVAL"}))
"""What waits for an approval counts against the limits, but it is not sold."""

# The customer pays for what came of the order.
_GOODS = f"""
    SELECT product_id, type_id, unit_price, operator, price IS NULL,
        max(product_title) AS product, {_SUMS},
        CAST(sum(CAST(replace(price, '.', '') AS BIGINT) * {_CARDS} / quantity) AS BIGINT) AS priced
    FROM purchases WHERE state NOT IN {NOT_BOUGHT} AND
"""  # noqa: S608
_EACH = "GROUP BY 1, 2, 3, 4, 5"
GOODS = f"{_GOODS} created_at >= ? {_EACH}"
# A shift is what the event log holds after the closing before it.
BOUGHT_AFTER = """
    id IN (SELECT purchase_id FROM events
        WHERE seq > ? AND kind IN ('move', 'approve') AND to_state = 'INTENT')
"""
GOODS_AFTER = f"{_GOODS} {BOUGHT_AFTER} {_EACH}"
# What it cost, and what it took off the balance when it was placed, whatever came back later.
MINUTES = f"""
    SELECT substr(created_at, 1, 16) AS at,
        CAST(sum(CASE WHEN state IN {NOT_BOUGHT} THEN 0 ELSE {_CENTS} END) AS BIGINT) AS cents,
        CAST(sum(CASE WHEN state = 'HANDLING' OR {_ENDED}
            THEN CAST(replace(total, '.', '') AS BIGINT) ELSE 0 END) AS BIGINT) AS debited
    FROM purchases WHERE created_at >= ? GROUP BY 1
"""  # noqa: S608
# An order ends once: its event has the time, which `updated_at` loses with the next note.
REFUNDS = """
    SELECT at, CAST(replace(total, '.', '') AS BIGINT) - CASE state WHEN 'REFUNDED' THEN 0
        ELSE CAST(replace(coalesce(fulfilled_amount, total), '.', '') AS BIGINT) END AS cents
    FROM (SELECT p.state, p.total, p.fulfilled_amount, (SELECT max(e.at) FROM events AS e
            WHERE e.purchase_id = p.id AND e.to_state = p.state) AS at
        FROM purchases AS p WHERE p.created_at >= ?
            AND p.state IN ('REFUNDED', 'PARTIALLY_FILLED') AND p.updated_at >= ?) AS ended
    WHERE at >= ? ORDER BY at
"""
FIRST = "SELECT min(created_at) AS at FROM purchases"


def spent(tx: JournalTransaction, start: datetime, operator: str = "") -> Decimal:
    """Add up, in DZD, what purchases since a time (UTC) have cost or may still cost.

    Those of one operator alone, where one is named.
    """
    return ask_spent(tx, start, operator)()


def ask_spent(tx: JournalTransaction, start: datetime, operator: str = "") -> Callable[[], Decimal]:
    """Ask for what `spent` returns; what is returned reads it."""
    rows = tx.ask(SPAN_OF if operator else SPAN, iso(start), END, *([operator] if operator else []))
    return lambda: spending.spent(map(_tally, rows()))


def between(
    tx: JournalTransaction, start: datetime, end: datetime | None = None, *, today: bool = False
) -> list[Tally]:
    """Return a tally for each state of the purchases of a span of time (UTC)."""
    return [_tally(row, today=today) for row in tx.rows(SPAN, iso(start), iso(end) or END)]


def unfinished(tx: JournalTransaction) -> list[Tally]:
    """Return a tally for each state of the purchases that are not at an end, however old."""
    return [_tally(row) for row in tx.rows(OPEN)]


def first(tx: JournalTransaction) -> datetime | None:
    """Return when the first purchase ever was confirmed (UTC), None before it."""
    return moment((tx.row(FIRST) or {}).get("at"))


def goods(tx: JournalTransaction, start: datetime) -> tuple[Goods, ...]:
    """Return what was bought since a time (UTC), by denomination and what one of it cost.

    What was bought at a price that the journal kept is apart from what it kept none of.
    """
    return _goods(tx.rows(GOODS, iso(start)))


def goods_after(tx: JournalTransaction, event: int) -> tuple[Goods, ...]:
    """Return the same of what was confirmed after an event of the log."""
    return _goods(tx.rows(GOODS_AFTER, event))


def _goods(rows: Iterable[Mapping[str, Any]]) -> tuple[Goods, ...]:
    return tuple(
        Goods(
            product_id=row["product_id"],
            type_id=row["type_id"],
            product=clean(row["product"]),
            unit_cost=Decimal(row["unit_price"]),
            orders=row["purchases"],
            cards=row["cards"],
            cost=_dinars(row["cents"]),
            operator=clean(row["operator"]),
            priced=None if row["priced"] is None else _dinars(row["priced"]),
        )
        for row in rows
    )


def minutes(tx: JournalTransaction, start: datetime) -> tuple[list[At], list[At]]:
    """Return what purchases since a time (UTC) have cost or may still cost, by the minute.

    Returns:
        That, and what their orders took off the balance when they were placed.
    """
    rows = [
        (datetime.fromisoformat(f"{row['at']}+00:00"), row) for row in tx.rows(MINUTES, iso(start))
    ]
    return (
        [At(at, _dinars(row["cents"])) for at, row in rows if row["cents"]],
        [At(at, _dinars(row["debited"])) for at, row in rows if row["debited"]],
    )


def refunds(tx: JournalTransaction, start: datetime, placed: datetime) -> list[At]:
    """Return what came back since a time (UTC) of the orders placed since another, oldest first."""
    found = tx.rows(REFUNDS, iso(placed), iso(start), iso(start))
    return [
        At(time, _dinars(row["cents"])) for row in found if (time := moment(row["at"])) is not None
    ]


def _dinars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _tally(row: Mapping[str, Any], *, today: bool = False) -> Tally:
    return Tally(row["state"], row["purchases"], row["cards"], _dinars(row["cents"]), today)
