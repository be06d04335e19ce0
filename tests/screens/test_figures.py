"""One figure has one value: ticket, review, pane and status line follow one reading."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.domain.models import PurchaseState
from services.sandbox import Fault
from tui.screens.desk import DeskScreen
from tui.screens.unresolved import UnresolvedScreen
from widgets.panes.stock import StockPane

LOST = "reset@placeOrder:before"


def pane(console: Any) -> StockPane:
    (desk,) = [screen for screen in console.app.screen_stack if isinstance(screen, DeskScreen)]
    return desk.query_one(StockPane)


def shown(console: Any, ticket: Any) -> Any:
    return pane(console).find(ticket.ticket.denomination.id)


async def test_a_new_price_at_the_review_reaches_ticket_and_pane(console: Any) -> None:
    ticket = await console.ticket()
    chosen = ticket.ticket.denomination
    await console.review(ticket)
    console.box.set_price(chosen.id, Decimal(2500))
    await console.confirm()
    await console.shows("the cost was", "and is now 2 500 DZD a card", "1 x 2 500")
    assert shown(console, ticket).price == Decimal(2500)
    assert not console.box.posts


async def test_a_refused_review_shows_the_stock_that_is_left(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("plus")
    await console.review(ticket)
    console.box.set_stock(ticket.ticket.denomination.id, 1)
    await console.confirm()
    await console.shows("Not enough stock: 1 in stock, 2 wanted", "1 left")
    assert shown(console, ticket).quantity == 1
    await console.press("escape")
    await console.shows("1 left")


async def test_a_reading_behind_the_review_makes_it_again(console: Any) -> None:
    ticket = await console.ticket()
    chosen = ticket.ticket.denomination
    await console.review(ticket)
    console.box.set_price(chosen.id, Decimal(2500))
    await console.desk.figures.stock(ticket.ticket.product.id)
    await console.shows("CHANGED", "and is now 2 500 DZD a card")
    assert ticket.ticket.quote.unit_price == Decimal(2500)


async def test_a_purchase_reads_its_stock_again(console: Any) -> None:
    ticket = await console.ticket()
    before = shown(console, ticket).quantity
    await console.review(ticket)
    await console.confirm()
    await console.until(lambda: shown(console, ticket).quantity == before - 1)
    await console.shows(f"{before - 1} in stock")


async def test_the_ticket_follows_each_check_of_its_purchase(console: Any) -> None:
    console.box.faults.add(Fault.parse(LOST))
    ticket = await console.buy()
    plans = {ticket.ticket.purchase.next_check_at}
    console.clock.advance(5)
    await console.until(lambda: plans.add(ticket.ticket.purchase.next_check_at) or len(plans) > 2)
    assert ticket.ticket.purchase.state is PurchaseState.UNRESOLVED


async def test_the_order_screen_follows_each_check_too(console: Any) -> None:
    console.box.faults.add(Fault.parse(LOST))
    await console.buy()
    await console.press("escape", "3", "enter")
    await console.shows("Looks again")
    detail = console.screen.detail
    plans = {detail.purchase.next_check_at}
    await console.until(lambda: plans.add(detail.purchase.next_check_at) or len(plans) > 2)


async def test_a_watched_purchase_shows_when_it_is_checked_next(open_console: Any) -> None:
    def quick(settings: Any) -> Any:
        return replace(settings, purchase=replace(settings.purchase, settle_seconds=5))

    async with open_console(change=quick) as console:
        console.box.faults.add(Fault.parse(LOST))
        ticket = await console.buy()
        await console.until(lambda: ticket.ticket.purchase.state is PurchaseState.NOT_PLACED)
        await console.press("escape", "u")
        await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
        first = console.app.book.unsettled[0].next_check_at
        console.clock.advance(400)
        await console.until(lambda: console.app.book.unsettled[0].next_check_at > first)
