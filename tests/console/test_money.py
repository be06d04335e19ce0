"""Money at a glance: on the status line, on a screen of its own, and gone in privacy mode."""

import math
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.settings import Settings
from tui.screens.desk import DeskScreen
from tui.screens.money import MoneyScreen


def limited(settings: Settings) -> Settings:
    """A desk that may spend 50 000 DZD a day and calls 300 000 DZD little."""
    return replace(
        settings,
        purchase=replace(settings.purchase, max_day=Decimal(50_000)),
        ui=replace(settings.ui, low_balance=Decimal(300_000)),
    )


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_b_explains_the_money_in_words(open_console: Any, size: tuple[int, int]) -> None:
    async with open_console(size=size, change=limited) as console:
        await console.until(lambda: console.app.book.spending and console.app.book.balance)
        await console.press("b")
        await console.until(lambda: isinstance(console.screen, MoneyScreen))
        await console.shows(
            "LOW, below 300 000 DZD",
            "0 DZD of 50 000 DZD spent; 50 000 DZD may still be bought",
            "Nothing was bought in the last 7 days",
            "Nothing: no order of this desk is open.",
            "Nothing: every purchase is settled.",
        )
        await console.press("b")
        await console.until(lambda: isinstance(console.screen, DeskScreen))


async def test_a_purchase_moves_the_figures_at_once(open_console: Any) -> None:
    async with open_console(size=(120, 40), change=limited) as console:
        await console.until(lambda: console.app.book.spending)
        await console.buy()
        await console.until(lambda: console.app.book.spending.today > 0)
        await console.press("escape")
        spent = f"{console.app.book.spending.today:,.0f}".replace(",", " ")
        await console.shows("today ", "/ 50 000")
        await console.press("b")
        await console.shows("1 order, 1 card", "Too little history")
        assert spent.split(".")[0] in console.text()


async def test_a_book_without_news_keeps_the_same_spending(console: Any) -> None:
    before = await console.until(lambda: console.app.book.spending)
    assert await console.desk.spending() == before
    assert console.desk.book.spending is before


@pytest.mark.parametrize(("width", "there"), [(80, False), (120, True), (200, True)])
async def test_the_status_line_has_the_day_where_there_is_room(
    open_console: Any, width: int, there: bool
) -> None:
    async with open_console(size=(width, 40), change=limited) as console:
        await console.until(lambda: console.app.book.spending and console.app.book.info.can_buy)
        await console.shows("LOW")
        assert ("today 0 / 50 000" in console.text()) is there
        await console.press("d")
        await console.until(lambda: "250 000" not in console.text())
        assert "50 000" not in console.text()


async def test_privacy_leaves_no_amount_on_the_money_screen(open_console: Any) -> None:
    async with open_console(size=(120, 40), change=limited) as console:
        await console.until(lambda: console.app.book.spending and console.app.book.balance)
        await console.press("d", "b")
        text = await console.shows("Privacy mode hides the amounts")
        assert "000" not in text
        await console.press("d")
        await console.shows("250 000 DZD: LOW")


async def test_margins_stand_in_the_stock_and_privacy_leaves_only_retail(
    open_console: Any,
) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.ready()
        chosen = await console.choose(lambda d: d.quantity >= 5)
        await console.shows("DZD each", "retail DZD", "margin DZD", "margin")
        [line] = [line for line in console.text().splitlines() if line.startswith(">")]
        sold = math.ceil(chosen.price * 105 / 100)
        assert f"{sold:,.0f}".replace(",", " ") in line
        assert "%" in line
        await console.press("d")
        await console.until(lambda: "margin" not in console.text())
        await console.shows("retail DZD")
        assert "DZD each" not in console.text()
