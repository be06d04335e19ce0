"""The part of the desk that answers a customer who comes back: lookup, story, what was given."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services import lookup_text, serial_search
from services.book_models import BoardOrder, Book
from services.client import VendorClient
from services.deliveries import Delivery
from services.desk_journal import DeskJournal
from services.errors import BadInput, NotFound, Refused
from services.journal_search import JournalSearch, Match
from services.lookup import Lookup
from services.lookup_models import Found
from services.models import WITH_CARDS
from services.secrets import Secret
from services.story import Story
from services.story_reading import StoryReader
from services.text import clean, ours

GIVEN_DAYS = timedelta(days=7)
"""How far back the list of what was not given reaches, unless it is asked for more."""

A_SERIAL = ours("a serial")


class DeskSupport(DeskJournal):
    """What a desk knows of one order and says of it; the base of `Desk`."""

    _client: VendorClient

    @property
    def book(self) -> Book:
        """The current book."""
        raise NotImplementedError

    async def find(self, text: str, *, ask: bool = True) -> Found:
        """Look up an order by whatever somebody remembers of it; see `Lookup.find`.

        Raises:
            BadInput: nothing is asked for, there is no such day, or it is a serial.
            JournalFailed: the journal could not be read.
        """
        return await self._lookup().find(text, ask=ask)

    async def find_serial(
        self,
        serial: Secret,
        days: int = lookup_text.SERIAL_DAYS,
        report: Callable[[int, int], None] | None = None,
    ) -> Found:
        """Ask the vendor which order a card belongs to; recorded before, the serial kept nowhere.

        Args:
            serial: what stands on the card.
            days: how far back the orders are looked through.
            report: told the page just read and how many there are.

        Raises:
            BadInput: the serial is empty.
            DeskError: the journal cannot record it, or the vendor could not be read.
        """
        if not serial:
            raise BadInput("There is no serial to look for")
        span = "the last day" if days == 1 else f"the last {days} days"
        account = self._opening.opened()
        await account.purchases.record("serial search", "", f"a serial, in {span}")
        orders, whole = await serial_search.holders(self._client, self._clock, serial, days, report)
        hits = await self._lookup().hits(tuple(Match("serial", order=o) for o in orders))
        said = f"The orders of {span} were looked through"
        rest = "." if whole else ", but not all of them: there are too many. Ask for fewer days."
        return Found(A_SERIAL, hits, (said + rest,))

    async def story(self, reference: str, *, ask: bool = True) -> Story:
        """Return the whole story of an order or a purchase; see `StoryReader.read`."""
        account = self._opening.opened()
        reader = StoryReader(
            self._client,
            account.purchases,
            account.tracked,
            account.deliveries,
            account.rows,
            self._clock,
            self.book.catalog,
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
        status = await self._status(order_id)
        if status not in WITH_CARDS:
            raise Refused(
                f"There are no cards to give: the order is {clean(status, 40)}",
                advice="Nothing was changed.",
                code="NOTHING_TO_GIVE",
            )
        return await self._marked(await self._opening.opened().deliveries.give(order_id))

    async def take_back(self, order_id: str) -> tuple[Delivery, bool]:
        """Take back the mark that an order was given; recorded before it counts.

        Returns:
            That there is no mark now, and whether there was one.

        Raises:
            JournalFailed: the journal cannot record it.
        """
        return await self._marked(await self._opening.opened().deliveries.take_back(order_id))

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
        if start is None:
            start = self._clock.now() - GIVEN_DAYS
            start = max(start, await account.deliveries.kept_since() or start)
        missing = await account.deliveries.missing(start, end)
        return tuple(reversed(account.rows.joined((), missing)))

    async def _status(self, order_id: str) -> str:
        account = self._opening.opened()
        purchase = await account.purchases.find(order_id)
        if purchase is not None and purchase.order_id == order_id:
            return purchase.status or purchase.state.value
        order, _ = await account.tracked.seen(order_id)
        if order is None or not order.final:
            try:
                order = await self._client.order(order_id)
            except NotFound as missing:
                raise NotFound(
                    f"Neither the journal nor the vendor knows {clean(order_id, 80)}",
                    code=missing.code,
                    request_id=missing.request_id,
                    advice="Nothing was changed.",
                ) from None
        return order.status

    async def _marked(self, done: tuple[Delivery, bool]) -> tuple[Delivery, bool]:
        account = self._opening.opened()
        account.rows.take_given((done[0],))
        account.publish()
        return done

    def _lookup(self) -> Lookup:
        account = self._opening.opened()
        return Lookup(
            self._client,
            JournalSearch(account.journal),
            account.purchases,
            account.deliveries,
            account.rows,
            self._clock,
            self.book.catalog,
        )
