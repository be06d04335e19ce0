"""Looking an order up: in the journal by every name it has, and at the vendor where that helps."""

from datetime import datetime, timedelta
from typing import Final

from services import listing, lookup_text, note_words
from services.board_rows import BoardRows
from services.book_models import BoardOrder
from services.client import VendorClient
from services.clock import Clock
from services.deliveries import Deliveries
from services.errors import DeskError, NotFound
from services.journal_search import JournalSearch, Match, Matches
from services.lookup_models import Found, Hit
from services.lookup_text import Wanted
from services.models import Catalog, Order, Purchase
from services.purchases import Purchases

NAMES = frozenset({"order id", "purchase id", "key", "request id"})
MORE = (
    "There may be more of them: only the newest were looked through. Another word, more digits or "
    "a day narrows it down."
)


class Lookup:
    """Finds orders of one account.

    Args:
        client: reads of the vendor.
        search: the journal's indexes.
        purchases: whose an order is.
        deliveries: which orders were given to a customer.
        rows: names of products and denominations.
        clock: what day it is.
        catalog: names of products, if they are known.
    """

    def __init__(
        self,
        client: VendorClient,
        search: JournalSearch,
        purchases: Purchases,
        deliveries: Deliveries,
        rows: BoardRows,
        clock: Clock,
        catalog: Catalog | None,
    ) -> None:
        self._client: Final = client
        self._search: Final = search
        self._purchases: Final = purchases
        self._deliveries: Final = deliveries
        self._rows: Final = rows
        self._clock: Final = clock
        rows.learn(catalog=catalog)

    async def find(self, text: str, *, ask: bool = True) -> Found:
        """Look up what somebody typed.

        The vendor is asked for the orders of a day, and for an id that the journal does not know.
        When it cannot be asked, `said` says so and the hits are what the journal holds.

        Args:
            text: what was typed; see `lookup_text.read`.
            ask: ask the vendor where he may know more; else the answer is `partial` there.

        Raises:
            BadInput: nothing is asked for, or there is no such day.
            JournalFailed: the journal could not be read.
        """
        wanted = lookup_text.read(text, self._clock.now())
        matches = await self._search.look(wanted)
        said = [MORE] if matches.more else []
        worth_it = _worth_asking(wanted, matches)
        if worth_it and ask:
            try:
                matches = await self._with_vendor(wanted, matches)
            except NotFound:
                pass
            except DeskError as error:
                said.append(
                    f"The vendor could not be asked, this is the journal: {error.sentence()}"
                )
        hits = await self.hits(matches.found)
        if wanted.start is not None:
            hits = tuple(sorted(_fitting(hits, wanted), key=lambda hit: hit.row.time, reverse=True))
        return Found(wanted.text, hits, tuple(said), partial=worth_it and not ask)

    async def hits(self, matches: tuple[Match, ...]) -> tuple[Hit, ...]:
        """Join matches of one order into one hit, in the order in which they came."""
        by: dict[str, list[str]] = {}
        orders: dict[str, Order] = {}
        purchases: dict[str, Purchase] = {}
        for match in matches:
            names = by.setdefault(match.key, [])
            if match.by not in names:
                names.append(match.by)
            if match.purchase is not None:
                purchases[match.key] = match.purchase
            if match.order is not None:
                orders[match.key] = match.order
        for owner in await self._purchases.owners(orders.keys() - purchases.keys()):
            purchases[owner.order_id] = owner
        given = await self._deliveries.of(by)
        rows = {row.key: row for row in self._rows.joined(_told(orders, purchases), (), given)}
        rows |= {row.key: row for row in self._rows.joined((), purchases.values(), given)}
        return tuple(Hit(_without_tail(names), rows[key]) for key, names in by.items())

    async def _with_vendor(self, wanted: Wanted, matches: Matches) -> Matches:
        """Add what the vendor knows of a day, or of an id that the journal does not know."""
        if wanted.start is not None and wanted.end is not None:
            listed = await self._of_the_day(wanted.start, wanted.end)
            return Matches((*matches.found, *(Match("date", order=o) for o in listed)))
        order = await self._client.order(wanted.whole_id)
        return Matches((Match("order id", order=order), *matches.found), matches.more)

    async def _of_the_day(self, start: datetime, end: datetime) -> tuple[Order, ...]:
        last = end - timedelta(milliseconds=1)
        read = await listing.whole(
            lambda page: self._client.orders(
                page=page, page_size=listing.PAGE, start=start, end=last
            )
        )
        return read.items


def _worth_asking(wanted: Wanted, matches: Matches) -> bool:
    """Tell whether the vendor may know more than the journal."""
    if wanted.start is not None:
        return True
    return bool(wanted.whole_id) and not any(match.by in NAMES for match in matches.found)


def _told(orders: dict[str, Order], purchases: dict[str, Purchase]) -> tuple[Order, ...]:
    """Return the orders of other desks: of ours the journal's own word is the better one."""
    return tuple(order for key, order in orders.items() if key not in purchases)


def _without_tail(names: list[str]) -> tuple[str, ...]:
    """Leave out that the end of a whole id matches too."""
    whole = "order id" in names
    return tuple(name for name in names if not (whole and name == "last digits"))


def _fitting(hits: tuple[Hit, ...], wanted: Wanted) -> list[Hit]:
    """Return the hits of a day that have the words which were asked for beside it."""
    if not wanted.words:
        return list(hits)
    return [
        hit for hit in hits if any(note_words.matches(_words(hit.row), w) for w in wanted.words)
    ]


def _words(row: BoardOrder) -> str:
    return " ".join((row.product, row.denomination, row.note, row.operator, row.state))
