"""Amounts and digits as people type them, in every usual form."""

from decimal import Decimal

import pytest

from services.domain import money
from services.domain.money import Prices, percent
from services.domain.typed import digits
from tui.screens.parts.unresolved_rows import apart
from widgets.drawing.cells import stock_cell

TOTAL = Decimal("48554.80")


@pytest.mark.parametrize(
    "text",
    [
        *("48554.80", "48554,8", "48 554.80", "48 554,80", "48,554.80", "48.554,80"),
        *("48'554.80", "48\u2019554,80", "48\u2009554.80", "48\u202f554,80", "48\u00a0554.80"),
        *("٤٨٥٥٤٫٨٠", "٤٨٬٥٥٤٫٨٠", "۴۸۵۵۴.۸۰", " 48554.80 "),
        *("48554", "48 554", "48,554", "48.554", "48554.", "٤٨٥٥٤"),
    ],
)
def test_a_total_is_known_in_every_usual_form(text: str) -> None:
    assert money.same(text, TOTAL)


@pytest.mark.parametrize(
    "text", ["48555", "48554.0", "4855480", "4855", "", "48,55,4", "abc", "-1"]
)
def test_what_is_not_the_total_is_not_taken_for_it(text: str) -> None:
    assert not money.same(text, TOTAL)


def test_nothing_typed_is_not_the_whole_dinars_of_a_small_total() -> None:
    assert not money.same("0", Decimal("0.80"))


@pytest.mark.parametrize("text", ["48,250", "48.250"])
def test_an_amount_that_may_be_two_is_asked_for_again(text: str) -> None:
    with pytest.raises(ValueError, match=r"may be two amounts: write 48\.250 or 48250"):
        money.parse(text)


@pytest.mark.parametrize(
    ("typed", "keyboard", "read"),
    [
        ("é(", "azerty", "25"),
        ("&é\"'(-è_çà", "azerty", "1234567890"),
        ("§!", "azerty+ar", "68"),
        ("-", "qwerty", "-"),
        ("١٢", "qwerty", "12"),
        ("۴۵", "azerty", "45"),
    ],
)
def test_a_digit_row_types_digits(typed: str, keyboard: str, read: str) -> None:
    assert digits.typed(typed, keyboard) == read


def test_nothing_is_never_minus_nothing() -> None:
    assert money.show(Decimal("-0.001")) == "0"
    assert money.stored(Decimal("-0.001")) == "0.00"
    assert percent(Decimal("-0.001"), Decimal(100)) == "0.0 %"
    assert digits.signed(-0.04) == "+0.0"
    assert digits.signed(-0.06) == "-0.1"
    assert apart(-0.01) == "+0.0 s"


def test_counts_are_grouped_as_amounts_are() -> None:
    assert money.count(9999) == "9 999"
    assert stock_cell(9999).text == "9 999 in stock"


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
