"""Privacy mode on every screen: no amount that a customer must not see, and the retail price."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain import money
from services.domain.money import Prices
from services.domain.phrase import phrase
from services.sandbox import Fault
from services.settings.load import Settings
from tests.console.conftest import Console, OpenConsole, open_console
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import LeaveScreen
from tui.screens.order import OrderScreen
from tui.screens.ticket import TicketScreen
from tui.screens.unresolved import UnresolvedScreen
from widgets.drawing.ink import MASK

__all__ = ["open_console"]
PRICE, BALANCE, MARKUP = Decimal("987.65"), Decimal("123456.78"), Decimal("7.5")
PRICES = Prices(MARKUP)
RETAIL = money.show(PRICES.price(PRICE))
BIG = (160, 48)


def private(settings: Settings) -> Settings:
    """A desk that starts in privacy mode."""
    return replace(settings, ui=replace(settings.ui, privacy=True, markup_percent=MARKUP))


def amounts(console: Console) -> Iterator[Decimal]:
    """Every amount that this desk knows and a customer must not."""
    yield from (BALANCE, BALANCE - PRICE, BALANCE - 2 * PRICE, PRICE, 2 * PRICE, MARKUP)
    yield PRICES.price(PRICE) - PRICE
    book = console.app.book
    for product in console.box.products:
        for kind in product.types:
            yield console.box._world.market.price(kind)
    for order in book.orders:
        yield order.total or PRICE
    if book.spending:
        yield from (book.spending.today, book.spending.week)
    if book.balance:
        yield book.balance.amount


def check(console: Console, *wanted: str) -> str:
    text = console.text()
    # Short ones are numbers of other things as well: a quantity, a year, a key.
    kinds = [kind for product in console.box.products for kind in product.types]
    retail_prices = {PRICES.price(console.box._world.market.price(kind)) for kind in kinds}
    private = {money.show(each) for each in amounts(console) if each not in retail_prices}
    for each in sorted(each for each in private if len(each) > 4 or "." in each):
        assert not re.search(rf"(?<![\d.]){re.escape(each)}(?![\d.])", text), f"{each} in\n{text}"
    # And whatever else looks like money, but for what the customer pays.
    left = text.replace(f"{RETAIL} DZD", "").replace(f"{MASK} DZD", "")
    assert not re.search(r"\d DZD", left), text
    for word in wanted:
        assert word in text, text
    return text


def ours(kind: Any) -> bool:
    return kind.price == PRICE


@pytest.fixture
def open_private(open_console: OpenConsole) -> Any:
    def opened(*changes: Any, **options: Any) -> Any:
        def change(settings: Settings) -> Settings:
            for each in (private, *changes):
                settings = each(settings)
            return settings

        options = {"size": BIG, "balance": BALANCE, "charge": True} | options
        return open_console(change=change, **options)

    return opened


async def at_ticket(console: Console) -> TicketScreen:
    product = next(product for product in console.box.products if product.enabled)
    console.box.set_price(product.types[0].id, PRICE)
    console.box.set_stock(product.types[0].id, 50)
    return await console.ticket(ours)


async def test_a_desk_that_starts_private_shows_no_amount_on_any_screen(open_private: Any) -> None:
    async with open_private() as console:
        await console.ready()
        await console.until(lambda: console.app.book.balance)
        check(console, "privacy")
        ticket = await at_ticket(console)
        check(console, f"{RETAIL} DZD", f"1 x {RETAIL}")
        await console.review(ticket)
        check(console, "balance is enough", f"{RETAIL} DZD")
        await console.confirm()
        await console.until(lambda: ticket.stage == "done")
        check(console)
        await console.press("escape")
        for pane in "12345":
            await console.press(pane, "r")
            await console.settle()
            check(console)
            await console.press("j", "z")
            check(console)
            await console.press("z")
        await console.press("3", "g")
        await console.until(lambda: any(row.final and row.mine for row in console.app.book.orders))
        await console.press("enter")
        screen = await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen
        )
        await console.until(lambda: screen.cards.count)
        check(console)
        await console.press("v")
        await console.shows("Privacy mode hides the codes")
        assert "SANDBOX-CARD" not in check(console)
        await console.press("n")
        check(console)
        await console.press("escape", "4", "enter")
        await console.shows("Amounts are hidden (d).", "Best sellers")
        check(console)
        await console.press("question_mark")
        check(console)
        await console.press("escape", "colon")
        for letter in "setting":
            await console.press(letter)
        await console.shows("Markup percent")
        check(console)
        console.screen.line.value = "markup_percent "
        await console.settle()
        await console.press("tab")
        check(console, "Markup percent")


async def test_a_purchase_without_an_answer_shows_no_amount(open_private: Any) -> None:
    def shared(settings: Settings) -> Settings:
        return replace(settings, profile=replace(settings.profile, account_exclusive=False))

    async with open_private(shared) as console:
        console.box.faults.add(Fault.parse("reset@placeOrder:after"))
        ticket = await at_ticket(console)
        await console.review(ticket)
        await console.confirm()
        await console.until(lambda: ticket.stage == "done")
        check(console)
        await console.press("escape")
        await console.until(lambda: console.app.book.unsettled)
        await console.press("u")
        await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
        await console.settle()
        check(console)
        await console.press("escape", "6")
        check(console)
        await console.press("q")
        check(console)


async def test_the_question_whether_to_leave_names_no_amount(open_private: Any) -> None:
    def brief(settings: Settings) -> Settings:
        return replace(settings, purchase=replace(settings.purchase, deadline_seconds=3))

    async with open_private(brief) as console:
        console.box.faults.add(Fault.parse("hang@placeOrder:after"))
        ticket = await at_ticket(console)
        await console.review(ticket)
        await console.confirm()
        await console.until(lambda: console.app.book.in_flight)
        await console.press("ctrl+q")
        await console.until(lambda: isinstance(console.screen, LeaveScreen))
        check(console, "Being sent", MASK)


@pytest.mark.parametrize("limit", ["max_total", "max_day"])
async def test_a_limit_is_refused_without_its_amount(open_private: Any, limit: str) -> None:
    def small(settings: Settings) -> Settings:
        limits = replace(settings.purchase, **{limit: Decimal("456.78")})
        return replace(settings, purchase=limits)

    async with open_private(small) as console:
        ticket = await at_ticket(console)
        await console.press("enter")
        await console.until(lambda: ticket.ticket.error)
        await console.shows("Over a limit")
        assert "456" not in check(console, "Over a limit", MASK)


async def test_a_low_balance_is_refused_without_its_amount(open_private: Any) -> None:
    async with open_private(balance=Decimal("10.25")) as console:
        ticket = await at_ticket(console)
        await console.press("enter")
        await console.until(lambda: ticket.ticket.error)
        await console.shows("Not enough balance")
        assert "10.25" not in check(console, "Not enough balance", MASK)


async def test_a_sentence_that_is_is_masked_and_shown_with_the_rest(open_console: Any) -> None:
    async with open_console() as console:
        await console.ready()
        console.app.say(phrase("The vendor wants {left} DZD more.", left=Decimal("1234.50")))
        await console.shows("1 234.50 DZD")
        await console.press("d")
        await console.shows(f"wants {MASK} DZD more")
        await console.press("d")
        await console.shows("1 234.50 DZD")
        assert isinstance(console.screen, DeskScreen)
