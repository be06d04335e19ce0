"""Following open orders: what it costs the vendor, how soon it tells, and how it fails."""

import asyncio
import itertools
import random
from datetime import timedelta

import pytest

from services import sandbox
from services.domain.book import PollState
from services.domain.errors import AuthFailed
from services.domain.models import Order
from services.domain.secrets import Secret
from services.orders.tracker import Tracker
from services.sandbox import Fault, Sandbox
from services.vendor.client import VendorClient
from tests.conftest import LeapingClock, VendorClock


class Follower:
    """A tracker on a real client, with what it reported."""

    def __init__(self, box: Sandbox, clock: LeapingClock, key: str = sandbox.DEMO_KEY) -> None:
        self.received: list[Order] = []
        self.states: list[PollState] = []
        self.ticked = asyncio.Event()
        self.client = VendorClient(box.url, Secret(key), clock=clock)
        self.tracker = Tracker(
            self.client,
            clock,
            interval=6,
            hours=24,
            found=self.found,
            state=self.state,
            rng=random.Random(1),
        )

    def state(self, state: PollState) -> None:
        self.states.append(state)
        self.ticked.set()

    async def found(self, orders: tuple[Order, ...]) -> None:
        self.received.extend(orders)


@pytest.fixture
async def slow_market(leaping):
    async with Sandbox(
        clock=VendorClock(leaping), moving=False, handling_seconds=(10_000, 10_001)
    ) as box:
        yield box


@pytest.fixture
async def follower(slow_market, leaping):
    follower = Follower(slow_market, leaping)
    yield follower
    await follower.client.aclose()


def a_denomination(box: Sandbox) -> tuple[str, str]:
    return next(
        (product.id, denomination.id)
        for product in box.products
        for denomination in product.types
        if product.enabled and denomination.stock > 0
    )


@pytest.mark.parametrize(("orders", "requests"), [(1, 1), (100, 1), (101, 2), (250, 3)])
async def test_a_tick_costs_one_request_for_each_hundred_open_orders(
    slow_market, leaping, follower, orders, requests
):
    place = a_denomination(slow_market)
    slow_market.set_stock(place[1], 1_000)
    for _ in range(orders):
        slow_market.foreign_order(*place, 1)
    await follower.tracker.tick()
    leaping.advance(6)
    before = slow_market.requests["GET", "list"]
    await follower.tracker.tick()
    assert slow_market.requests["GET", "list"] - before == requests
    assert len(follower.tracker._orders.open) == orders
    assert slow_market.requests["GET", "checkOrder"] == 0


async def test_only_what_changed_is_announced(slow_market, leaping, follower):
    place = a_denomination(slow_market)
    first = slow_market.foreign_order(*place, 1)
    second = slow_market.foreign_order(*place, 2)
    await follower.tracker.tick()
    assert {order.id for order in follower.received} == {first, second}
    follower.received.clear()
    leaping.advance(6)
    await follower.tracker.tick()
    assert follower.received == []
    slow_market.finish(second)
    leaping.advance(6)
    await follower.tracker.tick()
    assert [(order.id, order.status) for order in follower.received] == [(second, "FULFILLED")]
    assert len(follower.tracker._orders.open) == 1


async def test_an_order_of_another_desk_is_found_while_nothing_of_ours_is_open(
    slow_market, leaping, follower
):
    await follower.tracker.tick()
    leaping.advance(6)
    theirs = slow_market.foreign_order(*a_denomination(slow_market), 1)
    await follower.tracker.tick()
    assert [order.id for order in follower.received] == [theirs]


async def test_a_fresh_order_is_asked_about_soon_and_an_old_one_seldom(
    slow_market, leaping, follower
):
    await follower.tracker.tick()
    order_id = slow_market.foreign_order(*a_denomination(slow_market), 1)
    follower.tracker.follow(Order(order_id, "HANDLING", 1, "", "", leaping.now()))
    asked: list[float] = []
    start = leaping.steady()
    while leaping.steady() - start < 900:
        wait = await follower.tracker.tick()
        due = [f.asked - start for f in follower.tracker._orders.open.values()]
        if due and (not asked or due[0] != asked[-1]):
            asked.append(due[0])
        leaping.advance(max(wait, 0.01))
    polls = [at for at in asked if at > 0]
    gaps = [after - before for before, after in itertools.pairwise(polls)]
    assert polls[0] <= 2.5
    assert gaps[0] <= 7
    assert max(gaps) <= 67
    assert min(gaps[-3:]) >= 55


