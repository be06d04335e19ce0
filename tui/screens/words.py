"""Sentences that screens put together from values; plain text, made inert where it is drawn."""

from collections.abc import Sequence

from services import money
from services.book_models import BoardOrder, Book
from services.ledger_models import LedgerRow
from services.models import UNSETTLED, Denomination, Product, Purchase, Stock
from services.text import short_id
from widgets.cells import discreet, goods
from widgets.logged import Logged


def row(
    value: object,
    stock: Stock | None,
    product: Product | None,
    book: Book,
    *,
    privacy: bool = False,
) -> str:
    """Describe the highlighted row of any pane in full.

    Args:
        value: what the pane's list holds.
        stock: the stock on the screen, for a denomination's product.
        product: the product it belongs to.
        book: says what is pinned and what was bought lately.
        privacy: say no amounts.
    """
    match value:
        case Product():
            parts = (value.title, value.region, value.category, _kept_on_top(value, book))
            return ", ".join(part for part in parts if part)
        case Denomination():
            title = stock.product_title if stock else product.title if product else ""
            same = product if not stock or (product and product.id == stock.product_id) else None
            return ", ".join(part for part in (goods(title, same), value.name) if part)
        case BoardOrder():
            return _order(value)
        case LedgerRow():
            return _movement(value, privacy)
        case Logged():
            return discreet(value.entry.text, privacy)
        case _:
            return ""


def leaving(book: Book) -> Sequence[str]:
    """Say what is in flight or not settled when the operator wants to leave; empty: nothing."""
    lines: list[str] = []
    if book.in_flight:
        names = ", ".join(purchase_name(purchase) for purchase in book.in_flight)
        lines.append(f"Being sent: {names}. Leaving waits until the answer is recorded.")
    if count := sum(purchase.state in UNSETTLED for purchase in book.unsettled):
        lines.append(
            f"{count} purchase{'s are' if count > 1 else ' is'} not settled. Settling goes on when "
            "carddesk is started again, or with `carddesk resolve`."
        )
    return lines


def purchase_name(purchase: Purchase) -> str:
    """Name a purchase in a few words: `2 x Steam Wallet 10 EUR (19 610 DZD)`."""
    what = f"{purchase.product_title} {purchase.type_name}"
    return f"{purchase.quantity} x {what} ({money.show(purchase.total)} DZD)"


def _kept_on_top(product: Product, book: Book) -> str:
    if product.id in book.pins:
        return "pinned"
    return "bought lately" if product.id in book.recents else ""


def _movement(row: LedgerRow, privacy: bool) -> str:
    move = row.transaction
    parts = [move.type if privacy else f"{move.type} {money.show(move.amount)} DZD"]
    if move.old_balance is not None and move.new_balance is not None and not privacy:
        parts.append(f"balance {money.show(move.old_balance)} -> {money.show(move.new_balance)}")
    if row.order_id:
        parts.append(f"order {row.order_id}")
    if row.order is not None:
        parts.append(f"{row.order.quantity} x {row.order.product} {row.order.denomination}")
    return ", ".join(part for part in (*parts, move.note) if part)


def _order(order: BoardOrder) -> str:
    parts = [f"{order.quantity} x {order.product} {order.denomination}"]
    if order.order_id:
        parts.append(f"order {short_id(order.order_id)}")
    parts.append(f"by {order.operator}" if order.mine else "by another desk")
    if order.note:
        parts.append(f"note: {order.note}")
    if order.given_at:
        parts.append(f"given {order.given_at.astimezone():%d/%m %H:%M} by {order.given_by}")
    return ", ".join(parts)
