"""What the key line of a ticket offers at each of its stages. Pure."""

from msgspec import Struct

from services.models import UNSETTLED, Purchase, PurchaseState, Quote
from tui.confirmation import Confirmation
from tui.keymap import Keymap

NOTHING_PLACED = frozenset(
    {PurchaseState.NOT_SENT, PurchaseState.REFUSED, PurchaseState.NOT_PLACED}
)

Hint = tuple[str, str]


class Standing(Struct, frozen=True):
    """Where a ticket stands: its stage, and what was quoted, confirmed and bought so far."""

    stage: str
    quote: Quote | None
    confirmation: Confirmation | None
    purchase: Purchase | None


def hints(keys: Keymap, stands: Standing) -> tuple[Hint, ...]:
    """Return keys and what they do, the most useful first."""
    back = (keys.shown("back"), "Cancel" if stands.stage != "done" else "Close")
    match stands.stage:
        case "edit":
            more_or_less = f"{keys.shown('ticket.more')}/{keys.shown('ticket.less')}"
            return (
                (keys.shown("ticket.go"), "Review"),
                (more_or_less, "Quantity"),
                (keys.shown("ticket.next"), "Note"),
                back,
            )
        case "checking":
            return (back,)
        case "review":
            return _review(keys, stands, back)
        case "done":
            return (_next_step(keys, stands.purchase), back)
        case _:
            return ()


def _review(keys: Keymap, stands: Standing, back: Hint) -> tuple[Hint, ...]:
    go = keys.shown("ticket.go")
    if stands.confirmation is not None and stands.confirmation.armed:
        return (go, "BUY"), back
    typed = stands.quote is not None and stands.quote.typed_total
    return (f"{'the total' if typed else keys.shown('ticket.arm')} then {go}", "Buy"), (
        go,
        "Cancel",
    )


def _next_step(keys: Keymap, purchase: Purchase | None) -> Hint:
    """Return the key that helps most with what became of the purchase, and its words."""
    state = purchase.state if purchase else ""
    if state in UNSETTLED:
        return keys.shown("unresolved"), "Settle it"
    if state in NOTHING_PLACED:
        return keys.shown("ticket.go"), "Back to the ticket"
    return keys.shown("reveal"), "The order and its cards"
