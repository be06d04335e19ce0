"""`desk.support`: answers a customer who comes back: lookup, timeline, what was given."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.desk.orders import order_of_vendor
from services.domain.book import BoardOrder
from services.domain.errors import BadInput, Refused
from services.domain.models import WITH_CARDS, Delivery
from services.domain.phrase import plain
from services.domain.secrets import Secret
from services.domain.text import clean, ours
from services.domain.timeline import Timeline
from services.domain.typed import lookup
from services.domain.typed.lookup import LookupResult
from services.domain.typed.product_names import goods_name
from services.domain.words.log_words import deed_words
from services.journal import joint_reads
from services.journal.search import Match
from services.reports import serial_search
from services.reports.order_lookup import Lookup
from services.reports.timeline_reader import TimelineReader
from services.system.clock import Clock
from services.vendor.client import VendorClient

GIVEN_DAYS = timedelta(days=7)
"""How far back the list of what was not given reaches, unless it is asked for more."""

A_SERIAL = ours("a serial")


class DeskSupport:
    """Says all there is to say of one order, and keeps what was given to customers.

    Args:
        opening: knows the account once it is open.
        keeper: the book, whose catalogue names what was sold.
    """

    def __init__(
        self, opening: Opening, client: VendorClient, keeper: BookPublisher, clock: Clock
    ) -> None:
        self._opening: Final = opening
        self._client: Final = client
        self._keeper: Final = keeper
        self._clock: Final = clock

    async def find(self, text: str, *, ask: bool = True) -> LookupResult:
        """Look up an order by whatever somebody remembers of it; see `Lookup.find`.

        Raises:
            BadInput: nothing is asked for, there is no such day, or it is a serial.
            JournalFailed: the journal could not be read.
        """
        return await self._lookup().find(text, ask=ask)

    async def find_serial(
        self,
        serial: Secret,
        days: int = lookup.SERIAL_DAYS,
        report: Callable[[int, int], None] | None = None,
    ) -> LookupResult:
        """Ask the vendor which order a card belongs to; recorded before, the serial kept nowhere.

        Args:
            serial: as it is printed on the card.
            days: how far back the orders are looked through.
            report: called with the page just read and how many there are.

        Raises:
            BadInput: the serial is empty.
            DeskError: the journal cannot record it, or the vendor could not be read.
        """
        if not serial:
            raise BadInput("There is no serial to look for")
        span = "the last day" if days == 1 else f"the last {days} days"
        account = self._opening.opened()
        await account.purchases.record("serial search", "", f"a serial, in {span}")
        orders, missing = await serial_search.holders(
            self._client, self._clock, serial, days, report
        )
        hits = await self._lookup().hits(tuple(Match("serial", order=o) for o in orders))
        said = f"The orders of {span} were looked through"
        rest = f", but not all of them: {missing}." if missing else "."
        return LookupResult(A_SERIAL, hits, (plain(said + rest),))

    async def timeline(self, reference: str, *, ask: bool = True) -> Timeline:
        """Return the timeline of an order or a purchase; see `TimelineReader.read`."""
        account = self._opening.opened()
        reader = TimelineReader(
            self._client,
            account.journal,
            account.board.rows,
            self._clock,
            self._keeper.book.catalog,
            charged=account.identity.environment == "PRODUCTION",
        )
        return await reader.read(reference, ask=ask)

    # What was given.

    async def give(self, order_id: str) -> tuple[Delivery, bool]:
        """Mark an order, ours or not, as given to the customer; recorded before it counts.

        Returns:
            The mark, and whether it is new: one that is there stays as it is.

        Raises:
            Refused: the order has no cards that could be given.
            DeskError: the journal cannot record it, or only the vendor knows the order and could
                not be asked.
        """
        return (await self.give_all((order_id,)))[0]

    async def give_all(self, order_ids: Sequence[str]) -> list[tuple[Delivery, bool]]:
        """Mark orders as given to the customer, all or none of them; see `give`."""
        for order_id in order_ids:
            await self._check_givable(order_id)
        given = await self._opening.opened().deliveries.give_all(order_ids)
        return [self._marked(each) for each in given]

    async def _check_givable(self, order_id: str) -> None:
        status, came = await self._status(order_id)
        if status not in WITH_CARDS:
            raise Refused(
                f"There are no cards to hand over: the order is {clean(status, 40)}",
                advice="Nothing was changed.",
                code="NOTHING_TO_GIVE",
            )
        if came == 0:
            raise Refused(
                "There are no cards to hand over: it is paid, and its codes are not here yet",
                advice="Nothing was changed.",
                code="NOTHING_TO_GIVE",
            )

    async def take_back(self, order_id: str) -> tuple[Delivery, bool]:
        """Take back the mark that an order was given; recorded before it counts.

        Returns:
            That there is no mark now, and whether there was one.

        Raises:
            JournalFailed: the journal cannot record it.
        """
        return self._marked(await self._opening.opened().deliveries.take_back(order_id))

    async def delivery(self, order_id: str) -> Delivery | None:
        """Return the mark of an order that was given; raises JournalFailed."""
        return (await self._opening.opened().deliveries.of((order_id,))).get(order_id)

    async def undelivered(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[BoardOrder, ...]:
        """Return this desk's orders whose cards came and were not given, the longest waiting first.

        Args:
            start: bought after then (UTC); the last seven days if None, but nothing from before
                this journal kept such marks.
            end: bought until then; None for now.

        Raises:
            JournalFailed: the journal could not be read.
        """
        account = self._opening.opened()
        first = start or self._clock.now() - GIVEN_DAYS
        missing = await account.deliveries.missing(first, end, marked_only=start is None)
        return tuple(reversed(account.board.rows.joined((), missing)))

    async def _status(self, order_id: str) -> tuple[str, int | None]:
        """Return an order's status and how many of its cards came, None while that is unknown."""
        account = self._opening.opened()
        held = await joint_reads.file(account.journal, order_id)
        if held.purchase is not None and held.order_id == order_id:
            state = held.purchase.status or held.purchase.state.value
            return state, held.purchase.cards_came
        order = held.seen
        if order is None or not order.final:
            order = await order_of_vendor(self._client, order_id, "Nothing was changed.")
        return order.status, order.cards_came

    def _marked(self, done: tuple[Delivery, bool]) -> tuple[Delivery, bool]:
        account, (mark, new) = self._opening.opened(), done
        account.board.rows.take_given((mark,))
        account.board.publish()
        row = next((row for row in self._keeper.book.orders if row.order_id == mark.order_id), None)
        if new and row is not None:
            did = "handed over" if mark.at else "not handed over, the mark was taken back"
            number = "" if row.quantity == 1 else f"{row.quantity} "
            goods = number + goods_name(row.product or row.product_id, row.denomination)
            self._keeper.log(deed_words(did, goods), customer=row.note)
        return done

    def _lookup(self) -> Lookup:
        account = self._opening.opened()
        return Lookup(
            self._client,
            account.journal,
            account.board.rows,
            self._clock,
            self._keeper.book.catalog,
        )
