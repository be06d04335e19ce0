"""What the keys of one order do on every screen that has one: note, mark as given, story."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from services.book_models import BoardOrder
from services.models import WITH_CARDS
from tui.screens.ask import AskScreen
from tui.screens.base import ConsoleScreen, Handler
from tui.screens.errands import GivenWanted, NoteWanted, StoryWanted
from tui.situation import Situation
from widgets.cells import local_when


def handlers(screen: ConsoleScreen[Any]) -> Mapping[str, Handler]:
    """Return what these keys do with the order that a screen has just now, if it has one."""

    def note() -> None:
        if order := screen.noted_order():
            screen.post_message(NoteWanted(order))

    def give() -> None:
        if order := screen.noted_order():
            _toggle(screen, order)

    def story() -> None:
        if order := screen.noted_order():
            screen.post_message(StoryWanted(order))

    return {"note": note, "given": give, "story": story}


def situation(base: Situation, order: BoardOrder | None) -> Situation:
    """Add what actions have to know of the order that a screen has just now."""
    if order is None:
        return base
    has_cards = order.state in WITH_CARDS or order.given_at is not None
    return replace(
        base,
        order=True,
        mine=order.mine and bool(order.purchase_id),
        giving=bool(order.order_id) and has_cards,
    )


def _toggle(screen: ConsoleScreen[Any], order: BoardOrder) -> None:
    """Mark an order as given; of one that is marked ask whether it was not given after all."""
    if order.given_at is None:
        screen.post_message(GivenWanted(order))
        return

    def answered(yes: bool | None) -> None:
        if yes:
            screen.post_message(GivenWanted(order, undo=True))

    when = local_when(order.given_at, screen.now)
    lines = [
        f"It was marked as given to the customer, {when}, by {order.given_by}.",
        "The event log keeps both: that it was given, and that the mark was taken back.",
    ]
    question = AskScreen(
        screen.frame, "Was it not given after all?", lines, yes="Take the mark back", no="Keep it"
    )
    screen.ask(question, answered)
