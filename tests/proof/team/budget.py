"""Hosts that press hard on one key: what the vendor counts in a minute, and how long one buys."""

import asyncio
import contextlib
import random
import tempfile
import time
from collections import deque
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.errors import DeskError
from services.sandbox import Sandbox
from services.system.clock import SystemClock
from services.vendor.rate_limit import PER_MINUTE
from tests.journal.postgres.server import TestServer
from tests.proof.ground import Goods, desk_in, settings_for, stocked
from tests.proof.team import ground

HOSTS = 8
MINUTE = PER_MINUTE["production"]
LOOK = 0.05
"""Seconds between two looks at what the vendor has counted."""

PERSON_SECONDS = (6.0, 14.0)
"""How long a person waits between two reads."""

BETWEEN_PURCHASES = 30.0
BOUGHT_WITHIN = 5.0
"""Seconds, with all that is read before; the line is a loopback."""


class Tally(Struct):
    """What the vendor saw: all requests, those of the busiest minute; purchases, the slowest."""

    sent: int = 0
    most: int = 0
    bought: int = 0
    slowest: float = 0.0
    complaints: list[str] = []


async def run(seconds: float, away: tuple[float, float] | None = None) -> Tally:
    """Press for so long; between two times the journal's server is stopped."""
    tally = Tally()
    with (
        tempfile.TemporaryDirectory(prefix="carddesk-budget-") as folder,
        ground.running() as server,
    ):
        name = ground.empty_journal(server)
        async with (
            Sandbox(environment="PRODUCTION", moving=False, limit=MINUTE) as vendor,
            contextlib.AsyncExitStack() as stack,
        ):
            [goods] = stocked(vendor)
            desks = [
                await stack.enter_async_context(
                    _host(Path(folder) / f"host{n}", vendor, server, name)
                )
                for n in range(HOSTS)
            ]
            await desks[0].ready()
            work = [
                asyncio.ensure_future(each)
                for desk in desks
                for each in (_background(desk, goods), _person(desk))
            ]
            work.append(asyncio.ensure_future(_buys(desks[0], goods, tally)))
            if away is not None:
                work.append(asyncio.ensure_future(_restart(server, away)))
            await _count(vendor, seconds, tally)
            for each in work:
                each.cancel()
            for ended in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(ended, Exception):
                    tally.complaints.append(f"{type(ended).__name__}: {ended}")
    if tally.most > MINUTE:
        tally.complaints.append(f"{tally.most} requests in a minute, {MINUTE} are allowed")
    if tally.slowest > BOUGHT_WITHIN:
        tally.complaints.append(f"a purchase took {tally.slowest:.1f} s")
    if tally.sent < MINUTE // 2:
        tally.complaints.append(f"only {tally.sent} requests were sent: nothing was proved")
    if not tally.bought:
        tally.complaints.append("nothing was bought")
    return tally


def _host(home: Path, vendor: Sandbox, server: TestServer, name: str) -> Desk:
    base = settings_for(home, vendor.url)
    place = f"postgresql://postgres@127.0.0.1:{server.port}/{name}"
    settings = replace(
        base,
        profile=replace(base.profile, journal=place),
        net=replace(base.net, max_requests_per_minute=0),
    )
    return desk_in(home, settings, SystemClock())


async def _background(desk: Desk, goods: Goods) -> None:
    """Read as often as there are requests for it."""
    await desk.ready()
    desk.start()
    while True:
        with contextlib.suppress(DeskError):
            await desk.figures.stock(goods.product_id, background=True)


async def _person(desk: Desk) -> None:
    while True:
        await asyncio.sleep(random.uniform(*PERSON_SECONDS))
        with contextlib.suppress(DeskError):
            await desk.figures.balance()


async def _buys(desk: Desk, goods: Goods, tally: Tally) -> None:
    while True:
        began = time.monotonic()
        try:
            quote = await desk.quote(goods.product_id, goods.type_id, goods.quantity)
            await desk.buy(quote)
        except DeskError as failure:
            # Without the journal nothing is bought; the vendor takes every order.
            if not failure.code.startswith("JOURNAL"):
                tally.complaints.append(f"a purchase failed: {failure.sentence()}")
        else:
            tally.bought += 1
            tally.slowest = max(tally.slowest, time.monotonic() - began)
        await asyncio.sleep(BETWEEN_PURCHASES)


async def _restart(server: TestServer, away: tuple[float, float]) -> None:
    begins, ends = away
    await asyncio.sleep(begins)
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(ends - begins)
    await asyncio.to_thread(server.start)


async def _count(vendor: Sandbox, seconds: float, tally: Tally) -> None:
    """Look at the vendor's count all the time, and note the busiest minute."""
    seen: deque[tuple[float, int]] = deque()
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        seen.append((now, sum(vendor.requests.values())))
        while seen[0][0] < now - 60.0 + 2 * LOOK:
            seen.popleft()
        tally.most = max(tally.most, seen[-1][1] - seen[0][1])
        await asyncio.sleep(LOOK)
    tally.sent = sum(vendor.requests.values())
