"""`desk.watches`: goods that somebody wants to hear of, read in turn and shared by all consoles."""

import asyncio
from collections.abc import Iterable
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.desk.figures import Figures
from services.desk.opening import Opening
from services.domain.errors import AuthFailed, BadInput, DeskError, NotFound
from services.domain.models import Stock
from services.domain.text import NOTHING, SafeText, clean
from services.domain.watching import watch as rules
from services.domain.watching.watch import MOST_WATCHES, GoodsWatch, WatchedFor, WatchNews
from services.journal.transaction import JournalTransaction
from services.journal.watching import watches as kept
from services.system.clock import Clock
from services.system.tasks import sleep_unless

EVERY_SECONDS: Final = 60.0
"""How old a reading of a watched product gets before it is read again."""

APART_SECONDS: Final = 10.0
"""Between two readings of watched products: six of the key's requests a minute at most."""

MOST_NEWS: Final = 100


class DeskWatches:
    """Sets and keeps the watches; one console of the account reads what is watched.

    Args:
        opening: knows the account once it is open, in whose journal they are.
        keeper: the book, which holds them and what they said here.
        figures: reads the stock of a product.
    """

    def __init__(
        self, opening: Opening, keeper: BookPublisher, figures: Figures, clock: Clock
    ) -> None:
        self._opening: Final = opening
        self._keeper: Final = keeper
        self._figures: Final = figures
        self._clock: Final = clock
        self._asked: dict[str, float] = {}
        self._changed: Final = asyncio.Event()
        self._reading: Final = asyncio.Lock()
        self._seq: int | None = None

    async def listed(self) -> tuple[GoodsWatch, ...]:
        """Return all watches of the account, as the journal has them now; raises JournalFailed."""
        await self.catch_up()
        return self._keeper.book.watches

    async def known(self) -> tuple[GoodsWatch, ...]:
        """Return the watches as this desk knows them; raises JournalFailed the first time."""
        return await self.listed() if self._seq is None else self._keeper.book.watches

    async def add(
        self, stock: Stock, type_id: str, wants: WatchedFor, region: SafeText = NOTHING
    ) -> GoodsWatch:
        """Watch one value of a product, or all of them; a watch on the same goods is replaced.

        Args:
            stock: the product as it was read now: what it shows is no news later.
            type_id: the value; empty for all of them.
            wants: what is worth saying.
            region: the product's.

        Raises:
            BadInput: the product has no such value, there are too many watches, or it would never
                speak.
            JournalFailed: the journal could not take it.
        """
        value = stock.find(type_id) if type_id else None
        if type_id and value is None:
            raise BadInput("The product has no such value")
        now, who = self._opening.opened().journal.stamp()
        fresh = GoodsWatch(
            stock.product_id,
            type_id,
            stock.product_title,
            region,
            value.name if value else NOTHING,
            wants.checked(),
            now,
            clean(who),
        )
        watch, _ = rules.read(fresh, stock)

        def work(tx: JournalTransaction) -> None:
            others = [w for w in kept.listed(tx) if not w.is_on(watch.product_id, type_id)]
            if len(others) >= MOST_WATCHES:
                raise BadInput(
                    f"There are {MOST_WATCHES} watches, which is the most there can be",
                    advice="Take one off first: carddesk watch list shows them.",
                )
            kept.put(tx, watch)

        await self._opening.opened().journal.write(work)
        await self.catch_up()
        return watch

    async def remove(self, product_id: str, type_id: str) -> GoodsWatch | None:
        """Take a watch off; returns it, None where there was none. Raises JournalFailed."""
        journal = self._opening.opened().journal
        held = await journal.write(lambda tx: kept.remove(tx, product_id, type_id))
        await self.catch_up()
        return held

    async def catch_up(self) -> None:
        """Take over what is watched, and say what watches said since the last time.

        Raises:
            JournalFailed: the journal is not open, or cannot be read.
        """
        async with self._reading:
            seq, journal = self._seq, self._opening.opened().journal
            read = await journal.read(lambda tx: kept.after(tx, seq))
            self._seq = read.seq
            if read.watches != self._keeper.book.watches:
                self._keeper.publish(watches=read.watches)
                self._changed.set()
            self._say(read.news)

    async def run(self) -> None:
        """Read what is watched in turn while this console leads; raises AuthFailed."""
        account = self._opening.opened()
        account.board.follow(self.catch_up)
        await self.catch_up()
        while True:
            self._changed.clear()
            product_id, wait = self._next()
            if not product_id:
                await self._changed.wait()
            elif wait > 0:
                await sleep_unless(self._changed, self._clock, wait)
            elif not account.settling.leading:
                await self._clock.sleep(APART_SECONDS)
            else:
                await self._read(product_id)
                await self._clock.sleep(APART_SECONDS)

    async def _read(self, product_id: str) -> None:
        """Read a stock; what the watches make of it follows from the reading."""
        self._asked[product_id] = self._clock.steady()
        try:
            await self._figures.stock(product_id, background=True)
        except NotFound:
            await self._opening.opened().journal.write(lambda tx: kept.take_gone(tx, product_id))
            await self.catch_up()
        except AuthFailed:
            raise
        except DeskError:
            # What keeps the vendor from answering is on the screen already.
            return

    def _next(self) -> tuple[str, float]:
        """Return the watched product that was read longest ago, and the seconds until it is due."""
        ages = {
            watch.product_id: self._age(watch.product_id) for watch in self._keeper.book.watches
        }
        if not ages:
            return "", 0.0
        product_id = max(ages, key=lambda each: ages[each])
        return product_id, EVERY_SECONDS - ages[product_id]

    def _age(self, product_id: str) -> float:
        """Return how many seconds ago a product was read or asked for."""
        stock, never = self._keeper.book.stocks.get(product_id), float("inf")
        read = (self._clock.now() - stock.read_at).total_seconds() if stock else never
        asked = self._clock.steady() - self._asked.get(product_id, -never)
        return max(0.0, min(read, asked))

    def _say(self, news: Iterable[WatchNews]) -> None:
        said = tuple(news)
        for each in said:
            self._keeper.log(each.words)
        if said:
            shown = (*self._keeper.book.watch_news, *said)[-MOST_NEWS:]
            self._keeper.publish(watch_news=shown)
