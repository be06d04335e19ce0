"""Prices and stock of the embedded vendor follow from its clock, and from what was sold."""

from decimal import Decimal

from services.sandbox.catalog import TEST_TYPES
from services.sandbox.prices import REFILL, Market, Sold
from tests.conftest import StillClock


def market(clock: StillClock, sold: dict[str, Sold] | None = None, *, moving: bool) -> Market:
    return Market(clock, {} if sold is None else sold, moving=moving)


def test_prices_drift_and_a_restarted_vendor_has_the_same() -> None:
    clock = StillClock()
    first = market(clock, moving=True)
    kinds = [kind for each in first.products() for kind in each.types if kind.id not in TEST_TYPES]
    before = [first.price(kind) for kind in kinds]
    clock.advance(7_200)
    after = [first.price(kind) for kind in kinds]
    assert before != after
    assert [market(clock, moving=True).price(kind) for kind in kinds] == after


def test_a_fixed_price_stays() -> None:
    clock = StillClock()
    fixed = market(clock, moving=True)
    kind = fixed.products()[0].types[0]
    fixed.set_price(kind.id, Decimal(999))
    clock.advance(7_200)
    assert fixed.price(kind) == 999


def test_what_was_sold_is_off_the_shelf_until_it_is_filled_again() -> None:
    clock, sold = StillClock(), dict[str, Sold]()
    shop = market(clock, sold, moving=True)
    product = next(each for each in shop.products() if each.enabled)
    kind = next(kind for kind in product.types if kind.id not in TEST_TYPES)
    before = shop.stock(product, kind)
    shop.sell(kind, 2)
    assert shop.stock(product, kind) == before - 2
    assert market(clock, sold, moving=True).stock(product, kind) == before - 2
    clock.advance(REFILL)
    assert shop.stock(product, kind) == before
