"""Figures 12-14: the requests, the CPU and the delay of following open orders."""

import asyncio
import random
import re
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from services.domain.book import PollState
from services.domain.models import Order
from services.domain.secrets import Secret
from services.orders.tracker import Tracker
from services.sandbox import DEMO_KEY, Sandbox
from services.sandbox.state import OrderRecord
from services.system.clock import SystemClock
from services.vendor.rate_limit import RateLimit
from tests.bench import seed
from tests.bench.figures import Figure
from tests.bench.stage import LIVE, stage
from tests.bench.tty import measures
from tests.bench.watched import WatchedClient

ALLOWED = {1: 1, 100: 1, 1_000: 11, 10_000: 101}
RATE = 5.0
INTERVAL = 6.0
FOLLOW_SECONDS = 36.0
DELAYED_ORDERS = 200
SECOND = 0.99
"""A little less than a second, because a task wakes a little after its turn."""
LOOK = 0.02
"""Seconds between two looks at the screen."""


def figures() -> Iterator[Figure]:
    """Measure them."""
    fastest = 0
    for count, allowed in ALLOWED.items():
        requests, fastest = asyncio.run(counted(count))
        yield Figure(
            "12", f"requests a tick for {count:,} open orders", allowed, requests, "requests"
        )
    yield Figure("12", "... most of them in one second", RATE, fastest, "requests")
    yield cpu()
    yield delay()


class HastyClock(SystemClock):
    """A clock whose sleepers do not wait but take note of how long they would have."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def steady(self) -> float:
        return time.monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        self._skipped += max(0.0, seconds)
        await asyncio.sleep(0)


class StampingClient(WatchedClient):
    """A client that notes when each of its reads left."""

    def __init__(self, url: str, clock: SystemClock, rate: float) -> None:
        limit = RateLimit(None, clock, per_second=rate)
        super().__init__(url, Secret(DEMO_KEY), clock=clock, limit=limit)
        self.sent: list[float] = []
        self._now = clock.steady

    def reading(self) -> AbstractContextManager[None]:
        """Note when a read leaves."""
        self.sent.append(self._now())
        return nullcontext()


async def counted(count: int) -> tuple[int, int]:
    """Let a tracker that follows so many orders tick; its requests, and the most in one second."""
    orders = seed.records(count, still_open=True)
    clock = HastyClock()
    async with tracking(orders, clock, RATE) as (sandbox, client, tracker):
        await tracker.tick()  # the first one reads everything
        await clock.sleep(2 * 60)
        before, first = sum(sandbox.requests.values()), len(client.sent)
        await tracker.tick()
        requests, times = sum(sandbox.requests.values()) - before, client.sent[first:]
    fastest = max(sum(start <= at < start + SECOND for at in times) for start in times)
    return requests, fastest


@asynccontextmanager
async def tracking(
    orders: Sequence[OrderRecord], clock: SystemClock, rate: float
) -> AsyncIterator[tuple[Sandbox, "StampingClient", Tracker]]:
    """Serve these orders and give a tracker that knows them."""
    with TemporaryDirectory(prefix="carddesk-bench-") as folder:
        state = Path(folder) / "vendor.json"
        seed.keep(state, orders)
        async with (
            Sandbox(state_path=state, clock=clock) as sandbox,
            StampingClient(sandbox.url, clock, rate) as client,
        ):
            tracker = Tracker(
                client, clock, interval=INTERVAL, hours=24, found=_unseen, state=_untold
            )
            yield sandbox, client, tracker


async def _unseen(_: tuple[Order, ...]) -> None:
    return


def _untold(_: PollState) -> None:
    return


def cpu() -> Figure:
    """Let a console follow 1,000 open orders."""
    # Orders of the last minute: older ones are asked about less often.
    with stage(seed.records(1_000, still_open=True, span=20)) as on:
        session, _ = measures.start(on.console(ready=LIVE))
        with session:
            session.rest(10)
            cost = measures.idle(session, FOLLOW_SECONDS)
    return Figure("13", "following 1,000 open orders every 6 s: CPU", 2, cost.cpu_pct, "%")


def delay() -> Figure:
    """Let the vendor finish orders at moments of its own; how long until a console shows it.

    The status bar counts the open orders: when it has fallen by n, the n-th end is on the screen.
    """
    chance = random.Random(7)
    orders = seed.records(DELAYED_ORDERS, still_open=True, span=5)
    for order in orders:
        order.ends_at = datetime.now(UTC) + timedelta(seconds=chance.uniform(15, 50))
    ends = sorted(order.ends_at.timestamp() for order in orders)
    late: list[float] = []
    with stage(orders) as on:
        session, _ = measures.start(on.console(ready=LIVE))
        with session:
            give_up = time.time() + 90
            while len(late) < DELAYED_ORDERS and time.time() < give_up:
                session.rest(LOOK)
                found = re.search(r"(\d+) open", session.term.text())
                ended = DELAYED_ORDERS - int(found[1]) if found else 0
                late += [time.time() - end for end in ends[len(late) : ended]]
    p95 = measures.percentile(late, 0.95)
    note = f"median {statistics.median(late):.2f} s, {len(late)} of {DELAYED_ORDERS} seen"
    return Figure(
        "14", "final at the vendor, then on the screen: p95", INTERVAL + 0.15, p95, "s", note
    )
