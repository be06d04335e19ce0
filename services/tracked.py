"""The account's orders as last seen, kept in the journal so that every console shows the same."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services import journal_rows
from services.journal import Journal, Transaction
from services.models import Order, Purchase
from services.text import clean

_UPSERT = """
INSERT INTO orders VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT (order_id) DO UPDATE SET
    status = excluded.status, quantity = excluded.quantity,
    product = CASE WHEN excluded.product = '' THEN product ELSE excluded.product END,
    type = CASE WHEN excluded.type = '' THEN type ELSE excluded.type END,
    fulfilled_quantity = excluded.fulfilled_quantity,
    fulfilled_amount = excluded.fulfilled_amount,
    price_per_card = excluded.price_per_card, rev = excluded.rev
"""


class TrackedOrders:
    """The `orders` and `leases` of one journal. Methods raise JournalFailed."""

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def save(self, orders: Iterable[Order], *, known: bool = False) -> int:
        """Keep what the vendor told of these orders, without cards; returns the revision.

        Args:
            orders: as just read.
            known: they were there before this journal watched the account, so that nobody has to
                claim them.
        """
        batch = tuple(orders)

        def work(tx: Transaction) -> int:
            rev = tx.rev()
            tx.run_many(
                _UPSERT,
                [
                    (
                        order.id, order.status, order.quantity, order.product, order.type,
                        journal_rows.iso(order.time), order.fulfilled_quantity,
                        journal_rows.column(order.fulfilled_amount),
                        journal_rows.column(order.price_per_card), tx.now, int(known), rev,
                    )
                    for order in batch
                ],
            )  # fmt: skip
            return rev

        return await self._journal.write(work)

    async def since(self, start: datetime) -> tuple[Order, ...]:
        """Return the orders placed since a time (UTC) and all that are still open."""

        def work(tx: Transaction) -> tuple[Order, ...]:
            # Two selections, so that each has its index; the second one is word for word as here.
            rows = tx.each(
                "SELECT * FROM orders WHERE time >= ? UNION SELECT * FROM orders"
                " WHERE status NOT IN ('FULFILLED', 'PARTIALLY_FILLED', 'REFUNDED')",
                journal_rows.iso(start),
            )
            return tuple(journal_rows.order(row) for row in rows)

        return await self._journal.read(work)

    async def changed_since(self, rev: int) -> tuple[int, tuple[Order, ...]]:
        """Return the newest revision and the orders that changed after the given one."""

        def work(tx: Transaction) -> tuple[int, tuple[Order, ...]]:
            rows = tx.rows("SELECT * FROM orders WHERE rev > ?", rev)
            newest = max((row["rev"] for row in rows), default=rev)
            return newest, tuple(journal_rows.order(row) for row in rows)

        return await self._journal.read(work)

    async def unclaimed(self) -> tuple[Order, ...]:
        """Return the orders that no purchase claims and that came after this journal began."""

        def work(tx: Transaction) -> tuple[Order, ...]:
            rows = tx.rows(
                "SELECT * FROM orders WHERE known = 0 AND order_id NOT IN"
                " (SELECT order_id FROM purchases WHERE order_id IS NOT NULL) ORDER BY time DESC"
            )
            return tuple(journal_rows.order(row) for row in rows)

        return await self._journal.read(work)

    async def empty(self) -> bool:
        """Tell whether this journal has not seen any order yet."""
        return await self._journal.read(
            lambda tx: tx.row("SELECT 1 AS one FROM orders LIMIT 1") is None
        )

    async def take_lease(self, name: str, holder: str, now: datetime, seconds: float) -> str:
        """Take or renew a lease, unless somebody else holds it.

        Args:
            name: what is leased, such as the polling of the account.
            holder: the presence name of this process.
            now: the current time, UTC.
            seconds: how long it holds without being renewed.

        Returns:
            Who holds it now.
        """
        until = journal_rows.iso(now + timedelta(seconds=seconds))
        moment = journal_rows.iso(now)

        def work(tx: Transaction) -> str:
            tx.run(
                "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " holder = excluded.holder, until = excluded.until"
                " WHERE holder = excluded.holder OR until < ?",
                name,
                holder,
                until,
                moment,
            )
            row = tx.row("SELECT holder FROM leases WHERE name = ?", name)
            return str(row["holder"]) if row else ""

        return await self._journal.write(work)

    async def drop_lease(self, name: str, holder: str) -> None:
        """Give a lease back, whoever `holder` was: itself on leaving, or a process found dead."""
        await self._journal.write(
            lambda tx: tx.run("DELETE FROM leases WHERE name = ? AND holder = ?", name, holder)
        )


def order_of(purchase: Purchase) -> Order:
    """Return the order that a purchase was answered with, as far as it is known before the list."""
    return Order(
        id=purchase.order_id,
        status=clean(purchase.status or "HANDLING"),
        quantity=purchase.quantity,
        product=purchase.product_id,
        type=purchase.type_id,
        time=purchase.sent_at or purchase.created_at,
    )
