"""Reading the story of an order: the journal at once, the vendor where it can be asked."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from services import listing
from services.balance_chain import chain
from services.board_rows import BoardRows
from services.book_models import BoardOrder
from services.client import VendorClient
from services.clock import Clock
from services.deliveries import Deliveries
from services.errors import DeskError, NotFound
from services.journal_rows import Event
from services.ledger import DEBIT, REFUND
from services.models import Catalog, Order, Purchase, Transaction
from services.purchases import Purchases
from services.story import Story, Told, build
from services.text import clean
from services.tracked import TrackedOrders

BEFORE = timedelta(minutes=5)
"""How long before it was placed the account is read: the vendor's clock is not ours."""

AFTER = timedelta(hours=1)
"""How long after its last step: a refund may be booked a moment later."""

UNSEEN = timedelta(hours=3)
"""How long after it was placed another desk's order has ended, as far as can be known here."""

OPEN = timedelta(days=1)
"""How long after it was placed the account of an order without an end is read."""


class StoryReader:
    """Reads stories of one account.

    Args:
        client: reads of the vendor.
        purchases: the journal's purchases and events.
        tracked: other desks' orders as last seen.
        deliveries: which orders were given to a customer.
        rows: names of products and denominations.
        clock: time.
        catalog: names of products, if they are known.
        charged: whether this environment takes money for orders.
    """

    def __init__(
        self,
        client: VendorClient,
        purchases: Purchases,
        tracked: TrackedOrders,
        deliveries: Deliveries,
        rows: BoardRows,
        clock: Clock,
        catalog: Catalog | None,
        *,
        charged: bool,
    ) -> None:
        self._client: Final = client
        self._purchases: Final = purchases
        self._tracked: Final = tracked
        self._deliveries: Final = deliveries
        self._rows: Final = rows
        self._clock: Final = clock
        self._charged: Final = charged
        rows.learn(catalog=catalog)

    async def read(self, reference: str, *, ask: bool = True) -> Story:
        """Return the story of an order or a purchase.

        Args:
            reference: an order id, a purchase id or an idempotency key.
            ask: read the vendor too; else only the journal is.

        Raises:
            NotFound: neither the journal nor, where it was asked, the vendor knows it.
            DeskError: the journal could not be read; or only the vendor could know the order, and
                it could not be asked.
        """
        purchase = await self._purchases.find(reference)
        order_id = purchase.order_id if purchase else reference
        held, seen_at = await self._tracked.seen(order_id) if order_id else (None, None)
        gaps: list[str] = []
        fresh = None
        if ask and order_id:
            fresh = await self._fresh(order_id, gaps, known=bool(purchase or held))
        if purchase is None and fresh is None and held is None:
            raise NotFound(f"The journal does not know {clean(reference, 80)}", code="NOT_FOUND")
        events = await self._purchases.events(purchase.id if purchase else order_id, order_id)
        row = await self._row(purchase, _completed(fresh, held) if fresh else held)
        ledger, span = None, None
        if ask and order_id and not gaps:
            span = self._span(row, events)
            ledger = await self._movements(order_id, *span, gaps)
        told = Told(
            row,
            purchase,
            await self._purchases.baseline(purchase.id) if purchase else None,
            events,
            fresh,
            seen_at,
            ledger,
            span,
            self._charged,
            tuple(gaps),
        )
        return build(told, self._clock.now())

    async def _fresh(self, order_id: str, gaps: list[str], *, known: bool) -> Order | None:
        """Ask the vendor for the order; one that the journal knows may be missing there."""
        try:
            return await self._client.order(order_id)
        except NotFound as missing:
            if not known:
                raise NotFound(
                    f"Neither the journal nor the vendor knows {clean(order_id, 80)}",
                    code=missing.code,
                    request_id=missing.request_id,
                ) from None
            gaps.append("The vendor says that it knows no such order.")
        except DeskError as error:
            if not known:
                raise
            gaps.append(f"The vendor could not be asked, this is the journal: {error.sentence()}")
        return None

    async def _row(self, purchase: Purchase | None, order: Order | None) -> BoardOrder:
        """Return the order as a row of the board: as the vendor says, with what is ours."""
        orders = () if order is None else (order,)
        owners = () if purchase is None else (purchase,)
        name = purchase.order_id if purchase else order.id if order else ""
        given = await self._deliveries.of((name,)) if name else {}
        (row,) = self._rows.joined(orders, owners, given)
        return row

    def _span(self, row: BoardOrder, events: tuple[Event, ...]) -> tuple[datetime, datetime]:
        """Return which part of the account's movements may name this order (UTC)."""
        moves = [event.at for event in events if event.to_state]
        ended = max(moves, default=row.time + UNSEEN)
        last = ended + AFTER if row.final else row.time + OPEN
        return row.time - BEFORE, min(last, self._clock.now() + BEFORE)

    async def _movements(
        self, order_id: str, start: datetime, end: datetime, gaps: list[str]
    ) -> tuple[Transaction, ...] | None:
        try:
            read = await listing.whole(
                lambda page: self._client.transactions(
                    page=page, page_size=listing.PAGE, start=start, end=end
                )
            )
        except DeskError as error:
            gaps.append(f"The account's movements could not be read: {error.sentence()}")
            return None
        if not read.complete:
            gaps.append("The account moved while it was read: a movement may be missing here.")
        # Several movements may have one time: their balances tell which came first.
        moves = chain(read.items).movements
        return tuple(m for m in moves if m.type in (DEBIT, REFUND) and m.objid == order_id)


def _completed(fresh: Order, held: Order | None) -> Order:
    """Fill in the product and type that a final order's answer leaves out."""
    if held is None or (fresh.product and fresh.type):
        return fresh
    return replace(fresh, product=fresh.product or held.product, type=fresh.type or held.type)
