"""The shift report where its products have no room: they scroll, and the rule says how far."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from services.domain.shop.shift import ProductShare, ShiftReport
from services.domain.text import clean
from widgets.sheets.shift import ShiftSheet

BEGIN = datetime(2026, 11, 28, 8, tzinfo=UTC)


def report(products: int) -> ShiftReport:
    shares = (
        ProductShare(clean(f"Product {number:02}"), 1, Decimal(9), Decimal(20 - number))
        for number in range(products)
    )
    return ShiftReport(1, 0, BEGIN, BEGIN.replace(hour=16), products=tuple(shares))


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


async def test_products_that_all_fit_say_nothing_of_more(staged: Any) -> None:
    async with staged(ShiftSheet(), 80, 24) as stage:
        stage.widget.report = report(3)
        text = await stage.text()
    assert "Product 02" in text
    assert "more" not in text
