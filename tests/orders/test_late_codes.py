"""Codes that come after their order has ended: how they are followed, counted and kept."""

import random
from datetime import timedelta

import pytest

from services import sandbox
from services.domain.models import Order, missing_cards
from services.domain.secrets import Secret
from services.orders.tracker import Tracker
from services.sandbox import Fault, Sandbox
from services.vendor.client import VendorClient
from tests.conftest import LeapingClock, VendorClock


class Follower:
    """A tracker on a real client, with what it found."""

    def __init__(self, box: Sandbox, clock: LeapingClock) -> None:
        self.found: list[Order] = []
        self.clock = clock
        self.client = VendorClient(box.url, Secret(sandbox.DEMO_KEY), clock=clock)
        self.tracker = Tracker(
            self.client,
            clock,
            interval=6,
            hours=24,
            found=self.take,
            state=lambda _: None,
            rng=random.Random(1),
        )

    async def take(self, orders: tuple[Order, ...]) -> None:
        self.found.extend(orders)

    async def ticks(self, seconds: float) -> None:
        """Tick for so long."""
        end = self.clock.steady() + seconds
        while self.clock.steady() < end:
            await self.clock.sleep(await self.tracker.tick())

    def counts(self, order_id: str) -> list[tuple[str, int | None]]:
        return [(o.status, o.cards_came) for o in self.found if o.id == order_id]


@pytest.fixture
async def box(leaping):
    async with Sandbox(clock=VendorClock(leaping), moving=False, handling_seconds=(2, 2)) as box:
        yield box


@pytest.fixture
async def follower(box, leaping):
    follower = Follower(box, leaping)
    yield follower
    await follower.client.aclose()


def placed(box: Sandbox, cards: int = 3) -> str:
    product = next(product for product in box.products if product.enabled)
    return box.foreign_order(product.id, product.types[0].id, cards)


async def test_cards_that_come_one_by_one_are_counted(box, follower):
    box.faults.add(Fault.parse("shape:one-by-one~20"))
    order_id = placed(box)
    await follower.ticks(100)
    counts = [count for status, count in follower.counts(order_id) if status == "FULFILLED"]
    assert counts == [0, 1, 2, 3]
    assert len(follower.tracker._orders.open) == 0


async def test_late_codes_are_asked_for_quickly_then_seldom_for_a_day(box, follower, leaping):
    box.faults.add(Fault.parse("shape:no-cards"))
    order_id = placed(box)
    await follower.ticks(60)
    asked = box.requests["GET", "checkOrder"]
    assert asked >= 6
    # The list goes on for others; of a whole hour only the late order's own requests are counted.
    await follower.ticks(3_600)
    hour = box.requests["GET", "checkOrder"] - asked
    assert 50 <= hour <= 150
    leaping.advance(timedelta(hours=22).total_seconds())
    await follower.tracker.tick()
    assert len(follower.tracker._orders.open) == 1
    leaping.advance(timedelta(hours=2).total_seconds())
    before = box.requests["GET", "checkOrder"]
    await follower.ticks(600)
    assert len(follower.tracker._orders.open) == 0
    assert box.requests["GET", "checkOrder"] == before
    assert follower.counts(order_id)[-1] == ("FULFILLED", 0)


async def test_a_list_that_leaves_cards_out_is_never_believed(box, follower):
    box.faults.add(Fault.parse("shape:list-no-cards"))
    order_id = placed(box)
    await follower.ticks(120)
    assert follower.counts(order_id)[-1] == ("FULFILLED", 3)
    assert ("FULFILLED", 0) not in follower.counts(order_id)
    assert box.requests["GET", "checkOrder"] <= 3


async def test_cards_that_are_gone_again_have_come_all_the_same(box, follower):
    order_id = placed(box)
    await follower.ticks(20)
    box.faults.add(Fault.parse("shape:no-cards"))
    await follower.ticks(60)
    assert follower.counts(order_id)[-1] == ("FULFILLED", 3)
    assert len(follower.tracker._orders.open) == 0


async def test_one_unreadable_order_keeps_no_other_waiting(box, follower):
    box.faults.add(Fault.parse("shape:no-cards"))
    first = placed(box)
    await follower.ticks(20)
    box.faults.clear()
    box.faults.add(Fault.parse("wrong_types@checkOrder*0"))
    box.faults.add(Fault.parse("shape:no-cards@list"))
    second = placed(box)
    await follower.ticks(60)
    assert follower.counts(second)
    assert follower.counts(first)


@pytest.mark.parametrize(
    ("status", "fulfilled", "came", "missing"),
    [
        ("HANDLING", None, 0, 0),
        ("FULFILLED", 2, None, 0),
        ("FULFILLED", None, 0, 2),
        ("FULFILLED", 0, 1, 1),
        ("FULFILLED", 2, 3, 0),
        ("PARTIALLY_FILLED", 1, 0, 1),
        ("PARTIALLY_FILLED", 1, 1, 0),
        ("PARTIALLY_FILLED", None, 0, 1),
        ("REFUNDED", 0, 0, 0),
        ("PAUSED", 2, 0, 0),
    ],
)
def test_what_is_missing_is_what_is_paid_and_not_here(status, fulfilled, came, missing):
    assert missing_cards(status, 2, fulfilled, came) == missing
