"""Reads of the journal that compare several of its tables: each is one snapshot.

Another console commits at any moment. What is put together from two reads can name a purchase as
it is now and its events as they were before.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from services.domain.event_log import Audit, Event
from services.domain.models import Baseline, Delivery, Order, Purchase
from services.domain.typed.lookup import LookupTerm
from services.journal import deliveries, purchases, recent_purchases
from services.journal import orders as tracked
from services.journal import rows as journal_rows
from services.journal import search as journal_search
from services.journal.database import Journal
from services.journal.search import Matches
from services.journal.shop import cases
from services.journal.transaction import JournalTransaction

NO_CASES: Mapping[str, int] = MappingProxyType({})
_SALE_WAITS = "SELECT 1 AS one FROM sales WHERE closed = 0 LIMIT 1"


class BoardSnapshot(Struct, frozen=True):
    """What a board begins with, or goes on with, and the revision up to which it holds.

    `bought` is what was bought last, oldest first, `cases` how many open cases orders have,
    `sale_waits` whether a sale of several lines is open.
    """

    revision: int
    orders: tuple[Order, ...]
    purchases: tuple[Purchase, ...]
    given: tuple[Delivery, ...]
    bought: tuple[recent_purchases.RecentPurchase, ...] = ()
    cases: Mapping[str, int] = NO_CASES
    sale_waits: bool = False


class Owners(Struct, frozen=True):
    """Our purchases among some orders, and which of the orders were given to a customer."""

    purchases: tuple[Purchase, ...]
    given: dict[str, Delivery]


class File(Struct, frozen=True):
    """All that a journal holds of one order or purchase; each part is empty where it holds none.

    `seen` is the order as the vendor's list last had it, `seen_at` when it was first there (UTC).
    """

    purchase: Purchase | None
    order_id: str
    seen: Order | None = None
    seen_at: datetime | None = None
    baseline: Baseline | None = None
    events: tuple[Event, ...] = ()
    given: Delivery | None = None


async def board(journal: Journal, start: datetime) -> BoardSnapshot:
    """Return what belongs on a board of the time since `start` (UTC); raises JournalFailed.

    Purchases come in the order in which they are to be taken: those of the span, older ones that
    are not at an end, those that no person has acknowledged, and those whose codes have not all
    come.
    """

    def work(tx: JournalTransaction) -> BoardSnapshot:
        orders = tracked.since(tx, start)
        return BoardSnapshot(
            tx.revision(),
            orders,
            (
                *purchases.since(tx, start),
                *purchases.live(tx, before=start),
                *purchases.unacknowledged(tx),
                *purchases.owners(tx, [order.id for order in orders if order.missing]),
            ),
            deliveries.since(tx, start),
            recent_purchases.products(tx),
            cases.counts(tx),
            tx.row(_SALE_WAITS) is not None,
        )

    return await journal.read(work)


async def changes(journal: Journal, revision: int) -> BoardSnapshot:
    """Return what changed on the board after a revision; raises JournalFailed."""

    def work(tx: JournalTransaction) -> BoardSnapshot:
        return BoardSnapshot(
            tx.revision(),
            tracked.changed_since(tx, revision),
            purchases.changed_since(tx, revision),
            deliveries.changed_since(tx, revision),
            cases=cases.counts(tx, revision),
        )

    return await journal.read(work)


async def owners(
    journal: Journal,
    order_ids: Iterable[str],
    *,
    bought: tuple[datetime, datetime | None] | None = None,
) -> Owners:
    """Return whose these orders are and which were given; raises JournalFailed.

    Args:
        journal: the journal.
        order_ids: the vendor's orders.
        bought: also the purchases of this span of time (UTC), whatever their orders.
    """
    wanted = frozenset(order_ids)

    def work(tx: JournalTransaction) -> Owners:
        held = purchases.owners(tx, wanted)
        if bought is not None:
            known = {purchase.id for purchase in held}
            held += tuple(p for p in purchases.since(tx, *bought) if p.id not in known)
        return _with_given(tx, wanted, held)

    return await journal.read(work)


async def search(journal: Journal, wanted: LookupTerm) -> tuple[Matches, Owners]:
    """Return what could be wanted, and whose those orders are; raises JournalFailed."""

    def work(tx: JournalTransaction) -> tuple[Matches, Owners]:
        matches = journal_search.look(tx, wanted)
        ids = frozenset(match.key for match in matches.found)
        return matches, _with_given(tx, ids, purchases.owners(tx, ids))

    return await journal.read(work)


def _with_given(tx: JournalTransaction, ids: frozenset[str], held: tuple[Purchase, ...]) -> Owners:
    ordered = ids | {purchase.order_id for purchase in held if purchase.order_id}
    return Owners(held, deliveries.of(tx, ordered))


async def file(journal: Journal, reference: str) -> File:
    """Return all that is known by an order id, a purchase id or a key; raises JournalFailed."""

    def work(tx: JournalTransaction) -> File:
        purchase = purchases.find(tx, reference)
        order_id = purchase.order_id if purchase else reference
        seen, seen_at = tracked.seen(tx, order_id) if order_id else (None, None)
        return File(
            purchase,
            order_id,
            seen,
            seen_at,
            purchases.baseline(tx, purchase.id) if purchase else None,
            purchases.events(tx, purchase.id if purchase else order_id, order_id),
            deliveries.of(tx, (order_id,)).get(order_id) if order_id else None,
        )

    return await journal.read(work)


async def unclaimed_for(
    journal: Journal, purchase_id: str
) -> tuple[tuple[Order, ...], tuple[Purchase, Baseline] | None]:
    """Return the orders that no purchase claims, and the purchase that one of them may be.

    Raises:
        JournalFailed: the journal could not be read.
    """

    def work(tx: JournalTransaction) -> tuple[tuple[Order, ...], tuple[Purchase, Baseline] | None]:
        found = purchases.find(tx, purchase_id) if purchase_id else None
        held = (found, purchases.baseline(tx, found.id)) if found else None
        return tracked.unclaimed(tx), held

    return await journal.read(work)


async def audit(journal: Journal) -> Audit:
    """Read and examine the whole event log of a journal; raises JournalFailed."""

    def work(tx: JournalTransaction) -> tuple[Event, ...]:
        rows = tx.rows("SELECT * FROM events ORDER BY seq")
        return tuple(map(journal_rows.event, rows))

    events, wrong = await journal.verified(work)
    return Audit(events, wrong, await journal.examine_copies())
