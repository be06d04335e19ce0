"""How long the vendor took for the orders that a journal bought last, and when each ended."""

from datetime import datetime

from msgspec import Struct

from services.domain.models import FINAL_STATUSES
from services.journal.database import Journal
from services.journal.rows import moment
from services.journal.transaction import JournalTransaction

LOOKED_AT = 500
"""How many purchases are looked at: the newest, found by the index of their times."""

# The states are this module's own; the events of a purchase are found by their index.
NEWEST = f"""
SELECT p.id, p.product_id, p.type_id, p.sent_at, min(e.at) AS first, max(e.at) AS last,
    min(CASE WHEN e.to_state <> 'REFUNDED' THEN e.at END) AS came
FROM (SELECT id, product_id, type_id, sent_at FROM purchases ORDER BY created_at DESC LIMIT ?) p
JOIN events e ON e.purchase_id = p.id AND e.to_state IN {tuple(sorted(FINAL_STATUSES))}
GROUP BY p.id, p.product_id, p.type_id, p.sent_at ORDER BY first
"""  # noqa: S608


class HandledOrder(Struct, frozen=True):
    """A purchase whose order has ended; times are UTC.

    `sent_at` is when it was sent, `came_at` when cards came, None where all was refunded.
    """

    purchase_id: str
    product_id: str
    type_id: str
    sent_at: datetime | None
    came_at: datetime | None
    ended_at: datetime | None


async def newest(journal: Journal) -> tuple[HandledOrder, ...]:
    """Return the orders that ended of those bought last, oldest first; raises JournalFailed."""

    def work(tx: JournalTransaction) -> tuple[HandledOrder, ...]:
        return tuple(
            HandledOrder(
                row["id"],
                row["product_id"],
                row["type_id"],
                moment(row["sent_at"]),
                moment(row["came"]),
                moment(row["last"]),
            )
            for row in tx.rows(NEWEST, LOOKED_AT)
        )

    return await journal.read(work)
