"""What is kept of a price and a stock: what changed, and no more of a stock than once an hour."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.models import Denomination, Stock
from services.domain.text import clean
from services.domain.watching.price_history import (
    PricePoint,
    before,
    is_news,
    next_point,
    plotted,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LAST = PricePoint(NOW - timedelta(minutes=10), Decimal(100), 5)


def read(price: int = 100, quantity: int = 5, closed: str = "") -> Denomination:
    return Denomination("t", clean("10 EUR"), Decimal(price), quantity, closed)


@pytest.mark.parametrize(
    ("value", "minutes", "kept"),
    [
        (read(), 600, False),
        (read(price=101), 1, True),
        (read(quantity=4), 10, False),
        (read(quantity=4), 60, True),
        (read(quantity=0), 1, True),
        (read(price=0, quantity=0, closed="closed"), 600, False),
        (read(price=101), -11, False),
    ],
    ids=["the same", "price", "stock", "stock later", "sold out", "closed", "overtaken"],
)
def test_a_point_is_kept_where_something_changed(
    value: Denomination, minutes: int, kept: bool
) -> None:
    at = LAST.at + timedelta(minutes=minutes)
    assert (next_point(LAST, value, at) is not None) == kept
    stock = Stock("p", clean("Netflix"), (value,), at)
    assert is_news({"t": (LAST,)}, stock) == kept


def test_the_first_reading_is_kept_and_a_stock_alone_moves_no_price() -> None:
    assert next_point(None, read(), NOW) == PricePoint(NOW, Decimal(100), 5)
    again = next_point(LAST, read(quantity=0), NOW)
    assert again == PricePoint(NOW, Decimal(100), 0, moved=False)


def points(*prices: int) -> tuple[PricePoint, ...]:
    """Return a price a day, the last one today."""
    return tuple(
        PricePoint(NOW - timedelta(days=ago), Decimal(price), 1)
        for ago, price in zip(reversed(range(len(prices))), prices, strict=True)
    )


def test_what_it_was_is_the_last_other_price() -> None:
    known = points(90, 95, 95, 100, 100)
    assert before(known, Decimal(100)) == known[2]
    assert before(known, Decimal(101)) == known[4]
    assert before((), Decimal(1)) is None


def test_thirty_days_begin_with_the_price_that_held_then() -> None:
    old = PricePoint(NOW - timedelta(days=90), Decimal(80), 1)
    drawn = plotted((old, *points(90, 90, 100)), NOW)
    assert [int(each.amount) for each in drawn] == [80, 90, 100]
    assert drawn[0].time == NOW - timedelta(days=30)
    assert plotted((old,), NOW) == ()
