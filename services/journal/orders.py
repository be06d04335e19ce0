"""The account's orders as last seen, kept in the journal so that every console shows the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct

from services.domain.models import Order, Purchase
from services.domain.text import clean
from services.journal import rows as journal_rows
from services.journal.database import Journal
from services.journal.transaction import JournalTransaction

_SINCE, _READ_TO = "watching_since", "list_read_to"
_UPSERT = """
INSERT INTO orders VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT (order_id) DO UPDATE SET
    status = excluded.status, quantity = excluded.quantity,
    product = CASE WHEN excluded.product = '' THEN orders.product ELSE excluded.product END,
    type = CASE WHEN excluded.type = '' THEN orders.type ELSE excluded.type END,
    fulfilled_quantity = excluded.fulfilled_quantity,
    fulfilled_amount = excluded.fulfilled_amount,
    price_per_card = excluded.price_per_card, rev = excluded.rev,
    cards_came = CASE WHEN orders.cards_came > excluded.cards_came THEN orders.cards_came
        ELSE coalesce(excluded.cards_came, orders.cards_came) END
"""

# Word for word as the index of orders with missing cards has it.
_MISSING = (
    "cards_came < CASE status WHEN 'FULFILLED' THEN quantity"
    " WHEN 'PARTIALLY_FILLED' THEN coalesce(fulfilled_quantity, 1) ELSE 0 END"
)

# A selection for each index; the conditions of the last two are theirs, word for word.
_SINCE_OR_OPEN = f"""
SELECT * FROM orders WHERE time >= ? UNION
SELECT * FROM orders WHERE status NOT IN ('FULFILLED', 'PARTIALLY_FILLED', 'REFUNDED') UNION
SELECT * FROM orders WHERE {_MISSING}
"""  # noqa: S608

# What no purchase claims of the orders that came after the watch began.
_UNCLAIMED = (
    "known = 0 AND NOT EXISTS (SELECT 1 FROM purchases WHERE purchases.order_id = orders.order_id)"
)


class Watch(Struct, frozen=True):
    """Since when this journal watches its account, and up to when it has read the list.

    Both are UTC by the vendor's clock. What was placed up to `since` is never unclaimed.
    """

    since: datetime
    read_to: datetime


class TrackedOrders:
    """The `orders` of one journal. Methods raise JournalFailed."""

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def watch(self, now: datetime) -> Watch:
        """Begin to watch the account, unless that began earlier; returns how far it has come.

        Args:
            now: the current time by the vendor's clock, UTC.
        """

        def work(tx: JournalTransaction) -> Watch:
            held = _watch(tx)
            if held is not None:
                return held
            # A journal from before there was this row has watched since the first thing it holds.
            row = tx.row(
                "SELECT min(at) AS at FROM (SELECT min(first_seen) AS at FROM orders"
                " UNION SELECT min(created_at) FROM purchases) AS firsts"
            )
            first = journal_rows.moment(row["at"]) if row else None
            begun = first or now
            # As exact as the vendor tells the time of an order.
            since = begun.replace(microsecond=begun.microsecond // 1000 * 1000)
            for name in (_SINCE, _READ_TO):
                tx.run("INSERT INTO meta VALUES (?, ?)", name, journal_rows.iso(since))
            return Watch(since, since)

        if (held := await self._journal.read(_watch)) is not None:
            return held
        return Watch(now, now) if self._journal.notes_only else await self._journal.write(work)

    async def watched(self, read_to: datetime) -> None:
        """Remember that the list was read and kept up to this time (UTC, the vendor's clock)."""
        text = journal_rows.iso(read_to)
        await self._journal.write(
            lambda tx: tx.run(
                "UPDATE meta SET value = ? WHERE name = ? AND value < ?", text, _READ_TO, text
            )
        )

    async def save(self, orders: Iterable[Order], *, since: datetime | None = None) -> int:
        """Keep what the vendor said of these orders, without cards; returns the revision.

        Args:
            orders: as just read.
            since: when the watch of the account began (UTC, the vendor's clock): what was
                placed up to then is not offered to claim.
        """
        batch = tuple(orders)

        def work(tx: JournalTransaction) -> int:
            rev = tx.rev()
            tx.run_many(
                _UPSERT,
                [
                    (
                        order.id, order.status, order.quantity, order.product, order.type,
                        journal_rows.iso(order.time), order.fulfilled_quantity,
                        journal_rows.column(order.fulfilled_amount),
                        journal_rows.column(order.price_per_card), tx.now,
                        int(since is not None and order.time <= since), rev, order.cards_came,
                    )
                    for order in batch
                ],
            )  # fmt: skip
            return rev

        return await self._journal.write(work)

    async def unclaimed(self) -> tuple[Order, ...]:
        """Return the orders that no purchase claims and that came after the watch began."""
        return await self._journal.read(unclaimed)

    async def unclaimed_among(self, order_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these orders are unclaimed."""
        wanted = tuple(order_ids)
        query = f"SELECT 1 AS one FROM orders WHERE order_id = ? AND {_UNCLAIMED}"  # noqa: S608

        def work(tx: JournalTransaction) -> frozenset[str]:
            return frozenset(name for name in wanted if tx.row(query, name))

        return await self._journal.read(work)


def since(tx: JournalTransaction, start: datetime) -> tuple[Order, ...]:
    """Return the orders placed since a time (UTC) and all that something is waited for of."""
    rows = tx.each(_SINCE_OR_OPEN, journal_rows.iso(start))
    return tuple(journal_rows.order(row) for row in rows)


def changed_since(tx: JournalTransaction, rev: int) -> tuple[Order, ...]:
    """Return the orders that changed after a revision."""
    rows = tx.rows("SELECT * FROM orders WHERE rev > ?", rev)
    return tuple(journal_rows.order(row) for row in rows)


def seen(tx: JournalTransaction, order_id: str) -> tuple[Order | None, datetime | None]:
    """Return an order as last seen, and when it was first (UTC); None for an unknown one."""
    row = tx.row("SELECT * FROM orders WHERE order_id = ?", order_id)
    if row is None:
        return None, None
    return journal_rows.order(row), journal_rows.moment(row["first_seen"])


def unclaimed(tx: JournalTransaction) -> tuple[Order, ...]:
    """Return the orders that no purchase claims and that came after the watch began."""
    # The condition is this module's own.
    rows = tx.each(f"SELECT * FROM orders WHERE {_UNCLAIMED} ORDER BY time DESC")  # noqa: S608
    return tuple(journal_rows.order(row) for row in rows)


def _watch(tx: JournalTransaction) -> Watch | None:
    rows = tx.rows("SELECT name, value FROM meta WHERE name IN (?, ?)", _SINCE, _READ_TO)
    held = {row["name"]: datetime.fromisoformat(row["value"]) for row in rows}
    return Watch(held[_SINCE], held[_READ_TO]) if len(held) == len((_SINCE, _READ_TO)) else None


def order_of(purchase: Purchase) -> Order:
    """Return the order that a purchase was answered with, as far as it is known before the list."""
    return Order(
        id=purchase.order_id,
        status=clean(purchase.status or "HANDLING"),
        quantity=purchase.quantity,
        product=purchase.product_id,
        type=purchase.type_id,
        time=purchase.sent_at or purchase.created_at,
        fulfilled_quantity=purchase.fulfilled_quantity,
        fulfilled_amount=purchase.fulfilled_amount,
        cards_came=purchase.cards_came,
    )
