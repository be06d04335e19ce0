"""Figure 15: what the protocol adds to a purchase beyond the network's round trips."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from typing import Any, TypeVar

from services.desk.book_publisher import BookPublisher
from services.desk.figures import Figures
from services.domain.book import DeskInfo
from services.domain.models import Denomination, Product, Purchase
from services.domain.secrets import Secret
from services.journal.database import Journal
from services.journal.purchases import Purchases
from services.journal.transaction import JournalTransaction
from services.local_files.key_identity import KeyIdentities
from services.purchasing.buyer import Buyer
from services.purchasing.reconciler import Reconciler
from services.sandbox import DEMO_KEY
from services.settings.fields import PurchaseSettings
from services.system.clock import SystemClock
from services.vendor.client import VendorClient
from services.vendor.placement import Placement
from tests.bench.figures import Figure
from tests.bench.stage import Stage, stage
from tests.bench.tty.measures import percentile
from tests.bench.watched import WatchedClient

T = TypeVar("T")
PURCHASES = 100


def figures() -> Iterator[Figure]:
    """Measure them."""
    with stage() as on:
        added, commits = asyncio.run(purchases(on))
    note = f"median {percentile(added, 0.5):.1f} ms, {len(added)} purchases"
    yield Figure("15a", "added to a purchase: p95", 15, percentile(added, 0.95), "ms", note)
    note = f"p95 {percentile(commits, 0.95):.2f} ms, {len(commits)} commits"
    yield Figure("15b", "a commit, median", 2, percentile(commits, 0.5), "ms", note)


class Stopwatch:
    """Adds up the time during which at least one of several things is going on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._going = 0
        self._since = 0.0

    @contextmanager
    def on(self) -> Iterator[None]:
        """Count while the context lasts."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def start(self) -> None:
        """One more thing is going on."""
        if not self._going:
            self._since = time.perf_counter()
        self._going += 1

    def stop(self) -> None:
        """One thing less is going on."""
        self._going -= 1
        if not self._going:
            self.seconds += time.perf_counter() - self._since


class TimedClient(WatchedClient):
    """A client that knows how long the network kept it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.network = Stopwatch()

    def reading(self) -> AbstractContextManager[None]:
        """Count a read among what the network takes."""
        return self.network.on()

    async def place(
        self, *args: Any, sending: Callable[[], Awaitable[None]], **options: Any
    ) -> Placement:
        async def committing() -> None:
            self.network.stop()
            try:
                await sending()
            finally:
                self.network.start()

        with self.network.on():
            return await super().place(*args, sending=committing, **options)


class TimedJournal(Journal):
    """A journal that knows how long each commit took, in ms."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.commits: list[float] = []

    async def write(self, work: Callable[[JournalTransaction], T], *, answered: bool = False) -> T:
        began = time.perf_counter()
        try:
            return await super().write(work, answered=answered)
        finally:
            self.commits.append((time.perf_counter() - began) * 1000)


async def purchases(on: Stage) -> tuple[list[float], list[float]]:
    """Buy again and again; what each purchase took beyond the network, and each commit, in ms."""
    clock = SystemClock()
    identity = KeyIdentities(on.paths.state_dir / "keys", Secret(DEMO_KEY), on.url).load()
    assert identity is not None
    added: list[float] = []
    async with AsyncExitStack() as stack:
        client = TimedClient(on.url, Secret(DEMO_KEY), clock=clock)
        await stack.enter_async_context(client)
        journal = TimedJournal(on.paths.state_dir / identity.journal_name, clock, "bench")
        await journal.open(identity.account)
        journal.consoles.begin()
        stack.callback(journal.consoles.end)
        stack.push_async_callback(journal.close)
        store = Purchases(journal)
        reconciler = Reconciler(
            client,
            store,
            clock,
            exclusive=False,
            charged=False,
            settle_seconds=180,
            changed=_unseen,
        )
        buyer = Buyer(
            client,
            Figures(client, BookPublisher(DeskInfo("", "", "", ""), clock)),
            journal,
            store,
            reconciler,
            clock,
            PurchaseSettings(),
            "bench",
            _unseen,
            lambda: True,
        )
        product, denomination = await _something(client)
        for _ in range(PURCHASES):
            quote = await buyer.quote(product.id, denomination.id, 1)
            before, began = client.network.seconds, time.perf_counter()
            await buyer.buy(quote)
            took = time.perf_counter() - began
            added.append((took - (client.network.seconds - before)) * 1000)
    return added, journal.commits


async def _unseen(_: Purchase, __: object) -> None:
    return


async def _something(client: VendorClient) -> tuple[Product, Denomination]:
    for product in (await client.catalog()).products():
        for denomination in (await client.stock(product.id)).denominations:
            if denomination.quantity >= PURCHASES and denomination.price < 1_000:
                return product, denomination
    raise LookupError("the vendor has not enough of anything")
