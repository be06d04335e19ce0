"""Reading the timeline of an order: the journal at once, the vendor where it can be asked."""

from datetime import datetime, timedelta
from typing import Final

from services.domain.balance_chain import chain
from services.domain.book import BoardOrder
from services.domain.errors import DeskError, NotFound
from services.domain.ledger import DEBIT, REFUND
from services.domain.models import Catalog, Order, Transaction
from services.domain.phrase import Phrase, phrase, plain
from services.domain.status_text import not_asked
from services.domain.text import clean
from services.domain.timeline import Timeline, TimelineFacts, build
from services.journal import joint_reads
from services.journal.database import Journal
from services.journal.joint_reads import File
from services.orders.board_rows import BoardRows
from services.system.clock import Clock
from services.vendor.client import VendorClient

BEFORE = timedelta(minutes=5)
"""How long before it was placed the account is read: the vendor's clock is not ours."""

AFTER = timedelta(hours=1)
"""How long after its last step: a refund may be booked a moment later."""

UNSEEN = timedelta(hours=3)
"""How long after it was placed another desk's order has ended, as far as can be known here."""

OPEN = timedelta(days=1)
"""How long after it was placed the account of an order without an end is read."""


class TimelineReader:
    """Reads the timelines of one account.

    Args:
        client: reads of the vendor.
        journal: purchases, events, other desks' orders as last seen, what was given.
        rows: names of products and denominations.
        catalog: names of products, if they are known.
        charged: whether this environment takes money for orders.
    """

    def __init__(
        self,
        client: VendorClient,
        journal: Journal,
        rows: BoardRows,
        clock: Clock,
        catalog: Catalog | None,
        *,
        charged: bool,
    ) -> None:
        self._client: Final = client
        self._journal: Final = journal
        self._rows: Final = rows
        self._clock: Final = clock
        self._charged: Final = charged
        rows.learn(catalog=catalog)

    async def read(self, reference: str, *, ask: bool = True) -> Timeline:
        """Return the timeline of an order or a purchase.

        Args:
            reference: an order id, a purchase id or an idempotency key.
            ask: read the vendor too; else only the journal is.

        Raises:
            NotFound: neither the journal nor, where it was asked, the vendor knows it.
            DeskError: the journal could not be read; or only the vendor could know the order, and
                it could not be asked.
        """
        held = await joint_reads.file(self._journal, reference)
        order_id = held.order_id
        gaps: list[Phrase] = []
        fresh = None
        if ask and order_id:
            fresh = await self._fresh(order_id, gaps, held)
            # Another console may have gone on with it while the vendor was asked.
            held = await joint_reads.file(self._journal, reference)
        if held.purchase is None and fresh is None and held.seen is None:
            raise NotFound(f"The journal does not know {clean(reference, 80)}", code="NOT_FOUND")
        row = self._row(held, fresh or held.seen)
        ledger, span = None, None
        if ask and order_id and not gaps:
            span = self._span(row, held)
            ledger = await self._movements(order_id, *span, gaps)
        read = TimelineFacts(
            row,
            held.purchase,
            held.baseline,
            held.events,
            fresh,
            held.seen_at,
            ledger,
            span,
            self._charged,
            tuple(gaps),
        )
        return build(read, self._clock.now())

    async def _fresh(self, order_id: str, gaps: list[Phrase], held: File) -> Order | None:
        """Ask the vendor for the order; one that the journal knows may be missing there."""
        known = held.purchase is not None or held.seen is not None
        try:
            return await self._client.order(order_id, known=held.seen)
        except NotFound as missing:
            if not known:
                raise NotFound(
                    f"Neither the journal nor the vendor knows {clean(order_id, 80)}",
                    code=missing.code,
                    request_id=missing.request_id,
                ) from None
            gaps.append(plain("The vendor says that it knows no such order."))
        except DeskError as error:
            if not known:
                raise
            gaps.append(not_asked(error.failure))
        return None

    def _row(self, held: File, order: Order | None) -> BoardOrder:
        """Return the order as a row of the board: as the vendor says, with what is ours."""
        orders = () if order is None else (order,)
        owners = () if held.purchase is None else (held.purchase,)
        given = {} if held.given is None else {held.given.order_id: held.given}
        (row,) = self._rows.joined(orders, owners, given)
        return row

    def _span(self, row: BoardOrder, held: File) -> tuple[datetime, datetime]:
        """Return which part of the account's movements may name this order (UTC)."""
        moves = [event.at for event in held.events if event.to_state]
        ended = max(moves, default=row.time + UNSEEN)
        last = ended + AFTER if row.final else row.time + OPEN
        return row.time - BEFORE, min(last, self._clock.now() + BEFORE)

    async def _movements(
        self, order_id: str, start: datetime, end: datetime, gaps: list[Phrase]
    ) -> tuple[Transaction, ...] | None:
        try:
            read = await self._client.all_transactions(start, end)
        except DeskError as error:
            said = error.failure.sentence()
            gaps.append(phrase("The account's movements could not be read: {said}", said=said))
            return None
        if not read.complete:
            gaps.append(
                plain("The account moved while it was read: a movement may be missing here.")
            )
        # Several movements may have one time: their balances tell which came first.
        moves = chain(read.items).movements
        return tuple(m for m in moves if m.type in (DEBIT, REFUND) and m.objid == order_id)