async def test_an_order_that_the_list_does_not_show_is_asked_for_by_its_id(
    slow_market, leaping, follower
):
    slow_market.foreign_order(*a_denomination(slow_market), 1)
    slow_market.faults.add(Fault("late", endpoint="placeOrder", seconds=10_000))

    async def sending() -> None:
        return

    placed = await follower.client.place(*a_denomination(slow_market), 1, sending=sending)
    order_id = placed.order_id
    await follower.tracker.tick()
    follower.tracker.follow(
        Order(order_id, "HANDLING", 1, "", "", leaping.now() - timedelta(seconds=30))
    )
    slow_market.finish(order_id)
    for _ in range(6):
        leaping.advance(7)
        await follower.tracker.tick()
    assert (order_id, "FULFILLED") in [(order.id, order.status) for order in follower.received]


@pytest.mark.parametrize("kind", ["http500", "http503", "html502", "reset", "empty", "not_json"])
async def test_a_failing_vendor_is_left_alone_longer_each_time(
    slow_market, leaping, follower, kind
):
    await follower.tracker.tick()
    slow_market.faults.add(Fault(kind, endpoint="list", times=0))
    waits = []
    for _ in range(6):
        leaping.advance(6)
        waits.append(await follower.tracker.tick())
    assert max(waits) <= 60
    assert waits[-1] >= 30 > waits[0]
    assert follower.states[-1].state == "failing"
    slow_market.faults.clear()
    await follower.tracker.tick()
    assert follower.states[-1].state == "live"


async def test_retry_after_is_honoured(slow_market, leaping, follower):
    await follower.tracker.tick()
    slow_market.faults.add(Fault("ratelimit", endpoint="list", seconds=45))
    assert await follower.tracker.tick() >= 45


async def test_a_rejected_key_ends_the_polling_after_one_request(slow_market, leaping):
    follower = Follower(slow_market, leaping, key="not-the-key-of-anyone")

    async def lead() -> bool:
        return True

    with pytest.raises(AuthFailed):
        await follower.tracker.run(lead)
    with pytest.raises(AuthFailed):
        await follower.tracker.tick()
    assert slow_market.requests["GET", "list"] == 1
    assert follower.states[-1].state == "stopped"
    await follower.client.aclose()


async def test_asking_now_does_not_wait_for_the_interval(slow_market, still):
    follower = Follower(slow_market, still)

    async def lead() -> bool:
        return True

    polling = asyncio.create_task(follower.tracker.run(lead))
    async with asyncio.timeout(60):
        await follower.ticked.wait()
        follower.ticked.clear()
        follower.tracker.poke()
        await follower.ticked.wait()
    polling.cancel()
    await asyncio.wait((polling,))
    await follower.client.aclose()


async def test_an_order_that_the_list_spoils_is_asked_for_alone_once(
    slow_market, leaping, follower
):
    await follower.tracker.tick()
    place = a_denomination(slow_market)
    older, newest = (slow_market.foreign_order(*place, 1) for _ in range(2))
    slow_market.faults.add(Fault("shape:no-time", endpoint="list", times=0))
    follower.tracker.poke()
    await follower.tracker.tick()
    assert {order.id for order in follower.received} == {older, newest}
    asked = slow_market.requests["GET", "checkOrder"]
    assert asked == 1


async def test_an_order_that_cannot_be_read_is_not_asked_for_again(slow_market, leaping, follower):
    slow_market.foreign_order(*a_denomination(slow_market), 1)
    slow_market.faults.add(Fault("shape:no-time", endpoint="list", times=0))
    slow_market.faults.add(Fault("shape:odd-status", endpoint="checkOrder", times=0))
    for _ in range(3):
        follower.tracker.poke()
        await follower.tracker.tick()
    assert follower.received == []
    assert follower.states[-1].state == "live"
    assert slow_market.requests["GET", "checkOrder"] <= 2
