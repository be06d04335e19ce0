"""A setting that changes while the console runs reaches every place at once."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.domain.money import PriceRule, Prices
from services.settings.fields import HousePrices
from tui.screens.money import MoneyScreen
from tui.screens.order import OrderScreen


def change(console: Any, **ui: Any) -> None:
    settings = console.app.settings
    console.app.settings = replace(settings, ui=replace(settings.ui, **ui))


async def test_a_low_balance_reaches_status_line_and_money_screen(console: Any) -> None:
    await console.ready()
    await console.press("4")
    await console.until(lambda: isinstance(console.screen, MoneyScreen))
    await console.shows("250 000.00 DZD")
    change(console, low_balance=Decimal(9_000_000))
    await console.shows("250 000.00 DZD  low", "250 000 DZD low")
    await console.press("escape")
    await console.shows("250 000 DZD low")
    change(console, low_balance=Decimal(10))
    await console.until(lambda: " low" not in console.text())


async def test_a_markup_reaches_pane_and_ticket(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        ticket = await console.ticket()
        price = ticket.ticket.denomination.price
        await console.press("escape")
        change(console, markup_percent=Decimal(100))
        await console.shows(f" {Prices(Decimal(100)).price(price)} ")
        await console.press("2", "d", "b")
        await console.shows(f"{Prices(Decimal(100)).price(price)} DZD")


async def test_a_category_of_the_house_reaches_what_only_knows_the_product(
    open_console: Any,
) -> None:
    rule = PriceRule(markup_percent=Decimal(100))

    def house(settings: Any) -> Any:
        return replace(settings, house=HousePrices(rules={("category", "gaming"): rule}))

    async with open_console(change=house) as console:
        await console.ready()
        catalog = console.app.book.catalog
        gaming = next(p.id for p in catalog.products() if p.category == "Gaming")
        other = next(p.id for p in catalog.products() if p.category != "Gaming")
        prices = console.screen.prices
        assert (prices.price(Decimal(100), gaming), prices.price(Decimal(100), other)) == (200, 105)


async def test_a_keyboard_reaches_a_ticket_and_an_order_that_are_open(console: Any) -> None:
    ticket = await console.ticket()
    change(console, keyboard="azerty")
    await console.shows("up and down: one more")
    assert ticket.query_one("#quantity").keyboard == "azerty"
    await console.review(ticket)
    await console.confirm()
    await console.shows("1 of 1 after")
    await console.press("v")
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    assert console.screen.context is console.app.context
