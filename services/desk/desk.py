"""The desk: the one object that the console and the command line hold."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Self

from services.desk.background_tasks import Background
from services.desk.book_publisher import BookPublisher
from services.desk.catalog import DeskCatalog
from services.desk.figures import Figures
from services.desk.journal import DeskJournal
from services.desk.journal_place import operator_of
from services.desk.money import DeskMoney
from services.desk.opening import Opening
from services.desk.orders import DeskOrders
from services.desk.receipts import DeskReceipts
from services.desk.settlement import DeskSettlement
from services.domain.book import Book, DeskInfo, LinkState
from services.domain.errors import FOREIGN_CURRENCY, DeskError, JournalFailed, Refused
from services.domain.models import Check, KeyInfo, Purchase, Quote, Stock
from services.domain.money import DINARS
from services.domain.secrets import Secret
from services.domain.status_text import link_words
from services.domain.text import NOTHING
from services.local_files.catalog_cache import CatalogCache, ValueNames
from services.local_files.pinned_products import PinnedProducts
from services.local_files.receipt_files import ReceiptFiles
from services.reports.spending_reader import SpendingReader
from services.settings.load import Settings
from services.system.clock import Clock, CorrectedClock, SystemClock
from services.system.paths import Paths
from services.system.route import Route
from services.vendor.circuit_breaker import CircuitBreaker
from services.vendor.client import VendorClient
from services.vendor.items import BadItems
from services.vendor.link import Link
from services.vendor.rate_limit import PER_MINUTE, RateLimit

if TYPE_CHECKING:
    from services.desk.diagnostics import DeskHealth
    from services.desk.exports import DeskExports
    from services.desk.purchase_list import DeskPurchaseList
    from services.desk.shop.cases import DeskCases
    from services.desk.shop.sales import DeskSales
    from services.desk.shop.shift import DeskShift
    from services.desk.support import DeskSupport
    from services.desk.team.approvals import DeskApprovals
    from services.desk.team.limits import DeskLimits
    from services.desk.team.shared_keys import SharedKeys
    from services.desk.watching.calls import DeskCalls
    from services.desk.watching.price_history import DeskPriceHistory
    from services.desk.watching.watches import DeskWatches

DRAIN_MARGIN = 15.0


class Desk:
    """A desk at work: the book of all it knows, purchases, and its parts.

    Use it as an async context manager. Entering opens what is local and waits for no network;
    `start` begins the background work of a console, `ready` does what one command needs. Leaving
    waits for a purchase that is being sent.

    Args:
        settings: the chosen profile and limits.
        paths: where state and cache lie.
        operator: who works here, for the journal; on a server it is the login.
        read_only: refuse to buy whatever the key may do.
        route: the proxy and the certificates to go by; None for neither.

    Attributes:
        catalog: the catalogue and its pins.
        journal: purchases and the event log.
        orders: the account's orders and their cards.
        settlement: what a person decides about unresolved purchases.
        money: what was spent, and the ledger.
        receipts: files with cards for customers.
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
        route: Route | None = None,
    ) -> None:
        profile = settings.profile
        operator = operator_of(profile, operator)
        self._settings: Final = settings
        self._paths: Final = paths
        self._read_only: Final = read_only
        clock = clock or SystemClock()
        # Hosts that share a journal go by one clock, its server's.
        self._clock = clock = CorrectedClock(clock) if settings.profile.journal else clock
        keys, name = paths.state_dir / "keys", f"{profile.name}-{profile.environment}.json"
        self._breaker: Final = CircuitBreaker(
            keys / CircuitBreaker.place(profile.base_url),
            clock,
            key.fingerprint(),
            self._shared_keys(key) if profile.journal else None,
        )
        self._keeper: Final = BookPublisher(
            DeskInfo(
                profile.name,
                profile.environment.upper(),
                operator,
                profile.base_url,
                route=route.words() if route else NOTHING,
            ),
            clock,
        )
        link = Link(clock, self._link_changed)
        self._bad_items: Final = BadItems(lambda said: self._keeper.log(said, "warning"))
        self._client = VendorClient(
            profile.base_url,
            key,
            clock=clock,
            breaker=self._breaker,
            limit=RateLimit(
                keys / f"{key.fingerprint()}.rate",
                clock,
                settings.net.max_requests_per_minute or PER_MINUTE[profile.environment],
                settings.net.max_requests_per_second,
                link,
            ),
            link=link,
            route=route,
            bad_items=self._bad_items,
            stock_read=self._stock_read,
        )
        self._opening = Opening(
            settings, key, paths, self._client, self._keeper, clock, operator, read_only
        )
        self.catalog: Final = DeskCatalog(
            self._opening,
            self._client,
            self._keeper,
            CatalogCache(paths.cache_dir / f"catalog-{name}", clock),
            ValueNames(paths.cache_dir / f"values-{name}", settings.names),
            PinnedProducts(paths.state_dir, profile.name),
        )
        self.figures: Final = Figures(self._client, self._keeper)
        self.journal: Final = DeskJournal(self._opening, clock)
        self.orders: Final = DeskOrders(
            self._opening, self._client, self._keeper, clock, settings.board.hours
        )
        self.settlement: Final = DeskSettlement(self._opening, self._client)
        spent = SpendingReader(
            clock, settings.purchase.max_day, charged=profile.environment == "production"
        )
        self.money: Final = DeskMoney(self._opening, self._keeper, spent)
        files = ReceiptFiles(paths.state_dir)
        self.receipts: Final = DeskReceipts(
            self.journal, self.orders, files, self._keeper, clock, settings.ui.print_command
        )
        self._background: Final = Background(
            self._opening,
            self._keeper,
            self._breaker,
            clock,
            self.catalog.read,
            self.figures.balance,
            self.figures.stock,
            self.money.figures,
            self.receipts.listed,
            {
                # Loaded then.
                "Keeping prices": lambda: self.price_history.run(),  # noqa: PLW0108
                "Watching": lambda: self.watches.run(),  # noqa: PLW0108
            },
        )
        self._buying: set[asyncio.Task[Purchase]] = set()

    def _shared_keys(self, key: Secret) -> "SharedKeys":
        """Return what the hosts of a team know together of the key."""
        from services.desk.team.shared_keys import SharedKeys

        def heard() -> int:
            account = self._opening.account
            return 0 if account is None else account.journal.consoles.rejections

        return SharedKeys(self._settings.profile, self._paths, key.fingerprint(), heard)

    # What no first screen draws is loaded when it is asked for.

    @cached_property
    def support(self) -> "DeskSupport":
        """What answers a customer who comes back."""
        from services.desk.support import DeskSupport

        return DeskSupport(self._opening, self._client, self._keeper, self._clock)

    @cached_property
    def exports(self) -> "DeskExports":
        """What writes lists into files."""
        from services.desk.exports import DeskExports

        folder = self._paths.state_dir / "exports"
        return DeskExports(self.journal, folder, self._settings.export, self._clock)

    @cached_property
    def calls(self) -> "DeskCalls":
        """What calls somebody who is not at the terminal."""
        from services.desk.watching.calls import DeskCalls

        return DeskCalls(self._opening, self._keeper, self._clock)

    @cached_property
    def price_history(self) -> "DeskPriceHistory":
        """What keeps the prices and the stock that were seen."""
        from services.desk.watching.price_history import DeskPriceHistory

        return DeskPriceHistory(self._opening, self._keeper, self.watches, self._clock)

    @cached_property
    def watches(self) -> "DeskWatches":
        """What keeps the goods that somebody wants to hear of."""
        from services.desk.watching.watches import DeskWatches

        return DeskWatches(self._opening, self._keeper, self.figures, self._clock)

    @cached_property
    def purchase_list(self) -> "DeskPurchaseList":
        """What checks many purchases from a file."""
        from services.desk.purchase_list import DeskPurchaseList

        limits = self._settings.purchase
        return DeskPurchaseList(
            self._opening, self.catalog, self.figures, self.money, limits, self._clock
        )

    @cached_property
    def limits(self) -> "DeskLimits":
        """What is kept in the journal of what may be spent."""
        from services.desk.team.limits import DeskLimits

        off = self._read_only or self._settings.profile.read_only
        return DeskLimits(self._opening, read_only=off)

    @cached_property
    def approvals(self) -> "DeskApprovals":
        """What approves purchases that others ask for."""
        from services.desk.team.approvals import DeskApprovals

        return DeskApprovals(self._opening, self._own)

    @cached_property
    def shift(self) -> "DeskShift":
        """What reports what was sold since the last closing, and closes."""
        from services.desk.shop.shift import DeskShift

        return DeskShift(self._opening, self._keeper, self.figures, self._clock)

    @cached_property
    def sales(self) -> "DeskSales":
        """What sells several lines to one customer."""
        from services.desk.shop.sales import DeskSales

        return DeskSales(
            self,
            self._opening,
            self._keeper,
            self.purchase_list,
            self._settings.purchase,
            self._clock,
        )

    @cached_property
    def cases(self) -> "DeskCases":
        """What keeps the cards that do not work."""
        from services.desk.shop.cases import DeskCases

        return DeskCases(self._opening, self._client, self._clock)

    @cached_property
    def health(self) -> "DeskHealth":
        """What the vendor's API answers, examined."""
        from services.desk.diagnostics import DeskHealth

        return DeskHealth(self._client, self.catalog, self.figures, self._keeper, self._bad_items)

    async def __aenter__(self) -> Self:
        await self.catalog.open()
        # Without a journal there still is a desk to look at, and a book that says what is wrong.
        with contextlib.suppress(JournalFailed):
            await self._opening.remembered()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drain()
        await self._background.stop()
        if "price_history" in vars(self):
            with contextlib.suppress(DeskError):
                await self.price_history.keep()
        await self.catalog.close()
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

    def forgive_key(self) -> None:
        """Let calls pass again after a rejected key, because a person wants it tried once more."""
        self._client.try_proxy_again()
        self._breaker.reset()

    def refresh_orders(self) -> None:
        """Poll the orders now and start the interval again; a dead tracker is started."""
        self._client.try_proxy_again()
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

    async def drain(self) -> None:
        """Take no more purchases and wait for those being sent, a little over their deadline."""
        self._opening.leave()
        if self._buying:
            limit = self._settings.purchase.deadline_seconds + DRAIN_MARGIN
            await asyncio.wait(self._buying, timeout=limit)

    async def quote(
        self,
        product_id: str,
        type_id: str,
        quantity: int,
        *,
        previous: Quote | None = None,
        report: Callable[[Check], None] | None = None,
    ) -> Quote:
        """Verify stock, limits and balance and say what it costs; see `Buyer.quote`."""
        account = self._opening.may_buy()
        listed = self.book.catalog and self.book.catalog.find(product_id)
        if listed and listed.currency:
            words = f"This product is listed in {listed.currency}"
            raise Refused(words, advice=DINARS, code=FOREIGN_CURRENCY)
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
        price: Decimal | None = None,
        idempotency_key: str = "",
        report: Callable[[Check], None] | None = None,
    ) -> Purchase:
        """Carry out a confirmed quote; see `Buyer.buy`.

        The purchase goes on and is journalled even when the caller is cancelled.
        """
        buyer = self._opening.may_buy().buyer()
        return await self._own(
            buyer.buy(quote, note=note, price=price, key=idempotency_key, report=report),
            quote.product_id,
        )

    async def _own(self, work: Coroutine[Any, Any, Purchase], product_id: str) -> Purchase:
        """Carry a purchase out in a task that outlives who asked for it."""
        task = asyncio.get_running_loop().create_task(work, name="purchase")
        self._buying.add(task)
        task.add_done_callback(partial(self._bought, product_id))
        return await asyncio.shield(task)

    async def wait_final(self, purchase_id: str, seconds: float) -> Purchase:
        """Follow a purchase until it is final or needs a person, at most that many seconds.

        Raises:
            DeskError: the journal failed, or the key was rejected.
        """
        return await self._opening.opened().wait_final(purchase_id, seconds)

    def _stock_read(self, stock: Stock) -> None:
        self.catalog.learn(stock)
        self.price_history.take(stock)

    def _link_changed(self, link: LinkState) -> None:
        before = self.book.link
        self._keeper.publish(link=link)
        held, silent = link.held_until, link.silent_since
        if (silent and not before.silent_since) or (held and not before.held_until):
            self._keeper.log(link_words(link, self._clock.now()), "warning")

    def _bought(self, product_id: str, task: asyncio.Task[Purchase]) -> None:
        self._buying.discard(task)
        if task.cancelled():
            return
        # Who asked may be gone by now; the log pane is still there.
        if isinstance(failure := task.exception(), DeskError):
            self._keeper.log(failure.failure.sentence(), _level(failure))
        self._background.refresh_figures(product_id)


def _level(failure: DeskError) -> str:
    """Return how a purchase that was not made is logged: what the operator decides is no error."""
    if failure.code == "REQUOTE":
        return "info"
    return "warning" if isinstance(failure, Refused) else "error"
