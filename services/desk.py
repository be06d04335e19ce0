"""The desk: the one object that the console and the command line hold."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Container, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self, TypeVar

from services import export, listing
from services.attempts import Attempts
from services.background import Background
from services.book import BookKeeper
from services.book_models import BoardOrder, Book, DeskInfo
from services.breaker import Breaker
from services.catalog import CatalogCache
from services.client import VendorClient
from services.clock import Clock, SystemClock
from services.desk_handing import DeskHanding
from services.desk_support import DeskSupport
from services.errors import ConfigError, DeskError, JournalFailed, Refused
from services.handed import HandedFiles
from services.ledger_models import Ledger
from services.models import Balance, Card, Catalog, Check, KeyInfo, Order, Purchase, Quote, Stock
from services.opening import Opening
from services.paths import Paths
from services.pins import Pins
from services.secrets import Secret
from services.settings import Settings
from services.spending import Spending
from services.spending_reading import SpendingReader
from services.wording import counted

T = TypeVar("T")
DRAIN_MARGIN = 15.0


class Desk(DeskSupport, DeskHanding):
    """A desk at work: reads, purchases and the book of all it knows.

    Use it as an async context manager. Entering opens what is local and waits for no network;
    `start` begins the background work of a console, `ready` does what one command needs. Leaving
    waits for a purchase that is being sent.

    Args:
        settings: the chosen profile and limits.
        key: the API key.
        paths: where state and cache lie.
        operator: who works here, for the journal.
        read_only: refuse to buy whatever the key may do.
        clock: time.
    """

    def __init__(
        self,
        settings: Settings,
        key: Secret,
        paths: Paths,
        *,
        operator: str,
        read_only: bool = False,
        clock: Clock | None = None,
    ) -> None:
        profile = settings.profile
        self._settings: Final = settings
        self._clock = clock or SystemClock()
        keys = paths.state_dir / "keys"
        self._breaker: Final = Breaker(
            keys / f"{key.fingerprint()}.stop",
            self._clock,
            Attempts(keys / f"{Attempts.place(profile.base_url)}.attempts", self._clock),
            key.fingerprint(),
        )
        self._client = VendorClient(
            profile.base_url,
            key,
            clock=self._clock,
            breaker=self._breaker,
            max_requests_per_second=settings.net.max_requests_per_second,
            proxy=settings.net.proxy,
        )
        self._cache: Final = CatalogCache(
            paths.cache_dir / f"catalog-{profile.name}-{profile.environment}.json", self._clock
        )
        self._keeper = BookKeeper(
            DeskInfo(profile.name, profile.environment.upper(), operator, profile.base_url),
            self._clock,
        )
        self._opening = Opening(
            settings, key, paths, self._client, self._keeper, self._clock, operator, read_only
        )
        self._handed = HandedFiles(paths.state_dir)
        self._spending: Final = SpendingReader(self._clock, settings.purchase.max_day)
        self._background: Final = Background(
            self._opening,
            self._keeper,
            self._breaker,
            self._clock,
            self.catalog,
            self.balance,
            self.spending,
            self.handed,
        )
        self._exports: Final = paths.state_dir / "exports"
        self._pins: Final = Pins(paths.state_dir, profile.name)
        self._buying: set[asyncio.Task[Purchase]] = set()

    async def __aenter__(self) -> Self:
        cached = await asyncio.to_thread(self._cache.load)
        if cached is not None:
            self._keeper.publish(catalog=cached)
        try:
            self._keeper.publish(pins=await asyncio.to_thread(self._pins.load))
        except ConfigError as error:
            self._keeper.log(error.sentence(), "warning")
        # Without a journal there still is a desk to look at, and a book that says what is wrong.
        with contextlib.suppress(JournalFailed):
            await self._opening.remembered()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drain()
        await self._background.stop()
        if self._opening.account is not None:
            await self._opening.account.close()
        await self._client.aclose()
        self._keeper.close()

    @property
    def book(self) -> Book:
        """The current book."""
        return self._keeper.book

    def books(self) -> AsyncIterator[Book]:
        """Iterate over the current book and each newer one, latest wins, until the desk closes."""
        return self._keeper.books()

    def start(self) -> None:
        """Begin the work behind a console; every failure of it goes into the book."""
        self._background.start()

    def restart(self) -> None:
        """Begin anew what died or was stopped, because a person asked for it."""
        self._background.restart()

    def forgive_key(self) -> None:
        """Let calls pass again after a rejected key, because a person wants it tried once more."""
        self._breaker.reset()

    def refresh_orders(self) -> None:
        """Poll the orders now and start the interval again; a dead tracker is started."""
        self._background.refresh_orders()

    async def ready(self) -> KeyInfo:
        """Validate the key now, open the journal and recover what a dead process left.

        Raises:
            DeskError: the key, environment, address, network or journal is not fit for work.
        """
        info = await self._opening.confirmed()
        await self._opening.opened().recover()
        self._opening.judge()
        return info

    async def drain(self, seconds: float | None = None) -> None:
        """Take no more purchases and wait for those being sent.

        Args:
            seconds: how long at most; a little over the deadline of a purchase when None.
        """
        self._opening.leave()
        if self._buying:
            limit = seconds or self._settings.purchase.deadline_seconds + DRAIN_MARGIN
            await asyncio.wait(self._buying, timeout=limit)

    # Reads.

    async def catalog(self, refresh: bool = False) -> Catalog:
        """Return the catalogue, from the cache while it is young; raises DeskError."""
        cached = self.book.catalog or await asyncio.to_thread(self._cache.load)
        if not refresh and cached is not None and self._cache.fresh(cached):
            self._keeper.publish(catalog=cached)
            return cached
        self._keeper.publish(catalog_busy=True)
        try:
            catalog = await self._client.catalog()
        except DeskError as error:
            self._keeper.publish(catalog_error=error.sentence(), catalog_busy=False)
            raise
        await asyncio.to_thread(self._cache.save, catalog)
        self._keeper.publish(catalog=catalog, catalog_error="", catalog_busy=False)
        if (account := self._opening.account) is not None:
            account.rows.learn(catalog=catalog)
            account.publish()
        return catalog

    async def pin(self, product_id: str) -> bool:
        """Pin a product to the top of the catalogue, or take it down; returns whether it is pinned.

        Raises:
            DeskError: there are too many pins, or they cannot be kept.
        """
        pins = await asyncio.to_thread(self._pins.toggle, product_id)
        self._keeper.publish(pins=pins)
        return product_id in pins

    async def stock(self, product_id: str) -> Stock:
        """Return a product's denominations with price and stock, read now; raises DeskError."""
        stock = await self._client.stock(product_id)
        if (account := self._opening.account) is not None:
            account.rows.learn(stock=stock)
            account.publish()
        return stock

    async def balance(self) -> Balance:
        """Return the balance, read now; raises DeskError."""
        try:
            balance = await self._client.balance()
        except DeskError as error:
            self._keeper.publish(balance_error=error.sentence())
            raise
        self._keeper.publish(balance=balance, balance_error="")
        return balance

    async def ledger(self, start: datetime | None = None, end: datetime | None = None) -> Ledger:
        """Return the movements of a span of time, local today if none, matched; raises DeskError.

        What they are matched to: the vendor's orders of that span and the journal's purchases.
        """
        read = await self._opening.opened().ledger.read(start, end, self.book.catalog)
        self._spending.learn(read)
        return read

    async def spending(self) -> Spending:
        """Return what was spent today and this week, and put it into the book; raises DeskError."""
        read = await self._spending.read(self._opening.opened().journal)
        self._keeper.publish(spending=self.book.spending if self.book.spending == read else read)
        return read

    async def list_orders(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[BoardOrder, ...]:
        """Return the orders of a span of time, joined with the journal; raises DeskError."""
        account = self._opening.opened()
        begin = start or self._clock.now() - timedelta(hours=self._settings.board.hours)
        orders = await listing.whole(
            lambda page: self._client.orders(
                page=page, page_size=listing.PAGE, start=begin, end=end
            )
        )
        account.rows.learn(catalog=self.book.catalog)
        owners = await account.purchases.owners(order.id for order in orders.items)
        given = await account.deliveries.of(order.id for order in orders.items)
        return account.rows.joined(orders.items, owners, given)

    async def read_orders(self) -> None:
        """Read what the account's list says since the last reading, and keep it; raises DeskError.

        Without it `unclaimed` tells what was known then.
        """
        account = self._opening.opened()
        account.rows.learn(catalog=self.book.catalog)
        await account.tracker.read()

    async def order(self, order_id: str) -> Order:
        """Return one order, read now, without its cards; raises DeskError."""
        return await self._client.order(order_id)

    async def health(self) -> tuple[str, timedelta | None]:
        """Return what `/ping` says of the API, and the vendor's clock minus ours."""
        health = await self._client.ping()
        return health.api, self._client.server_offset

    # Buying.

    async def quote(
        self,
        product_id: str,
        type_id: str,
        quantity: int,
        *,
        previous: Quote | None = None,
        report: Callable[[Check], None] | None = None,
    ) -> Quote:
        """Verify stock, limits and balance and say what it costs; see `Purchasing.quote`."""
        account = self._opening.may_buy()
        if not account.settled:
            await account.settle_first()
        return await account.buyer().quote(
            product_id, type_id, quantity, previous=previous, report=report
        )

    async def buy(
        self,
        quote: Quote,
        *,
        note: str = "",
        idempotency_key: str = "",
        report: Callable[[Check], None] | None = None,
    ) -> Purchase:
        """Carry out a confirmed quote; see `Purchasing.buy`.

        The purchase goes on and is journalled even when the caller is cancelled.
        """
        account = self._opening.may_buy()
        task = asyncio.get_running_loop().create_task(
            account.buyer().buy(quote, note=note, key=idempotency_key, report=report),
            name="purchase",
        )
        self._buying.add(task)
        task.add_done_callback(self._bought)
        return await asyncio.shield(task)

    async def wait_final(self, purchase_id: str, seconds: float) -> Purchase:
        """Follow a purchase until it is final or needs a person, at most that many seconds.

        Raises:
            DeskError: the journal failed, or the key was rejected.
        """
        return await self._opening.opened().follow_up.wait_final(purchase_id, seconds)

    # Orders and purchases.

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
        await self.record("reveal", order_id, which)
        cards = (await self._client.order(order_id, cards=True)).cards
        if index is None:
            return cards
        if not 0 <= index < len(cards):
            raise Refused("The order has no such card", code="NO_CARD")
        return (cards[index],)

    async def record(self, kind: str, order_id: str, detail: str) -> None:
        """Write into the event log what is about to be done with an order; raises JournalFailed."""
        await self._opening.opened().purchases.record(kind, order_id, detail)

    async def export(
        self,
        name: str,
        rows: Sequence[Mapping[str, object]],
        kind: str = "csv",
        path: Path | None = None,
        exact: Container[str] = (),
    ) -> Path:
        """Write what is listed into a new file for this user alone; recorded before it happens.

        Args:
            name: what is listed.
            rows: each with the same columns, without codes.
            kind: `csv` or `json`.
            path: where; a new file in the desk's own folder of exports if None.
            exact: columns of codes, of which every sign is kept.

        Raises:
            DeskError: the journal cannot record it, or the file cannot be written.
        """
        where = path or export.fresh(self._exports, name, kind, self._clock.now())
        await self.record("export", "", f"{counted(len(rows), 'row')} of {name}")
        return await asyncio.to_thread(export.write, where, rows, kind, exact)

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
            await self.record("export", order_id, f"all cards, into {where}")
        return {name: (await self._client.order(name, cards=True)).cards for name in order_ids}

    def _bought(self, task: asyncio.Task[Purchase]) -> None:
        self._buying.discard(task)
        if task.cancelled():
            return
        # Whoever asked may be gone by now; the log pane is still there.
        if isinstance(failure := task.exception(), DeskError):
            self._keeper.log(failure.sentence(), "error")
        self._background.refresh_balance()
