"""How long orders usually take: learned from those that ended, by value and by product."""

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.book import UsualTime
from services.journal.recent_purchases import HandledOrder
from services.orders.handling_times import HandlingTimes

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def handled(number: int, seconds: float, type_id: str = "t20") -> HandledOrder:
    came = NOW + timedelta(seconds=seconds)
    return HandledOrder(f"p{number}", "steam", type_id, NOW, came, came)


def usual(*orders: HandledOrder) -> dict[tuple[str, str], UsualTime]:
    times = HandlingTimes()
    times.begin(orders)
    return dict(times.usual)


def test_five_orders_of_a_value_make_a_usual_time() -> None:
    few = [handled(n, 10) for n in range(4)]
    assert usual(*few) == {}
    five = UsualTime(10, 60)
    assert usual(*few, handled(4, 60)) == {("steam", "t20"): five, ("steam", ""): five}
    # Two values with too few orders each have the time of their product.
    assert usual(*few, handled(4, 60, "t50")) == {("steam", ""): five}


def test_the_last_twenty_orders_count() -> None:
    long_ago = [handled(n, 500) for n in range(30)]
    lately = [handled(30 + n, n + 1) for n in range(20)]
    assert usual(*long_ago, *lately)["steam", "t20"] == UsualTime(10.5, 18)


def test_what_was_refunded_took_no_time() -> None:
    refunded = [HandledOrder(f"p{n}", "steam", "t20", NOW, None, NOW) for n in range(9)]
    times = HandlingTimes()
    times.begin(refunded)
    assert dict(times.usual) == {}
    assert times.ended["p8"] == NOW
