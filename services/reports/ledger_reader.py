"""Reading the ledger: the movements of a span of time and the orders that go with them."""

from datetime import datetime, timedelta
from typing import Final

from services.domain import ledger
from services.domain.ledger import Ledger
from services.domain.models import Catalog, Order, Transaction
from services.journal import joint_reads
from services.journal.database import Journal
from services.orders.board_rows import BoardRows
from services.system.clock import Clock, midnight
from services.vendor import pagination
from services.vendor.client import VendorClient
from services.vendor.rate_limit import Priority, priority

BEFORE = timedelta(hours=1)
"""Read before the span: the movement that its first one follows on, orders paid a moment later."""

AFTER = timedelta(days=1)
"""Read after the span: the refunds of its last orders."""

FEW_PAGES = timedelta(days=2)
"""A person may wait for a ledger that begins no longer ago."""

ATTEMPTS = 3


class LedgerReader:
    """Reads the account's movements and orders, and joins them with the journal.

    Args:
        client: reads of the vendor.
        journal: the purchases and what was given.
        rows: names of products and denominations.
        charged: whether this environment takes money for orders.
    """

    def __init__(
        self,
        client: VendorClient,
        journal: Journal,
        rows: BoardRows,
        clock: Clock,
        *,
        charged: bool,
    ) -> None:
        self._client: Final = client
        self._journal: Final = journal
        self._rows: Final = rows
        self._clock: Final = clock
        self._charged: Final = charged

    async def read(
        self,
        start: datetime | None,
        end: datetime | None,
        catalog: Catalog | None = None,
        *,
        background: bool = False,
    ) -> Ledger:
        """Read and match the movements of a span of time, again while money moves meanwhile.

        Args:
            start: where the span begins, aware; None for the last midnight here.
            end: where it ends; None while it goes on.
            catalog: names of products, if it is known.
            background: let what a person waits for go first; a long span always does.

        Raises:
            DeskError: the vendor or the journal could not be read.
        """
        now = self._clock.now()
        begin = start or midnight(now)
        first = begin - BEFORE
        last = None if end is None or end + AFTER > now else end + AFTER
        # A longer span is many pages: a sale must not wait behind them.
        gives_way = background or now - begin > FEW_PAGES
        with priority(Priority.BACKGROUND if gives_way else Priority.PERSON):
            moved, orders = await self._still(first, last)
        self._rows.learn(catalog=catalog)
        named = ledger.order_ids(moved.items) | {order.id for order in orders.items}
        ours = await joint_reads.owners(self._journal, named)
        read = ledger.LedgerSources(
            transactions=moved.items,
            orders=orders.items,
            purchases=ours.purchases,
            board=self._rows.joined(orders.items, ours.purchases, ours.given),
            complete=moved.complete and orders.complete,
            charged=self._charged,
        )
        return ledger.build(read, start=begin, end=end, read_at=now)

    async def _still(
        self, start: datetime, end: datetime | None
    ) -> tuple[pagination.PageSet[Transaction], pagination.PageSet[Order]]:
        """Read movements and orders that belong together: no money moved between the two."""
        attempts = ATTEMPTS
        while True:
            moved = await self._client.all_transactions(start, end)
            orders = await self._client.all_orders(start, end)
            attempts -= 1
            held = await self._count(start, end) in (
                len(moved.items),
                len(moved.items) + len(moved.unread),
            )
            if held or not attempts:
                still = moved.still and held
                return pagination.PageSet(moved.items, still, moved.unread), orders

    async def _count(self, start: datetime, end: datetime | None) -> int | None:
        """Ask how many movements there are by now."""
        page = await self._client.transactions(page=1, page_size=1, start=start, end=end)
        return page.total_results
