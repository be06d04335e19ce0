"""`desk.orders`: the account's orders, read now, and the cards in them."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec.structs import replace

from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.domain.book import BoardOrder
from services.domain.errors import DeskError, NotFound, NotRecorded, Refused
from services.domain.models import Card, Order
from services.domain.text import clean
from services.journal import joint_reads
from services.orders.denomination_names import name_orders
from services.system.clock import Clock
from services.vendor.client import VendorClient


class DeskOrders:
    """Reads orders for a person, with their cards where the person asks for them.

    Args:
        opening: knows the account once it is open.
        keeper: the book, whose catalogue names what was sold.
        hours: how far back a list reaches that names no begin.

    Attributes:
        off_the_record: what to say of the last reveal that no disk could take note of, or empty.
    """

    def __init__(
        self,
        opening: Opening,
        client: VendorClient,
        keeper: BookPublisher,
        clock: Clock,
        hours: float,
    ) -> None:
        self._opening: Final = opening
        self._client: Final = client
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._hours: Final = hours
        self.off_the_record = ""

    async def list(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[BoardOrder, ...]:
        """Return the orders of a span of time and the purchases of it that no order shows.

        Raises:
            DeskError: the vendor or the journal could not be read.
        """
        account = self._opening.opened()
        begin = start or self._clock.now() - timedelta(hours=self._hours)
        orders = await self._client.all_orders(begin, end)
        # Read after the vendor's list: what was bought since it was read has no order in it.
        shown = [order.id for order in orders.items]
        ours = await joint_reads.owners(account.journal, shown, bought=(begin, end))
        owned = {purchase.order_id for purchase in ours.purchases}
        others = [order for order in orders.items if order.id not in owned]
        await name_orders(self._client, account.board.rows, others)
        return account.board.rows.joined(orders.items, ours.purchases, ours.given)

    async def refresh(self) -> None:
        """Read what the account's list says since the last reading, and keep it; raises DeskError.

        Unclaimed orders get their names. Without it `unclaimed` says what was known then.
        """
        account = self._opening.opened()
        await account.board.tracker.read()
        await name_orders(self._client, account.board.rows, await account.tracked.unclaimed())

    async def row(self, order: Order) -> BoardOrder:
        """Return an order of another desk as a row, named as far as can be found out.

        Raises:
            AuthFailed: the key was rejected.
        """
        account = self._opening.opened()
        await name_orders(self._client, account.board.rows, [order])
        [row] = account.board.rows.joined([order], ())
        return row

    async def read(self, order_id: str) -> Order:
        """Return one order, read now, without its cards; raises DeskError."""
        order = await self._client.order(order_id)
        await self._take(order)
        return order

    async def reveal(self, order_id: str, index: int | None) -> tuple[Card, ...]:
        """Fetch an order's cards because a person wants to see them; recorded before.

        Args:
            order_id: the vendor's order id.
            index: which card, from 0; None for all of them.

        Raises:
            Refused: the order has no such card.
            DeskError: the journal cannot record it, or the vendor could not be read.
        """
        which = "all cards" if index is None else f"card {index + 1}"
        try:
            await self._record("reveal", order_id, which, card=index)
        except NotRecorded as failure:
            # The customer has paid; a disk that takes nothing must not keep the card from them.
            self.off_the_record = (
                f"This reveal is in no record: {failure.message}. Note who was given {which} of"
                f" order {order_id}"
            )
            self._keeper.log(self.off_the_record, "error")
        cards = await self._cards(order_id)
        if index is None:
            return cards
        if not 0 <= index < len(cards):
            raise Refused(
                "The vendor's answer holds no such card now",
                code="NO_CARD",
                advice="Nothing was changed. r asks again.",
            )
        return (cards[index],)

    async def hand_over(self, order_ids: Sequence[str], where: str) -> dict[str, tuple[Card, ...]]:
        """Fetch the cards of orders that a person exports with codes; each recorded before.

        Args:
            order_ids: the vendor's order ids.
            where: what they go to, for the event log.

        Raises:
            DeskError: the journal cannot record it, or the vendor could not be read; then no card
                is handed over, and the log says more than happened.
        """
        for order_id in order_ids:
            await self._record("export", order_id, f"all cards, into {where}")
        return {name: await self._cards(name) for name in order_ids}

    async def take_out(
        self, order_ids: Sequence[str], kind: Literal["copy", "hand", "print"], which: str
    ) -> tuple[tuple[Card, ...], ...]:
        """Fetch the cards of orders for one customer, order by order; each recorded before.

        Args:
            order_ids: the vendor's order ids.
            kind: the event: into a clipboard, into a file, or to a printer.
            which: which cards, and where they go, for the event log.

        Raises:
            DeskError: the journal cannot record it, or the vendor could not be read; then no card
                goes anywhere, and the log says more than happened.
        """
        for order_id in order_ids:
            await self._record(kind, order_id, which)
        found = [await self._cards(order_id) for order_id in order_ids]
        return tuple(found)

    async def _record(
        self, kind: str, order_id: str, what: str, *, card: int | None = None
    ) -> None:
        await self._opening.opened().purchases.record(kind, order_id, what, card=card)

    async def _cards(self, order_id: str) -> tuple[Card, ...]:
        account = self._opening.account
        known = account.board.tracker.seen(order_id) if account is not None else None
        order = await self._client.order(order_id, cards=True, known=known)
        await self._take(replace(order, cards=()))
        return order.cards

    async def _take(self, order: Order) -> None:
        """Let everybody know what was just read of an order; what fails is tried by the poll."""
        if (account := self._opening.account) is not None:
            with contextlib.suppress(DeskError):
                await account.board.tracker.take(order)


async def order_of_vendor(client: VendorClient, order_id: str, advice: str) -> Order:
    """Ask for an order of which the journal holds no end; NotFound, with `advice`, names both."""
    try:
        return await client.order(order_id)
    except NotFound as missing:
        raise NotFound(
            f"Neither the journal nor the vendor knows {clean(order_id, 80)}",
            code=missing.code,
            request_id=missing.request_id,
            advice=advice,
        ) from None
