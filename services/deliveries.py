"""Which orders were given to a customer, when and by whom: a mark of the journal, ours or not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from services import journal_rows
from services.journal import Journal, Transaction
from services.models import Purchase
from services.text import NOTHING, SafeText, clean

GIVEN, TAKEN_BACK = "delivered", "undelivered"
"""The kinds of their events."""


class Delivery(Struct, frozen=True):
    """Whether an order was given to a customer: when (UTC), None when the mark was taken back."""

    order_id: str
    at: datetime | None
    by: SafeText = NOTHING


class Deliveries:
    """The `deliveries` of one journal. Methods raise JournalFailed."""

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def give(self, order_id: str) -> tuple[Delivery, bool]:
        """Mark an order as given, with its event; one that is marked already stays as it is.

        Returns:
            The mark, and whether it is new.
        """

        def work(tx: Transaction) -> tuple[Delivery, bool]:
            held = _get(tx, order_id)
            if held is not None and held.at is not None:
                return held, False
            _record(tx, GIVEN, order_id, "given to the customer")
            return _put(tx, order_id, tx.now), True

        return await self._journal.write(work)

    async def take_back(self, order_id: str) -> tuple[Delivery, bool]:
        """Take the mark back, with its event.

        Returns:
            That there is no mark now, and whether there was one.
        """

        def work(tx: Transaction) -> tuple[Delivery, bool]:
            held = _get(tx, order_id)
            if held is None or held.at is None:
                return Delivery(order_id, None), False
            _record(tx, TAKEN_BACK, order_id, "not given to the customer after all")
            return _put(tx, order_id, None), True

        return await self._journal.write(work)

    async def of(self, order_ids: Iterable[str]) -> dict[str, Delivery]:
        """Return the marks of those of these orders that were given, by order id."""
        wanted = tuple(order_ids)

        def work(tx: Transaction) -> dict[str, Delivery]:
            found = (_get(tx, name) for name in wanted)
            return {held.order_id: held for held in found if held and held.at}

        return await self._journal.read(work)

    async def since(self, start: datetime) -> tuple[Delivery, ...]:
        """Return the marks made since a time (UTC)."""

        def work(tx: Transaction) -> tuple[Delivery, ...]:
            rows = tx.rows("SELECT * FROM deliveries WHERE given_at >= ?", journal_rows.iso(start))
            return tuple(_delivery(row) for row in rows)

        return await self._journal.read(work)

    async def changed_since(self, rev: int) -> tuple[int, tuple[Delivery, ...]]:
        """Return the newest revision and the marks made or taken back after the given one."""

        def work(tx: Transaction) -> tuple[int, tuple[Delivery, ...]]:
            rows = tx.rows("SELECT * FROM deliveries WHERE rev > ? ORDER BY rev", rev)
            newest = max((row["rev"] for row in rows), default=rev)
            return newest, tuple(_delivery(row) for row in rows)

        return await self._journal.read(work)

    async def missing(self, start: datetime, end: datetime | None) -> tuple[Purchase, ...]:
        """Return this journal's purchases whose cards came and were not given, oldest first.

        Args:
            start: bought after then (UTC).
            end: bought until then; None for now.
        """

        def work(tx: Transaction) -> tuple[Purchase, ...]:
            rows = tx.each(
                "SELECT * FROM purchases WHERE created_at > ? AND created_at <= ?"
                " AND state IN ('FULFILLED', 'PARTIALLY_FILLED') AND order_id IS NOT NULL"
                " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE given_at IS NOT NULL"
                " AND deliveries.order_id = purchases.order_id) ORDER BY created_at",
                journal_rows.iso(start),
                journal_rows.iso(end) or "9999",
            )
            return tuple(journal_rows.purchase(row) for row in rows)

        return await self._journal.read(work)

    async def kept_since(self) -> datetime | None:
        """Return since when this journal keeps these marks (UTC), None for ever."""

        def work(tx: Transaction) -> datetime | None:
            row = tx.row("SELECT value FROM meta WHERE name = 'given_since'")
            return journal_rows.moment(row["value"] or None) if row else None

        return await self._journal.read(work)


def _get(tx: Transaction, order_id: str) -> Delivery | None:
    row = tx.row("SELECT * FROM deliveries WHERE order_id = ?", order_id)
    return _delivery(row) if row else None


def _put(tx: Transaction, order_id: str, at: str | None) -> Delivery:
    tx.run(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET"
        " given_at = excluded.given_at, given_by = excluded.given_by, rev = excluded.rev",
        order_id,
        at,
        tx.who,
        tx.rev(),
    )
    return Delivery(order_id, journal_rows.moment(at), clean(tx.who))


def _record(tx: Transaction, kind: str, order_id: str, why: str) -> None:
    row = tx.row("SELECT id FROM purchases WHERE order_id = ?", order_id)
    tx.event(kind, purchase_id=row["id"] if row else "", order_id=order_id, why=why)


def _delivery(row: Mapping[str, Any]) -> Delivery:
    return Delivery(row["order_id"], journal_rows.moment(row["given_at"]), clean(row["given_by"]))
