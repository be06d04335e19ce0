"""The products that were bought last with a journal, newest first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.journal import Journal
from services.journal_rows import moment
from services.models import Purchase

MOST = 8
LOOKED_AT = 200
"""How many purchases are looked at: the newest, found by the index of their times."""

# An order id is looked for here, not by the query: its index knows no times.
NEWEST = (
    "SELECT product_id, order_id, created_at FROM purchases"
    " ORDER BY created_at DESC, rowid DESC LIMIT ?"
)


class Recents:
    """Keeps up with purchases without asking the journal again.

    Only a purchase that has an order counts: what the vendor refused nobody bought.
    """

    def __init__(self) -> None:
        self._bought: dict[str, datetime] = {}
        self.products: tuple[str, ...] = ()

    async def read(self, journal: Journal) -> None:
        """Begin with what the journal holds; raises JournalFailed."""
        for row in reversed(await journal.read(lambda tx: tx.rows(NEWEST, LOOKED_AT))):
            self._take_row(row)
        self._settle()

    def take(self, purchase: Purchase) -> None:
        """Take a purchase as the journal now holds it."""
        if purchase.order_id:
            self._take(purchase.product_id, purchase.created_at)
            self._settle()

    def _take_row(self, row: Mapping[str, Any]) -> None:
        bought = moment(row["created_at"])
        if row["order_id"] and bought is not None:
            self._take(row["product_id"], bought)

    def _take(self, product_id: str, bought: datetime) -> None:
        # What is taken later stands behind, which is newer where the times are the same.
        self._bought[product_id] = max(bought, self._bought.pop(product_id, bought))

    def _settle(self) -> None:
        oldest_first = sorted(self._bought.items(), key=lambda item: item[1])
        self._bought = dict(oldest_first[-MOST:])
        products = tuple(reversed(self._bought))
        if products != self.products:
            self.products = products
