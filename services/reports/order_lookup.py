"""Looking an order up: in the journal by every name it has, and at the vendor where that helps."""

import contextlib
from datetime import datetime, timedelta
from typing import Final

from services.domain.book import BoardOrder
from services.domain.errors import DeskError, NotFound
from services.domain.models import Catalog, Order, Purchase
from services.domain.phrase import plain
from services.domain.status_text import not_asked
from services.domain.typed import lookup, note_tokens
from services.domain.typed.lookup import LookupHit, LookupResult, LookupTerm
from services.journal import joint_reads
from services.journal.database import Journal
from services.journal.joint_reads import Owners
from services.journal.search import Match, Matches
from services.orders.board_rows import BoardRows
from services.orders.denomination_names import name_orders
from services.system.clock import Clock
from services.vendor.client import VendorClient

NAMES = frozenset({"order id", "purchase id", "key", "request id"})
MORE = (
    "There may be more of them: only the newest were looked through. Another word, more digits or "
    "a day narrows it down."
)


class Lookup:
    """Finds orders of one account.

    Args:
        client: reads of the vendor.
        journal: what is known of purchases and orders.
        rows: names of products and denominations.
        clock: what day it is.
        catalog: names of products, if they are known.
    """

    def __init__(
        self,
        client: VendorClient,
        journal: Journal,
        rows: BoardRows,
        clock: Clock,
        catalog: Catalog | None,
    ) -> None:
        self._client: Final = client
        self._journal: Final = journal
        self._rows: Final = rows
        self._clock: Final = clock
        rows.learn(catalog=catalog)

    async def find(self, text: str, *, ask: bool = True) -> LookupResult:
        """Look up what somebody typed.

        The vendor is asked for the orders of a day, and for an id that the journal does not know.
        When it cannot be asked, `said` says so and the hits are what the journal holds.

        Args:
            text: what was typed; see `lookup.read`.
            ask: ask the vendor where he may know more; else the answer is `partial` there.

        Raises:
            BadInput: nothing is asked for, or there is no such day.
            JournalFailed: the journal could not be read.
        """
        wanted = lookup.read(text, self._clock.now())
        matches, ours = await joint_reads.search(self._journal, wanted)
        said = [plain(MORE)] if matches.more else []
        worth_it, unasked = _worth_asking(wanted, matches), False
        if worth_it and ask:
            try:
                matches = await self._with_vendor(wanted, matches)
                ours = None
            except NotFound:
                pass
            except DeskError as error:
                unasked = True
                said.append(not_asked(error.failure))
        hits = await self.hits(matches.found, ours, ask=ask and not unasked)
        if wanted.start is not None:
            hits = tuple(sorted(_fitting(hits, wanted), key=lambda hit: hit.row.time, reverse=True))
        return LookupResult(wanted.text, hits, tuple(said), partial=worth_it and not ask)

    async def hits(
        self, matches: tuple[Match, ...], ours: Owners | None = None, *, ask: bool = False
    ) -> tuple[LookupHit, ...]:
        """Join matches of one order into one hit, in the order in which they came.

        Args:
            matches: what was found.
            ours: whose orders these are, if it was read together with them.
            ask: the vendor may be asked for the names of values that are not known.

        Raises:
            JournalFailed: the journal could not be read.
        """
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
        ours = ours or await joint_reads.owners(self._journal, by)
        purchases |= {owner.order_id: owner for owner in ours.purchases}
        if ask:
            others = [order for key, order in orders.items() if key not in purchases]
            with contextlib.suppress(DeskError):
                await name_orders(self._client, self._rows, others)
        rows = {
            r.row_id: r
            for r in self._rows.joined(_with_purchases(orders, purchases), (), ours.given)
        }
        rows |= {r.row_id: r for r in self._rows.joined((), purchases.values(), ours.given)}
        return tuple(LookupHit(_without_tail(names), rows[key]) for key, names in by.items())

    async def _with_vendor(self, wanted: LookupTerm, matches: Matches) -> Matches:
        """Add what the vendor knows of a day, or of an id that the journal does not know."""
        if wanted.start is not None and wanted.end is not None:
            listed = await self._of_the_day(wanted.start, wanted.end)
            return Matches((*matches.found, *(Match("date", order=o) for o in listed)))
        order = await self._client.order(wanted.whole_id)
        return Matches((Match("order id", order=order), *matches.found), matches.more)

    async def _of_the_day(self, start: datetime, end: datetime) -> tuple[Order, ...]:
        last = end - timedelta(milliseconds=1)
        return (await self._client.all_orders(start, last)).items


def _worth_asking(wanted: LookupTerm, matches: Matches) -> bool:
    """Tell whether the vendor may know more than the journal."""
    if wanted.start is not None:
        return True
    return bool(wanted.whole_id) and not any(match.by in NAMES for match in matches.found)


def _with_purchases(orders: dict[str, Order], purchases: dict[str, Purchase]) -> tuple[Order, ...]:
    """Return the orders of other desks: of ours the journal's own word is the better one."""
    return tuple(order for key, order in orders.items() if key not in purchases)


def _without_tail(names: list[str]) -> tuple[str, ...]:
    """Leave out that the end of a whole id matches too."""
    whole = "order id" in names
    return tuple(name for name in names if not (whole and name == "last digits"))


def _fitting(hits: tuple[LookupHit, ...], wanted: LookupTerm) -> list[LookupHit]:
    """Return the hits of a day that have the words which were asked for beside it."""
    if not wanted.words:
        return list(hits)
    return [
        hit for hit in hits if any(note_tokens.matches(_words(hit.row), w) for w in wanted.words)
    ]


def _words(row: BoardOrder) -> str:
    return " ".join((row.product_named, row.denomination, row.note, row.operator, row.state))
