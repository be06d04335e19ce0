"""What the desk does with the sale in hand: adds to it, shows how far it is, and ends it."""

from functools import partial
from typing import TYPE_CHECKING

from services.domain.errors import Failure
from services.domain.models import Denomination, Product
from services.domain.phrase import counted
from services.domain.shop.sale import Sale
from services.domain.typed.product_names import goods_name
from tui.actions.keymap import Keymap
from tui.screens.parts.strips import SaleStrip
from tui.screens.requests import SaleAddRequest, SaleCloseRequest
from widgets.panes.stock import StockPane

if TYPE_CHECKING:
    from tui.screens.desk import DeskScreen

HANDED_OVER = "all of it is handed over"


def add(desk: "DeskScreen") -> None:
    """Add one card of the selected value, or first show the stock pane."""
    stock, product = desk.stock, desk.product
    kind = desk.query_one(StockPane).highlighted
    if not desk.board("stock").display or stock is None or kind is None:
        desk.go_to("stock")
        desk.say("Select a value here, then add it.")
    elif product is not None:
        request = SaleAddRequest(product, kind, 1, into=desk.adding_to)
        request.reply = partial(added, desk, product, kind)
        desk.post_message(request)


def added(
    desk: "DeskScreen",
    product: Product,
    kind: Denomination,
    sale: Sale | None,
    error: Failure | None,
) -> None:
    """Say what was added, or why nothing was."""
    if desk.composed and sale is not None:
        desk.say(said(desk.context.keymap, sale, product, kind))
    elif desk.composed and error is not None:
        desk.say(error.sentence())


def said(keys: Keymap, sale: Sale, product: Product, kind: Denomination) -> str:
    """Say how many of these goods are in a sale, and how much the sale is now."""
    line = sale.like(product.id, kind.id)
    count = f"{line.quantity} x " if line else ""
    goods = goods_name(product.title, kind.name, product.region)
    return f"{count}{goods} in the sale: {sale.words}. {keys.shown('sale')} opens it."


def found(desk: "DeskScreen", sale: Sale | None, _: Failure | None) -> None:
    """Say that a sale of before is not finished."""
    if sale is None or not desk.composed:
        return
    whose = f" for {sale.customer}" if sale.customer else ""
    bought = f"{len(sale.bought)} of {counted(len(sale.lines), 'line')} bought"
    key = desk.context.keymap.shown("sale")
    desk.say(f"A sale{whose} is not finished: {bought}. {key} opens it.")


def follow(desk: "DeskScreen") -> None:
    """Show the sale in hand as its orders are now; close one that is handed over."""
    held = desk.book.sale
    sale = held.following(desk.book.orders) if held else None
    strip = desk.query_one(SaleStrip)
    open_sale = sale if sale is not None and sale.lines and not sale.finished else None
    strip.key = desk.context.keymap.shown("sale")
    strip.sale, strip.display = open_sale, open_sale is not None
    if held is not None and sale is not None and sale.lines and sale.finished:
        if desk.closing != held.id:
            desk.closing = held.id
            desk.post_message(SaleCloseRequest(held, HANDED_OVER))
        if desk.adding_to == held.id:
            desk.adding_to = ""
