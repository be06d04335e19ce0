"""The shift report where its products have no room: they scroll, and the rule says how far."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.domain.shop.shift import (
    TO_HAND_OVER,
    OpenOrder,
    OperatorShare,
    ProductShare,
    ShiftReport,
)
from services.domain.text import clean
from widgets.sheets.shift import ShiftSheet

BEGIN = datetime(2026, 11, 28, 8, tzinfo=UTC)


def report(products: int, waiting: int = 0) -> ShiftReport:
    shares = (
        ProductShare(clean(f"Product {number:02}"), 1, Decimal(9), Decimal(20 - number))
        for number in range(products)
    )
    held = tuple(
        OpenOrder(
            TO_HAND_OVER,
            f"p{n}",
            f"o{n}",
            clean("Goods"),
            BEGIN,
            clean("amina"),
            clean(f"name{n:02}"),
        )
        for n in range(waiting)
    )
    return ShiftReport(
        1,
        0,
        BEGIN,
        BEGIN.replace(hour=16),
        operators=(OperatorShare(clean("amina"), to_hand_over=waiting),),
        products=tuple(shares),
        open=held,
    )


async def test_products_that_have_no_room_are_scrolled_to(staged: Any) -> None:
    async with staged(ShiftSheet(), 80, 24) as stage:
        stage.widget.focus()
        stage.widget.report = report(14)
        text = await stage.text()
        assert "Product 00" in text
        assert "of 14, down: more" in text
        await stage.press("G")
        text = await stage.text()
        assert "Product 00" not in text
        assert "Product 13" in text
        assert "of 14, up: more" in text


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 34)])
async def test_orders_before_closing_that_have_no_room_are_scrolled_to(
    staged: Any, size: tuple[int, int]
) -> None:
    async with staged(ShiftSheet(), *size) as stage:
        stage.widget.focus()
        stage.widget.report = report(9, waiting=20)
        text = await stage.text()
        assert "20 orders are not handed over" in text
        # Below the orders are the products and the rule between the two.
        assert "of 30, down: more" in text
        seen = {name for name in text.split() if name.startswith("name")}
        for _ in range(30):
            await stage.press("j")
            text = await stage.text()
            seen |= {name for name in text.split() if name.startswith("name")}
        assert seen >= {f"name{n:02}" for n in range(20)}
        assert "name19" in text
        assert "Before you close" in text
        assert "of 30, up: more" in text
        assert stage.widget.first == 30 - stage.widget._scrolled.shown
        await stage.press("g")
        assert "Product 00" in await stage.text()


async def test_on_the_smallest_screen_figures_are_scrolled_to_as_well(staged: Any) -> None:
    async with staged(ShiftSheet(), 60, 15) as stage:
        stage.widget.focus()
        stage.widget.report = report(4, waiting=2)
        text = await stage.text()
        assert "down: more" in text
        await stage.press("G")
        text = await stage.text()
        assert "name01" in text
        assert "up: more" in text
        assert "…" not in text.split("Before you close")[0]


async def test_products_that_all_fit_say_nothing_of_more(staged: Any) -> None:
    async with staged(ShiftSheet(), 80, 24) as stage:
        stage.widget.report = report(3)
        text = await stage.text()
    assert "Product 02" in text
    assert "more" not in text
