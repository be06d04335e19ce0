"""How many requests following and buying cost the vendor: exact counts."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services import sandbox
from services.domain.book import PollState
from services.domain.models import Order
from services.domain.secrets import Secret
from services.orders.denomination_names import PAUSE_SECONDS
from services.orders.tracker import Tracker
from services.sandbox import Sandbox
from services.vendor.client import VendorClient
from services.vendor.rate_limit import PER_MINUTE, Priority, RateLimit, priority
from tests.bench import seed
from tests.conftest import LeapingClock, VendorClock


async def unseen(_: tuple[Order, ...]) -> None:
    return


def untold(_: PollState) -> None:
    return


@asynccontextmanager
async def following(
    count: int, folder: Path, clock: LeapingClock, rate: float = 0
) -> AsyncIterator[tuple[Sandbox, VendorClient, Tracker]]:
    """A vendor with so many open orders, and a tracker that has read them once."""
    seed.keep(folder / "vendor.json", seed.records(count, still_open=True, now=clock.now()))
    async with (
        Sandbox(state_path=folder / "vendor.json", clock=VendorClock(clock)) as box,
        VendorClient(
            box.url,
            Secret(sandbox.DEMO_KEY),
            clock=clock,
            limit=RateLimit(None, clock, per_second=rate),
        ) as client,
    ):
        tracker = Tracker(
            client,
            clock,
            interval=6,
            hours=24,
            found=unseen,
            state=untold,
            rng=random.Random(1),
        )
        await tracker.tick()
        clock.advance(120)
        yield box, client, tracker


@pytest.mark.parametrize(("count", "requests"), [(1, 1), (100, 1), (1_000, 10), (1_001, 11)])
async def test_a_tick_lists_a_hundred_open_orders_a_request(
    count: int, requests: int, tmp_path: Path, leaping: LeapingClock
) -> None:
    async with following(count, tmp_path, leaping) as (box, _, tracker):
        before = sum(box.requests.values())
        await tracker.tick()
        assert sum(box.requests.values()) - before == requests
        assert len(tracker._orders.open) == count


async def test_a_tick_of_many_pages_takes_its_time_instead_of_the_vendors(
    tmp_path: Path, leaping: LeapingClock
) -> None:
    async with following(1_001, tmp_path, leaping, rate=5) as (_, client, tracker):
        times: list[float] = []
        read = client.orders

        async def stamped(**options: Any) -> Any:
            page = await read(**options)
            times.append(leaping.steady())
            return page

        client.orders = stamped  # type: ignore[method-assign]
        with priority(Priority.BACKGROUND):
            await tracker.tick()
    assert len(times) == 11
    assert max(sum(start <= at < start + 1 for at in times) for start in times) <= 5


def test_names_leave_half_of_the_requests_of_a_minute() -> None:
    assert min(PER_MINUTE.values()) >= 2 * 60 / PAUSE_SECONDS


async def test_a_purchase_costs_four_reads_and_one_post(
    open_desk: Callable[..., Any], market: Sandbox, pick: Callable[..., Any]
) -> None:
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        before = market.requests.copy()
        await desk.buy(quote)
        assert market.requests - before == {
            ("GET", "checkProduct"): 1,
            ("GET", "balance"): 1,
            ("GET", "list"): 1,
            ("GET", "transactions"): 1,
            ("POST", "placeOrder"): 1,
        }
