"""When each followed order is asked about: quickly at first, then slower, then no more."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.domain.models import Order
from services.domain.text import clean
from services.orders.followed_orders import LAG, MARGIN, FollowedOrders

HERE = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def order(name: str = "a", status: str = "HANDLING", age: float = 0.0) -> Order:
    return Order(name, clean(status), 2, "p", "t", HERE - timedelta(seconds=age), cards_came=0)


@pytest.fixture
def orders() -> FollowedOrders:
    return FollowedOrders(6, DAY, random.Random(1))


def due(orders: FollowedOrders, now: float, *, everything: bool = False) -> list[str]:
    return [followed.order.id for followed in orders.due(now, everything=everything)]


def test_new_order_is_due_after_two_seconds(orders):
    orders.remember(order(), 100, HERE)
    assert (due(orders, 101.9), due(orders, 102)) == ([], ["a"])


@pytest.mark.parametrize(("age", "pause"), [(3, 5), (30, 6), (61, 11.49), (600, 60), (3_000, 60)])
def test_pause_grows_with_age(orders, age, pause):
    orders.remember(order(), 100, HERE)
    orders.open["a"].asked = 100.0 + age
    assert due(orders, 100 + age + pause - 0.1) == []
    assert due(orders, 100 + age + pause + 0.1) == ["a"]


def test_late_codes_are_asked_for_quickly_at_first(orders):
    orders.remember(order(), 100, HERE)
    orders.open["a"].asked = 2_000.0
    orders.remember(order(status="FULFILLED"), 2_000, HERE)
    assert (due(orders, 2_001.9), due(orders, 2_002)) == ([], ["a"])


def test_late_codes_are_given_up_after_a_day(orders):
    orders.remember(order(status="FULFILLED"), 100, HERE)
    orders.open["a"].asked = 110.0
    assert due(orders, 100 + 86_399) == ["a"]
    assert due(orders, 100 + 86_401, everything=True) == []
    assert orders.open == {}


def test_ended_order_with_its_cards_is_not_followed(orders):
    orders.remember(order(), 100, HERE)
    orders.remember(replace(order(status="FULFILLED"), cards_came=2), 101, HERE)
    assert orders.open == {}


def test_what_did_not_change_is_no_news(orders):
    one = order()
    assert orders.news((one,), 100, HERE) == (one,)
    assert orders.news((one,), 101, HERE) == ()


def test_an_answer_without_cards_takes_none_away(orders):
    whole = replace(order(status="FULFILLED"), cards_came=2)
    orders.remember(whole, 100, HERE)
    assert orders.news((replace(whole, cards_came=None),), 101, HERE) == ()
    assert orders.seen["a"].cards_came == 2


def test_list_starts_before_the_oldest_order_asked_for(orders):
    orders.remember(order(age=3_600), 100, HERE)
    start = orders.list_start(orders.open.values(), HERE, None, everything=False)
    assert start == HERE - timedelta(hours=1) - LAG
    orders.remember(order("b"), 100, HERE)
    start = orders.list_start([orders.open["a"]], HERE, None, everything=False)
    assert start == HERE - timedelta(hours=1) - MARGIN


def test_list_never_starts_after_the_last_reading(orders):
    read_to = HERE - 3 * DAY
    assert orders.list_start((), HERE, read_to, everything=True) == read_to - LAG


def test_backoff_doubles_and_keeps_to_what_the_vendor_asked(orders):
    waits = [orders.backoff(failures, 0) for failures in (1, 2, 3, 9)]
    assert [low <= wait <= 2 * low for low, wait in zip((3, 6, 12, 30), waits, strict=True)] == [
        True
    ] * 4
    assert orders.backoff(1, 45.0) == 45.0
