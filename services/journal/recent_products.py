"""The products that were bought last with a journal, newest first."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from services.domain.models import Purchase
from services.journal.rows import moment
from services.journal.transaction import JournalTransaction

MOST = 8
LOOKED_AT = 200
"""How many purchases are looked at: the newest, found by the index of their times."""

# An order id is looked for here, not by the query: its index knows no times.
NEWEST = (
    "SELECT product_id, order_id, created_at FROM purchases"
    " ORDER BY created_at DESC, id DESC LIMIT ?"
)


class RecentPurchase(Struct, frozen=True):
    """A purchase that has an order: which product, and when it was bought (UTC)."""

    product_id: str
    at: datetime


def newest(tx: JournalTransaction) -> tuple[RecentPurchase, ...]:
    """Return what was bought last with a journal, oldest first."""
    found = ((row, moment(row["created_at"])) for row in reversed(tx.rows(NEWEST, LOOKED_AT)))
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
        """Begin with what `newest` returned."""
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
