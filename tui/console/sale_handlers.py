"""Who answers the requests about a sale of several lines, and how."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from services.domain import money, receipt
from services.domain.book import BoardOrder
from services.domain.errors import BadInput
from services.domain.models import Card
from services.domain.phrase import counted
from services.domain.secrets import Secret
from services.domain.shop import sale_text
from services.domain.shop.sale import Sale, SaleReview, SaleRun
from tui.console.request_handlers import carried_out, laid_out
from tui.screens import requests as ask

if TYPE_CHECKING:
    from tui.console.app import ConsoleApp


async def answered(console: "ConsoleApp", request: ask.Request[Any]) -> object:
    """Answer a request; raises DeskError where there is no answer."""
    match request:
        case ask.SaleAddRequest():
            return await _add(console, request)
        case ask.SaleOpenRequest():
            return await _open(console, request.sale)
        case ask.SaleChangeRequest():
            return await _change(console, request)
        case ask.SaleCheckRequest():
            return await _check(console, request.sale)
        case ask.SaleBuyRequest():
            return await _buy(console, request.review)
        case ask.SaleRepeatRequest():
            return await console.desk.sales.again(request.sale, console.settings.prices)
        case ask.SaleHandRequest():
            return await _hand_over(console, request)
        case ask.SaleCloseRequest():
            return await console.desk.sales.close(request.sale, request.why)
        case _:
            raise LookupError(type(request).__name__)


async def _add(console: "ConsoleApp", request: ask.SaleAddRequest) -> Sale:
    product, kind = request.product, request.denomination
    price = console.settings.prices.price(kind.price, product.id, kind.id, product.category)
    sales = console.desk.sales
    sale = await sales.add_in_hand(product, kind, request.quantity, price, into=request.into)
    if request.customer and not sale.customer:
        sale = await sales.set_customer(sale, request.customer)
    return sale


async def _open(console: "ConsoleApp", before: Sale | None) -> Sale | None:
    """Take the next open sale in hand."""
    sales = console.desk.sales
    waiting = await sales.unfinished()
    ids = [sale.id for sale in waiting]
    if before is not None and before.id in ids:
        waiting = (*waiting[ids.index(before.id) + 1 :], *waiting[: ids.index(before.id)])
    return await sales.take(waiting[0].id) if waiting else None


async def _change(console: "ConsoleApp", request: ask.SaleChangeRequest) -> Sale:
    sales, sale = console.desk.sales, request.sale
    match request.change:
        case "count":
            return await sales.count(sale, request.number, request.by)
        case "remove":
            return await sales.remove(sale, request.number)
        case "customer":
            return await sales.set_customer(sale, request.text)
        case "received":
            return await sales.set_received(sale, _amount(request.text))
        case "again":
            for line in sale.left_out:
                sale = await sales.want_again(sale, line.number)
            return sale


def _amount(text: str) -> Decimal | None:
    """Read what a customer gave; nothing typed takes it back. Raises BadInput."""
    if not text.strip():
        return None
    try:
        return money.parse(text)
    except ValueError as bad:
        words = str(bad)
        raise BadInput(words[:1].upper() + words[1:], advice="Nothing was changed.") from None


async def _check(console: "ConsoleApp", sale: Sale) -> SaleReview:
    sales = console.desk.sales
    return await sales.check(await sales.read(sale.id), console.settings.prices)


async def _buy(console: "ConsoleApp", review: SaleReview) -> SaleRun:
    run = await console.desk.sales.buy(review)
    last = next((line.order for line in reversed(run.sale.lines) if line.order), None)
    for screen in console.desk_screens() if last else ():
        screen.bought(last.purchase_id if last else "")
    return run


async def _hand_over(console: "ConsoleApp", request: ask.SaleHandRequest) -> str:
    """Ask how the cards go to the customer, then copy, write or print one text; mark all of it."""
    sale = (await console.desk.sales.read(request.sale.id)).following(console.desk.book.orders)
    orders = sale_text.ready(sale)
    if request.marked_only:
        return await _marked(console, orders)
    from tui.screens.dialogs.receipt import ReceiptScreen

    pending = sale_text.coming(sale)
    prices = console.settings.prices
    count = sum(map(sale_text.count_of, orders))
    whose = f" · {sale.customer}" if sale.customer else ""
    title = f"Hand over: {counted(count, 'card')}{whose}"
    choice = await console.ask(
        ReceiptScreen(
            console.context,
            [title],
            lambda name, template: sale_text.masked(template, name, orders, pending, prices),
        )
    )
    if choice is None:
        return ""

    def text_of(cards: Sequence[tuple[Card, ...]]) -> Secret:
        parts = [
            (order, receipt.chosen(found, (), order.delivered or 0))
            for order, found in zip(orders, cards, strict=True)
        ]
        text = sale_text.whole(choice.template, choice.name, parts, pending, prices)
        return laid_out(console, choice, text, [card for _, chosen in parts for card in chosen])

    ids = [order.order_id for order in orders]
    which = f"all cards, of sale {sale.id}, text {receipt.named(choice.name)}"
    said = await carried_out(console, choice, ids, which, text_of)
    done = f"{counted(count, 'card')}: {said}"
    if not console.settings.ui.mark_on_hand_over:
        return done
    whole = tuple(order for order in orders if not order.missing)
    return f"{done} {await _marked(console, whole)}"


async def _marked(console: "ConsoleApp", orders: tuple[BoardOrder, ...]) -> str:
    """Mark orders as handed over, all or none; say so."""
    await console.desk.support.give_all([order.order_id for order in orders])
    console.take_book()
    return f"Handed over: {counted(len(orders), 'line')}."
