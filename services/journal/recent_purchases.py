"""What was bought last with a journal: which products, and how long the vendor took for them."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from services.domain.models import FINAL_STATUSES, Purchase
from services.journal.database import Journal
from services.journal.rows import moment
from services.journal.transaction import JournalTransaction

MOST = 8
LOOKED_AT = 200
HANDLED_LOOKED_AT = 500
"""How many purchases are looked at: the newest, found by the index of their times."""

# An order id is looked for here, not by the query: its index knows no times.
_NEWEST = (
    "SELECT product_id, order_id, created_at FROM purchases"
    " ORDER BY created_at DESC, id DESC LIMIT ?"
)


# The states are this module's own; the events of a purchase are found by their index.
_HANDLED = f"""
SELECT p.id, p.product_id, p.type_id, p.sent_at, min(e.at) AS first, max(e.at) AS last,
    min(CASE WHEN e.to_state <> 'REFUNDED' THEN e.at END) AS came
FROM (SELECT id, product_id, type_id, sent_at FROM purchases ORDER BY created_at DESC LIMIT ?) p
JOIN events e ON e.purchase_id = p.id AND e.to_state IN {tuple(sorted(FINAL_STATUSES))}
GROUP BY p.id, p.product_id, p.type_id, p.sent_at ORDER BY first
"""  # noqa: S608


class RecentPurchase(Struct, frozen=True):
    """A purchase that has an order: which product, and when it was bought (UTC)."""

    product_id: str
    at: datetime


def products(tx: JournalTransaction) -> tuple[RecentPurchase, ...]:
    """Return what was bought last with a journal, oldest first."""
    found = ((row, moment(row["created_at"])) for row in reversed(tx.rows(_NEWEST, LOOKED_AT)))
    return tuple(
        RecentPurchase(row["product_id"], at) for row, at in found if row["order_id"] and at
    )


class RecentProducts:
    """Keeps up with purchases without asking the journal again.

    Only a purchase that has an order counts: what the vendor refused was not bought.
    """

    def __init__(self) -> None:
        self._bought: dict[str, datetime] = {}
        self.products: tuple[str, ...] = ()

    def begin(self, bought: Iterable[RecentPurchase]) -> None:
        """Begin with what `products` returned."""
        for each in bought:
            self._take(each.product_id, each.at)
        self._settle()

    def take(self, purchase: Purchase) -> None:
        """Take a purchase as the journal now holds it."""
        if purchase.order_id:
            self._take(purchase.product_id, purchase.created_at)
            self._settle()

    def _take(self, product_id: str, bought: datetime) -> None:
        # What is taken later comes later in the list, which is newer where the times are the same.
        self._bought[product_id] = max(bought, self._bought.pop(product_id, bought))

    def _settle(self) -> None:
        oldest_first = sorted(self._bought.items(), key=lambda item: item[1])
        self._bought = dict(oldest_first[-MOST:])
        products = tuple(reversed(self._bought))
        if products != self.products:
            self.products = products


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


async def handled(journal: Journal) -> tuple[HandledOrder, ...]:
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
            for row in tx.rows(_HANDLED, HANDLED_LOOKED_AT)
        )

    return await journal.read(work)
