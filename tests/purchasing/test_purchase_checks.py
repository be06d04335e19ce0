"""What is verified before a purchase, from values alone."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.domain.errors import Refused
from services.domain.models import Balance, Check, Denomination, Stock
from services.domain.text import ours
from services.purchasing import purchase_checks
from services.settings.fields import PurchaseSettings

HERE = datetime(2026, 5, 1, 12, tzinfo=UTC)
ZERO = Decimal(0)
LIMITS = PurchaseSettings(max_quantity=10, max_total=Decimal(5_000), max_day=Decimal(8_000))


def stock(quantity: int, closed: str = "") -> Stock:
    one = Denomination("t", ours("10 EUR"), Decimal(1_500), quantity, closed)
    return Stock("p", ours("Product"), (one,), HERE)


def test_what_is_in_stock_passes() -> None:
    seen: list[Check] = []
    assert purchase_checks.in_stock(stock(3), "t", 3, seen.append).price == 1_500
    assert [(check.step, check.state) for check in seen] == [("stock", "ok")]


@pytest.mark.parametrize(
    ("held", "type_id", "code", "words"),
    [
        (stock(2), "t", "ERR_STOCK", "Not enough stock: 2 in stock, 3 wanted"),
        (stock(0), "t", "ERR_STOCK", "Not enough stock: out of stock"),
        (stock(9), "gone", "ERR_STOCK", "This denomination is not sold any more"),
        (stock(9, "closed"), "t", "NOT_FOR_SALE", "This denomination is closed"),
    ],
)
def test_what_is_not_in_stock_is_refused(held, type_id, code, words) -> None:
    seen: list[Check] = []
    with pytest.raises(Refused, match=words) as refused:
        purchase_checks.in_stock(held, type_id, 3, seen.append)
    assert (refused.value.code, seen[-1].state) == (code, "failed")


def test_balance_pays_to_the_last_dinar() -> None:
    seen: list[Check] = []
    purchase_checks.paid_for(Balance(Decimal(100), HERE), Decimal(100), seen.append)
    with pytest.raises(Refused) as refused:
        purchase_checks.paid_for(Balance(Decimal(100), HERE), Decimal("100.01"), seen.append)
    assert refused.value.code == "INSUFFICIENT_BALANCE"
    assert [check.state for check in seen] == ["ok", "failed"]


@pytest.mark.parametrize(
    ("quantity", "total", "spent", "words"),
    [
        (10, 5_000, 3_000, ""),
        (11, 100, 0, "at most 10 cards"),
        (1, 5_001, 0, "DZD a purchase are allowed"),
        (1, 5_000, 3_001, "spent today"),
    ],
)
def test_limits_are_kept_to_the_last_unit(quantity, total, spent, words) -> None:
    said = purchase_checks.over_limits(LIMITS, quantity, Decimal(total), Decimal(spent))
    assert words in str(said)
    assert bool(said) == bool(words)


def test_no_limit_allows_everything() -> None:
    none = PurchaseSettings(max_quantity=0, max_total=ZERO, max_day=ZERO)
    assert not purchase_checks.over_limits(none, 100_000, Decimal(10**9), Decimal(10**9))
