"""What the customer pays for what costs the desk so much."""

from decimal import Decimal

import pytest

from services.domain.prices import Prices


@pytest.mark.parametrize(
    ("percent", "step", "cost", "price"),
    [
        ("5", 1, "1326.13", 1393),
        ("0", 1, "1000", 1000),
        ("5", 1, "1000", 1050),
        ("5", 5, "1375.37", 1445),
        ("5", 10, "1375.37", 1450),
        ("5", 50, "1375.37", 1450),
        ("5", 50, "1428.57", 1500),
        ("7.5", 1, "0", 0),
    ],
)
def test_a_cost_is_marked_up_and_rounded_up(percent: str, step: int, cost: str, price: int) -> None:
    prices = Prices(Decimal(percent), step)
    assert prices.price(Decimal(cost)) == Decimal(price)


def test_how_a_price_is_made_is_a_sentence() -> None:
    assert Prices(Decimal("5.0")).words == "Cost plus 5 %, rounded up to a whole DZD."
    assert Prices(step=50).words == "Cost plus 5 %, rounded up to a multiple of 50 DZD."
