"""Which orders were given to a customer, when and by whom: a mark of the journal, ours or not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from services.domain.models import Delivery, Purchase
from services.domain.text import clean
from services.journal import rows as journal_rows
from services.journal.database import Journal
from services.journal.purchases import owner_id
from services.journal.transaction import JournalTransaction

GIVEN, TAKEN_BACK = "delivered", "undelivered"
"""The kinds of their events."""


class Deliveries:
    """The `deliveries` of one journal. Methods raise JournalFailed."""

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def give_all(self, order_ids: Iterable[str]) -> list[tuple[Delivery, bool]]:
        """Mark orders as given, all or none of them, each with its event.

        Returns:
            Each mark, and whether it is new: one that is marked already stays as it is.
        """
        wanted = tuple(order_ids)

        def one(tx: JournalTransaction, order_id: str) -> tuple[Delivery, bool]:
            held = _get(tx, order_id)
            if held is not None and held.at is not None:
                return held, False
            _record(tx, GIVEN, order_id, "given to the customer")
            return _put(tx, order_id, tx.now), True

        return await self._journal.write(lambda tx: [one(tx, order_id) for order_id in wanted])

    async def take_back(
        self, order_id: str, why: str = "not given to the customer after all"
    ) -> tuple[Delivery, bool]:
        """Take the mark back, with its event; `why` is the reason in words.

        Returns:
            That there is no mark now, and whether there was one.
        """

        def work(tx: JournalTransaction) -> tuple[Delivery, bool]:
            held = _get(tx, order_id)
            if held is None or held.at is None:
                return Delivery(order_id, None), False
            _record(tx, TAKEN_BACK, order_id, why)
            return _put(tx, order_id, None), True

        return await self._journal.write(work)

    async def of(self, order_ids: Iterable[str]) -> dict[str, Delivery]:
        """Return the marks of those of these orders that were given, by order id."""
        wanted = tuple(order_ids)
        return await self._journal.read(lambda tx: of(tx, wanted))

    async def missing(
        self, start: datetime, end: datetime | None, *, marked_only: bool = False
    ) -> tuple[Purchase, ...]:
        """Return this journal's purchases whose cards came and were not given, oldest first.

        Args:
            start: bought after then (UTC).
            end: bought until then; None for now.
            marked_only: leave out what was bought before this journal kept such marks.
        """
        return await self._journal.read(lambda tx: missing(tx, start, end, marked_only=marked_only))


def missing(
    tx: JournalTransaction, start: datetime, end: datetime | None, *, marked_only: bool = False
) -> tuple[Purchase, ...]:
    """Return what `Deliveries.missing` does."""
    first = journal_rows.iso(start) or ""
    if marked_only:
        kept = tx.row("SELECT value FROM meta WHERE name = 'given_since'")
        first = max(first, kept["value"] if kept else "")
    rows = tx.each(
        "SELECT * FROM purchases WHERE created_at > ? AND created_at <= ?"
        " AND state IN ('FULFILLED', 'PARTIALLY_FILLED') AND order_id IS NOT NULL"
        " AND coalesce(cards_came, 1) > 0"
        " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE given_at IS NOT NULL"
        " AND deliveries.order_id = purchases.order_id) ORDER BY created_at",
        first,
        journal_rows.iso(end) or "9999",
    )
    return tuple(journal_rows.purchase(row) for row in rows)


def of(tx: JournalTransaction, order_ids: Iterable[str]) -> dict[str, Delivery]:
    """Return the marks of those of these orders that were given, by order id."""
    found = (_get(tx, name) for name in order_ids)
    return {held.order_id: held for held in found if held and held.at}


def since(tx: JournalTransaction, start: datetime) -> tuple[Delivery, ...]:
    """Return the marks made since a time (UTC)."""
    rows = tx.rows("SELECT * FROM deliveries WHERE given_at >= ?", journal_rows.iso(start))
    return tuple(_delivery(row) for row in rows)


def changed_since(tx: JournalTransaction, rev: int) -> tuple[Delivery, ...]:
    """Return the marks made or taken back after a revision."""
    rows = tx.rows("SELECT * FROM deliveries WHERE rev > ? ORDER BY rev", rev)
    return tuple(_delivery(row) for row in rows)


def _get(tx: JournalTransaction, order_id: str) -> Delivery | None:
    row = tx.row("SELECT * FROM deliveries WHERE order_id = ?", order_id)
    return _delivery(row) if row else None


def _put(tx: JournalTransaction, order_id: str, at: str | None) -> Delivery:
    tx.run(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET"
        " given_at = excluded.given_at, given_by = excluded.given_by, rev = excluded.rev",
        order_id,
        at,
        tx.who,
        tx.rev(),
    )
    return Delivery(order_id, journal_rows.moment(at), clean(tx.who))


def _record(tx: JournalTransaction, kind: str, order_id: str, why: str) -> None:
    tx.event(kind, purchase_id=owner_id(tx, order_id), order_id=order_id, why=why)


def _delivery(row: Mapping[str, Any]) -> Delivery:
    return Delivery(row["order_id"], journal_rows.moment(row["given_at"]), clean(row["given_by"]))
