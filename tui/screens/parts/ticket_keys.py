"""What the key line of a ticket offers at each of its stages. Pure."""

from decimal import Decimal
from typing import Protocol

from msgspec import Struct
from textual import events
from textual.widgets import Input

from services.domain import money
from services.domain.models import UNSETTLED, WITH_CARDS, Purchase, PurchaseState, Quote
from services.domain.typed import digits
from tui.actions.keymap import Keymap
from tui.screens.parts.confirmation import Confirmation, KeyResult

NOTHING_PLACED = frozenset(
    {PurchaseState.NOT_SENT, PurchaseState.REFUSED, PurchaseState.NOT_PLACED}
)

Hint = tuple[str, str]


class Confirmed(Protocol):
    """What a yes is asked for: what it costs, and whether that has to be typed."""

    @property
    def total(self) -> Decimal:
        """DZD."""
        ...

    @property
    def typed_total(self) -> bool:
        """Whether the total is typed in place of y."""
        ...


class TicketState(Struct, frozen=True):
    """The state of a ticket: its stage, and what was quoted, confirmed and bought so far.

    `approves` is whether it approves what another person asked for.
    """

    stage: str
    quote: Quote | None
    confirmation: Confirmation | None
    purchase: Purchase | None
    approves: bool = False


def hints(keys: Keymap, state: TicketState) -> tuple[Hint, ...]:
    """Return keys and what they do, the most useful first."""
    back = (keys.shown("back"), "Close")
    match state.stage:
        case "edit":
            go, other = keys.shown("ticket.go"), keys.shown("part.next")
            add = (keys.shown("ticket.add"), "Add to sale")
            return ((go, "Review"), (other, "Customer"), add, back)
        case "checking":
            return (back,)
        case "failed":
            return ((keys.shown("ticket.go"), "Check again"), back)
        case "review":
            return _review(keys, state, back)
        case "done":
            hand = ((keys.shown("hand"), "Hand over"),) if ready(state.purchase) else ()
            next_one = "Close" if state.approves else "Close, next customer"
            return (*_next_steps(keys, state), *hand, (back[0], next_one))
        case _:
            return ()


def heard(
    keys: Keymap, heard: KeyResult, quote: Confirmed, confirmation: Confirmation, *, was_armed: bool
) -> str:
    """Say what a key of the review came to, where the ticket itself does not show it.

    Args:
        keys: the live keys.
        heard: what it came to.
        quote: what is asked about.
        confirmation: as it is after the key.
        was_armed: whether the next enter would have bought before the key.
    """
    go = keys.shown("ticket.go")
    first = "type the cost" if quote.typed_total else keys.shown("ticket.arm")
    how = f"{first}, then {go}"
    match heard:
        case "early":
            return f"Read first: {how}."
        case "together":
            return f"Two keys at once, as from a paste or a held key, do not count: {how}."
        case "again":
            return f"That {go} did nothing: the yes before it came too soon. To buy: {how}."
        case "wrong" if confirmation.typed:
            total = f"{money.show(quote.total)} DZD"
            return f"It costs {total}, not {confirmation.typed}. Correct it, then {go}."
        case "wrong":
            return f"A yes is not enough for this cost: {how}."
        case "disarmed":
            said = "That took the yes back" if was_armed else "That key does nothing"
            return f"{said}. To buy: {how}."
        case "cancelled":
            return "Back to the ticket. Nothing was sent."
        case _:
            return ""


def _review(keys: Keymap, state: TicketState, back: Hint) -> tuple[Hint, ...]:
    go, does = keys.shown("ticket.go"), "Approve" if state.approves else "Buy"
    if state.quote is not None and state.quote.needs_approval:
        does = "Ask for approval"
    if state.confirmation is not None and state.confirmation.armed:
        return (go, does), back
    typed = state.quote is not None and state.quote.typed_total
    yes = "the cost" if typed else keys.shown("ticket.arm")
    return (f"{yes} then {go}", does), (f"{go} alone", "Back"), back


def _next_steps(keys: Keymap, ticket: TicketState) -> tuple[Hint, ...]:
    """Return the keys that help with what became of the purchase, and their words."""
    state = ticket.purchase.state if ticket.purchase else ""
    if state == PurchaseState.AWAITING_APPROVAL:
        return (keys.shown("off"), "Take it back"), (keys.shown("unresolved"), "All that waits")
    if state in UNSETTLED:
        return ((keys.shown("unresolved"), "Settle it"),)
    if state in NOTHING_PLACED:
        return () if ticket.approves else ((keys.shown("ticket.go"), "Back to the ticket"),)
    return ((keys.shown("reveal"), "Order and cards"),)


def ready(purchase: Purchase | None) -> bool:
    """Whether cards came that can be handed over."""
    return purchase is not None and purchase.state in WITH_CARDS


def taken(keys: Keymap) -> frozenset[str]:
    """Return the keys that are not typed where a number is asked for."""
    actions = ("ticket.more", "ticket.less", "ticket.add")
    return frozenset(key for action in actions for key in keys.pressed(action))


def counted_by(keys: Keymap) -> str:
    """Name the keys for one card more and one less."""
    return f"{keys.shown('ticket.more')} and {keys.shown('ticket.less')}: one more, one less"


class QuantityInput(Input):
    """A line for a number that leaves the keys for more and less to the ticket.

    Args:
        value: what is in it first.
        taken: the keys that are not typed here.
        keyboard: the `ui.keyboard` setting, whose digit row types digits here.
    """

    def __init__(self, value: str, taken: frozenset[str], keyboard: str) -> None:
        super().__init__(value, id="quantity", compact=True, max_length=12)
        self.cursor_blink = False
        self.taken = taken
        self.keyboard = keyboard

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in self.taken and super().check_consume_key(key, character)

    def on_key(self, event: events.Key) -> None:
        if event.character is not None:
            event.character = digits.typed(event.character, self.keyboard)

    def on_paste(self, event: events.Paste) -> None:
        """Take a number that was copied somewhere, without its groups of thousands."""
        first = next(iter(event.text.splitlines()), "")
        found = [amount for amount in money.readings(first) if amount % 1 == 0]
        if found:
            event.text = f"{found[-1]:.0f}"
