"""`desk.price_history`: what every reading of a stock showed, kept where it changed."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.desk.watching.watches import DeskWatches
from services.domain.errors import DeskError
from services.domain.models import Stock
from services.domain.watching.price_history import NO_HISTORY, PriceHistory, SeenPrice, is_news
from services.domain.watching.watch import changes
from services.journal.transaction import JournalTransaction
from services.journal.watching import prices_seen, watches
from services.system.clock import Clock

REST_SECONDS: Final = 2.0
"""A reading is kept so long after it came: what a person waits for goes first."""

LONGEST_PURCHASE: Final = 60
"""While a purchase is sent nothing is kept, for so many rests at most."""


class DeskPriceHistory:
    """Keeps prices and stock after what a person waits for; where it cannot, nothing is said.

    Args:
        opening: knows the account once it is open, in whose journal they are kept.
        keeper: the book, which holds the history of the products whose stock was read.
        watches: what is watched takes every reading, too.
    """

    def __init__(
        self, opening: Opening, keeper: BookPublisher, watches: DeskWatches, clock: Clock
    ) -> None:
        self._opening: Final = opening
        self._watches: Final = watches
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._read: dict[str, Stock] = {}
        self._news: Final = asyncio.Event()

    def take(self, stock: Stock) -> None:
        """Take a reading; what it shows is kept soon."""
        known = self._read.get(stock.product_id)
        if known is None or known.read_at <= stock.read_at:
            self._read[stock.product_id] = stock
            self._news.set()

    async def run(self) -> None:
        """Show what is known of each product that is read, and keep what changed, for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            with suppress(DeskError):
                await self._show_known()
                await self._clock.sleep(REST_SECONDS)
                for _ in range(LONGEST_PURCHASE):
                    if not self._keeper.book.in_flight:
                        break
                    await self._clock.sleep(REST_SECONDS)
                await self.keep()

    async def keep(self) -> None:
        """Write what changed in the readings since the last time; raises JournalFailed.

        In the same transaction the watches take the readings.
        """
        account, read = self._opening.account, self._read
        if account is None or not account.journal.can_write:
            return
        self._read = {}
        shown, watched = self._keeper.book.histories, await self._watches.known()
        news = [s for s in read.values() if _is_news(shown, s) or changes(watched, s)]
        if not news:
            return

        def work(tx: JournalTransaction) -> dict[str, PriceHistory]:
            for stock in news:
                prices_seen.keep(tx, stock)
                watches.take(tx, stock)
            return {each.product_id: prices_seen.history(tx, each.product_id) for each in news}

        self._show(await account.journal.write(work))
        if any(changes(watched, stock) for stock in news):
            await self._watches.catch_up()

    async def since(self, start: datetime, product_id: str = "") -> tuple[SeenPrice, ...]:
        """Return what was seen since a time (UTC), of one product or of all.

        Raises:
            JournalFailed: the journal is not open, or cannot be read.
        """
        journal = self._opening.opened().journal
        return await journal.read(lambda tx: prices_seen.seen_since(tx, start, product_id))

    async def _show_known(self) -> None:
        account, shown = self._opening.account, self._keeper.book.histories
        fresh = [product_id for product_id in self._read if product_id not in shown]
        if account is None or not fresh:
            return

        def work(tx: JournalTransaction) -> dict[str, PriceHistory]:
            return {product_id: prices_seen.history(tx, product_id) for product_id in fresh}

        self._show(await account.journal.read(work))

    def _show(self, histories: Mapping[str, PriceHistory]) -> None:
        self._keeper.publish(histories={**self._keeper.book.histories, **histories})


def _is_news(shown: Mapping[str, PriceHistory], stock: Stock) -> bool:
    return is_news(shown.get(stock.product_id, NO_HISTORY), stock)
