"""What the keys of one order do on every screen that has one: buy again, hand over, note."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from services.domain.local_time import local_when
from services.domain.models import Denomination, Product
from tui.actions.action import ActionContext
from tui.screens.base import ConsoleScreen, Handler
from tui.screens.requests import DeliveredRequest, NoteRequest, ReceiptRequest, RepeatRequest


def handlers(screen: ConsoleScreen[Any]) -> Mapping[str, Handler]:
    """Return what these keys do with the order that a screen has just now, if it has one."""

    def note() -> None:
        if order := screen.noted_order():
            screen.post_message(NoteRequest(order))

    def mark() -> None:
        if order := screen.noted_order():
            _toggle(screen, order)

    def buy() -> None:
        if order := screen.noted_order():
            each = order.total / order.quantity if order.total else Decimal(0)
            product = Product(order.product_id, order.product, order.region)
            denomination = Denomination(order.type_id, order.denomination, each, 0)
            screen.post_message(RepeatRequest(product, denomination, order.quantity))

    def hand() -> None:
        if order := screen.noted_order():
            screen.post_message(ReceiptRequest(order, reply=said))

    def said(sentence: str | None, error: Failure | None) -> None:
        if screen.composed and (words := error.sentence() if error else sentence):
            screen.say(words)

    def timeline() -> None:
        if order := screen.noted_order():
            from tui.screens.timeline import TimelineScreen

            screen.open_screen(TimelineScreen(screen.context, order))

    return {"buy": buy, "hand": hand, "note": note, "mark": mark, "timeline": timeline}


def situation(base: ActionContext, order: BoardOrder | None) -> ActionContext:
    """Add what actions have to know of the order that a screen has just now."""
    if order is None:
        return base
    has_cards = order.has_cards or order.given_at is not None
    return replace(
        base,
        order=True,
        mine=order.mine and bool(order.purchase_id),
        goods=bool(order.product_id and order.type_id),
        giving=bool(order.order_id) and has_cards,
    )


def _toggle(screen: ConsoleScreen[Any], order: BoardOrder) -> None:
    """Mark an order as handed over; of one that is marked ask whether the mark is taken back."""
    if order.given_at is None:
        screen.post_message(DeliveredRequest(order))
        return

    from tui.screens.dialogs.confirm import AskScreen

    def answered(yes: bool | None) -> None:
        if yes:
            screen.post_message(DeliveredRequest(order, undo=True))

    when = local_when(order.given_at, screen.now)
    lines = [
        f"{order.name}.",
        f"Handed over {when} by {order.given_by}.",
        "The event log keeps both: handed over, and the mark taken back.",
    ]
    question = AskScreen(
        screen.context, 'Undo "handed over"?', lines, yes="Take the mark back", no="Keep it"
    )
    screen.ask(question, answered)
