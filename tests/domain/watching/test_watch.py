"""What a watch has to say of a reading: once, and nothing of what it sees for the first time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.errors import BadInput
from services.domain.models import Denomination, Stock
from services.domain.text import clean
from services.domain.watching.watch import GoodsWatch, WatchedFor, changes, read, vanished

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
EVERYTHING = WatchedFor(percent=Decimal(5), below=5)


def value(quantity: int = 9, cost: str = "100", name: str = "t", closed: str = "") -> Denomination:
    return Denomination(name, clean(f"{name} EUR"), Decimal(cost), quantity, closed)


def stock(minute: int, *values: Denomination) -> Stock:
    return Stock("p", clean("Netflix"), values, NOW + timedelta(minutes=minute))


def watch(type_id: str = "t", wants: WatchedFor = EVERYTHING) -> GoodsWatch:
    made = GoodsWatch("p", type_id, clean("Netflix"), clean("France"), clean("t EUR"), wants, NOW)
    return read(made, stock(0, value(), value(name="u")))[0]


def said(watched: GoodsWatch, *readings: Stock) -> list[str]:
    """Return the kinds of all that a watch says of readings one after the other."""
    kinds: list[str] = []
    for each in readings:
        watched, news = read(watched, each)
        kinds += [one.kind for one in news]
    return kinds


def test_what_is_seen_first_and_what_stays_is_no_news() -> None:
    fresh = GoodsWatch("p", "t", clean("N"), clean(""), clean("t"), EVERYTHING, NOW)
    assert said(fresh, stock(1, value(0, "900")), stock(2, value(0, "900"))) == []


def test_low_is_said_once_and_again_after_it_was_enough() -> None:
    quantities = [4, 3, 0, 2, 5, 4]
    kinds = said(watch(), *(stock(n, value(many)) for n, many in enumerate(quantities, 1)))
    assert kinds == ["low", "back", "low"]


def test_a_cost_is_compared_with_the_one_that_was_said_last() -> None:
    costs = ["104", "105", "105.01", "100", "99.75"]
    kinds = [
        said(watch(), *(stock(n, value(cost=cost)) for n, cost in enumerate(costs[:upto], 1)))
        for upto in (2, 3, 4, 5)
    ]
    assert kinds == [[], ["cost"], ["cost"], ["cost", "cost"]]


def test_each_kind_says_what_it_is_about_and_privacy_hides_the_costs() -> None:
    words = [
        str(one.words)
        for reading in (stock(1, value(4, "110")), stock(1, value(0)), stock(1, value(9, "90")))
        for one in read(watch(), reading)[1]
    ]
    assert words == [
        "Stock is low: Netflix t EUR, France, 4 cards left.",
        "Cost went up 10.0 %: Netflix t EUR, France, 100 to 110 DZD.",
        "Sold out: Netflix t EUR, France.",
        "Cost went down 10.0 %: Netflix t EUR, France, 100 to 90 DZD.",
    ]
    [news] = read(watch(), stock(1, value(9, "90")))[1]
    assert "90" not in news.words.hidden()


def test_a_value_that_vanished_is_said_once_and_may_come_back() -> None:
    watched, gone = read(watch(), stock(1, value(name="u")))
    assert [each.kind for each in gone] == ["gone"]
    assert said(watched, stock(2, value(name="u")), stock(3, value(0)), stock(4, value(1))) == [
        "low", "back",
    ]  # fmt: skip
    assert vanished(watched) == (watched, ())


def test_a_product_watch_speaks_of_each_value() -> None:
    watched = watch("")
    _, news = read(watched, stock(1, value(0), value(0, name="u")))
    assert [(each.kind, each.type_id) for each in news] == [("low", "t"), ("low", "u")]


def test_an_overtaken_reading_changes_nothing() -> None:
    watched, _ = read(watch(), stock(5, value(0)))
    assert read(watched, stock(4, value(9))) == (watched, ())


def test_what_is_not_for_sale_is_not_there_and_has_no_cost() -> None:
    closed = value(0, "0", closed="closed")
    assert said(watch(), stock(1, closed), stock(2, value())) == ["low", "back"]


def test_only_a_reading_that_moves_a_watch_changes_it() -> None:
    watched = watch(wants=WatchedFor(percent=None))
    assert not changes((watched,), stock(1, value(3, "500")))
    assert changes((watched,), stock(1, value(0)))
    assert not changes((replace(watched, product_id="q"),), stock(1, value(0)))


@pytest.mark.parametrize(
    "wants",
    [
        WatchedFor(back=False, percent=None),
        WatchedFor(percent=Decimal(-1)),
        WatchedFor(percent=Decimal(1001)),
        WatchedFor(below=0),
        WatchedFor(below=100_001),
    ],
)
def test_a_watch_that_can_never_speak_is_refused(wants: WatchedFor) -> None:
    with pytest.raises(BadInput):
        wants.checked()


def test_what_it_is_for_is_said_in_words() -> None:
    assert EVERYTHING.words == ("back in stock, cost moves by more than 5 %, fewer than 5 in stock")
