"""Reading the ledger: the movements of a span of time and the orders that go with them."""

from datetime import datetime, timedelta
from typing import Final

from services import ledger, listing
from services.board_rows import BoardRows
from services.client import VendorClient
from services.clock import Clock, midnight
from services.deliveries import Deliveries
from services.ledger_models import Ledger
from services.models import Catalog, Order, Purchase, Transaction
from services.purchases import Purchases

BEFORE = timedelta(hours=1)
"""Read before the span: the movement that its first one follows on, orders paid a moment later."""

AFTER = timedelta(days=1)
"""Read after the span: the refunds of its last orders."""

ATTEMPTS = 3


class LedgerReader:
    """Reads the account's movements and orders, and joins them with the journal.

    Args:
        client: reads of the vendor.
        purchases: the journal's purchases.
        rows: names of products and denominations.
        deliveries: which orders were given to a customer.
        clock: time.
        charged: whether this environment takes money for orders.
    """

    def __init__(
        self,
        client: VendorClient,
        purchases: Purchases,
        rows: BoardRows,
        deliveries: Deliveries,
        clock: Clock,
        *,
        charged: bool,
    ) -> None:
        self._client: Final = client
        self._purchases: Final = purchases
        self._rows: Final = rows
        self._deliveries: Final = deliveries
        self._clock: Final = clock
        self._charged: Final = charged

    async def read(
        self, start: datetime | None, end: datetime | None, catalog: Catalog | None = None
    ) -> Ledger:
        """Read and match the movements of a span of time, again while money moves meanwhile.

        Args:
            start: where the span begins, aware; None for the last midnight here.
            end: where it ends; None while it goes on.
            catalog: names of products, if it is known.

        Raises:
            DeskError: the vendor or the journal could not be read.
        """
        now = self._clock.now()
        begin = start or midnight(now)
        first = begin - BEFORE
        last = None if end is None or end + AFTER > now else end + AFTER
        moved, orders = await self._still(first, last)
        self._rows.learn(catalog=catalog)
        owners = await self._owners(orders.items, moved.items)
        given = await self._deliveries.of(order.id for order in orders.items)
        read = ledger.Accounts(
            transactions=moved.items,
            orders=orders.items,
            purchases=owners,
            board=self._rows.joined(orders.items, owners, given),
            complete=moved.complete and orders.complete,
            charged=self._charged,
        )
        return ledger.build(read, start=begin, end=end, read_at=now)

    async def _still(
        self, start: datetime, end: datetime | None
    ) -> tuple[listing.Listing[Transaction], listing.Listing[Order]]:
        """Read movements and orders that belong together: no money moved between the two."""
        attempts = ATTEMPTS
        while True:
            moved = await self._transactions(start, end)
            orders = await self._orders(start, end)
            attempts -= 1
            held = await self._count(start, end) == len(moved.items)
            if held or not attempts:
                return listing.Listing(moved.items, moved.complete and held), orders

    async def _transactions(
        self, start: datetime, end: datetime | None
    ) -> listing.Listing[Transaction]:
        return await listing.whole(
            lambda page: self._client.transactions(
                page=page, page_size=listing.PAGE, start=start, end=end
            )
        )

    async def _orders(self, start: datetime, end: datetime | None) -> listing.Listing[Order]:
        return await listing.whole(
            lambda page: self._client.orders(
                page=page, page_size=listing.PAGE, start=start, end=end
            )
        )

    async def _count(self, start: datetime, end: datetime | None) -> int:
        """Ask how many movements there are by now."""
        page = await self._client.transactions(page=1, page_size=1, start=start, end=end)
        return page.total_results

    async def _owners(
        self, orders: tuple[Order, ...], transactions: tuple[Transaction, ...]
    ) -> tuple[Purchase, ...]:
        named = ledger.order_ids(transactions) | {order.id for order in orders}
        return await self._purchases.owners(named)
