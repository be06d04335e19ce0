"""Money at a glance: on the status line, on a screen of its own, and gone in privacy mode."""

import csv
import math
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain import money
from services.settings.load import Settings
from tui.screens.desk import DeskScreen
from tui.screens.money import MoneyScreen


def limited(settings: Settings) -> Settings:
    """A desk that may spend 50 000 DZD a day and calls 300 000 DZD little."""
    return replace(
        settings,
        purchase=replace(settings.purchase, max_day=Decimal(50_000)),
        ui=replace(settings.ui, low_balance=Decimal(300_000)),
    )


def charged(settings: Settings) -> Settings:
    """A desk for real money."""
    return replace(settings, profile=replace(settings.profile, environment="production"))


def lines_with(console: Any, *words: str) -> list[str]:
    """Return the lines of the screen that hold all of these words."""
    return [line for line in console.text().splitlines() if all(word in line for word in words)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_4_shows_the_money_whole(open_console: Any, size: tuple[int, int]) -> None:
    async with open_console(size=size, change=limited) as console:
        await console.until(lambda: console.app.book.spending and console.app.book.balance)
        await console.press("4")
        if size[0] > 80:
            await console.until(lambda: console.screen.pane == "balance")
            await console.press("4")
        await console.until(lambda: isinstance(console.screen, MoneyScreen))
        await console.shows(
            "250 000.00 DZD  low", "sold", "margin", "on hold", "Spent per hour", "Best sellers",
            "Spent in 7 days", "Not enough history yet", "None: every card is",
        )  # fmt: skip
        if size[0] > 80:
            await console.shows("left of today's limit", "50 000 of 50 000")
            # A desk so wide has read the ledger by itself.
            wide = size[0] >= 160
            await console.shows("Opening balance" if wide else "Not read yet: r reads")
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, DeskScreen))


async def test_the_key_line_of_the_money_names_what_works_there(open_console: Any) -> None:
    async with open_console(change=limited) as console:
        await console.until(lambda: console.app.book.spending)
        await console.press("4")
        await console.shows("5 Ledger  T To hand over  r Refresh  e Export", "? Help  esc Back")
        await console.shows("5 Ledger: not read yet, r reads it")


async def test_the_sales_of_the_day_are_exported_from_the_money(
    open_console: Any, paths: Any
) -> None:
    async with open_console(change=limited) as console:
        await console.buy()
        await console.until(lambda: console.app.book.day.cost > 0)
        await console.press("escape", "4", "e")
        await console.shows("1 row of sales, without codes, is in")
        [path] = (paths.state_dir / "exports").glob("sales-*.csv")
        [row] = csv.DictReader(path.read_text("utf-8-sig").splitlines())
        sold = console.app.book.day.sold(console.screen.prices)
        assert (row["cards"], Decimal(row["sold"])) == ("1", sold)


async def test_privacy_names_the_key_that_is_bound(open_console: Any) -> None:
    def moved(settings: Settings) -> Settings:
        return replace(settings, keys={"privacy": "D"})

    async with open_console(size=(120, 40), change=moved) as console:
        await console.until(lambda: console.app.book.spending and console.app.book.balance)
        await console.press("D")
        await console.shows("Amounts are hidden (D).")
        await console.press("4", "4")
        await console.until(lambda: console.text().count("Amounts are hidden (D).") > 3)


async def test_a_purchase_moves_the_figures_at_once(open_console: Any) -> None:
    async with open_console(size=(120, 40), change=limited) as console:
        await console.until(lambda: console.app.book.spending)
        await console.buy()
        await console.until(lambda: console.app.book.day.cost > 0)
        await console.press("escape", "4")
        day = console.app.book.day
        await console.shows("sold", money.exact(day.sold(console.screen.prices)))
        await console.press("enter")
        await console.shows("1, 1", money.exact(day.cost))
        assert lines_with(console, "cost", money.exact(day.cost))


async def test_the_money_screen_follows_what_the_ledger_says(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(120, 40)) as console:
        await console.buy()
        await console.press("4", "enter")
        await console.until(lambda: isinstance(console.screen, MoneyScreen))
        await console.shows("Not read yet: r reads it.")
        await console.press("r")
        await console.shows("matches your orders", "2 today", "spent by the account", "+250 000")


async def test_the_day_of_the_money_screen_ends_at_midnight(open_console: Any) -> None:
    async with open_console(size=(120, 40), change=limited) as console:
        await console.buy()
        await console.until(lambda: console.app.book.day.cost > 0)
        await console.press("4", "4")
        await console.until(lambda: lines_with(console, "orders, cards", "1, 1"))
        console.clock.advance(86_400)
        await console.until(lambda: lines_with(console, "orders, cards", "0, 0"))


async def test_a_book_without_news_keeps_the_same_spending(console: Any) -> None:
    before = await console.until(lambda: console.app.book.spending)
    day = console.app.book.day
    assert await console.desk.money.figures() == (before, day)
    assert console.desk.book.spending is before
    assert console.desk.book.day is day


async def test_no_amount_of_the_day_is_left_in_privacy_mode(open_console: Any) -> None:
    async with open_console(size=(120, 40), change=limited) as console:
        await console.until(lambda: console.app.book.spending and console.app.book.info.can_buy)
        await console.shows(" low ", "50 000")
        await console.press("d")
        await console.until(lambda: "250 000" not in console.text())
        assert "50 000" not in console.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_privacy_leaves_no_amount_on_pane_and_screen(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size, change=limited) as console:
        await console.until(lambda: console.app.book.spending and console.app.book.balance)
        await console.press("d", *("4" * (1 + (size[0] > 80))))
        text = await console.shows("Amounts are hidden (d).", "Best sellers")
        assert "000" not in text
        await console.press("d")
        await console.shows("250 000.00 DZD")


async def test_money_asks_the_vendor_for_nothing_more(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(120, 40)) as console:
        await console.buy()
        await console.until(lambda: console.app.book.day.cost > 0)
        asked = console.box.requests["GET", "transactions"]
        await console.press("4", "enter")
        await console.shows("Best sellers", "Not read yet: r reads it.")
        assert console.box.requests["GET", "transactions"] == asked


async def test_privacy_leaves_the_price_alone_in_the_stock(
    open_console: Any,
) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        chosen = await console.choose(lambda d: d.quantity >= 5)
        await console.shows("value", "price", "cost", "margin")
        [line] = [line for line in console.text().splitlines() if "│▌" in line]
        sold = math.ceil(chosen.price * 105 / 100)
        assert f"{sold:,.0f}".replace(",", " ") in line
        await console.press("d")
        await console.until(lambda: "margin" not in console.text())
        await console.shows("value", "price")
        assert "cost" not in console.text()
