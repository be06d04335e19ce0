"""Where an order or a purchase stands, in the sentences the operator is promised. Pure."""

from datetime import datetime

from services.book_models import BoardOrder
from services.models import Purchase
from services.models import PurchaseState as S
from services.text import short_id

LATE = "This order appeared late. You may now have two."
SENDING = "Sending. The order may already be placed; do not close."
FITS = "An order that fits appeared after all: it may be yours. Say this one, or acknowledge."


def named(purchase: Purchase) -> str:
    """Return what is bought in a few words: `2 x PUBG Mobile UC 60 UC`."""
    return f"{purchase.quantity} x {purchase.product_title} {purchase.type_name}"


def sending(seconds: float) -> str:
    """Say what to know while a purchase is sent, which the vendor has so many seconds to answer."""
    return f"{SENDING} The answer comes within {seconds:.0f} s, or it is looked for."


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: `1 row`, `12 rows`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def words(purchase: Purchase, next_look: str = "") -> str:
    """Say where one of our purchases stands and what that means for the operator.

    Args:
        purchase: as the journal holds it.
        next_look: the time left until the next look at an UNRESOLVED one, in words.
    """
    if purchase.late and not purchase.order_id:
        return FITS
    sentence = _words(purchase, next_look)
    return f"{LATE} {sentence}" if purchase.late else sentence


def order_words(order: BoardOrder) -> str:
    """Say where an order of the account stands that this journal did not place."""
    if order.state == "HANDLING":
        return "Another desk placed it. The vendor is still working on it."
    return (
        f"Another desk placed it. {outcome(order.state, order.fulfilled_quantity, order.quantity)}"
    )


def nobodys_words(count: int) -> str:
    """Say that orders turned up on an account on which nobody else should be buying."""
    if count == 1:
        return "An order is on the account that no purchase here claims. Look at it: press u."
    return f"{count} orders are on the account that no purchase here claims. Press u."


def outcome(state: str, fulfilled: int | None, quantity: int) -> str:
    """Say how an order ended, or that its state is one this console does not know."""
    cards = "card" if quantity == 1 else "cards"
    match state:
        case "FULFILLED":
            return f"Done: {quantity} of {quantity} {cards} came."
        case "PARTIALLY_FILLED":
            came = "Some" if fulfilled is None else f"{fulfilled} of {quantity}"
            return f"{came} {cards} came. The rest was refunded automatically."
        case "REFUNDED":
            return "No card came. All the money is back on the balance."
        case _:
            return f"The vendor says {state or 'nothing'}, which is not known here. Still asking."


def _words(purchase: Purchase, next_look: str) -> str:
    match purchase.state:
        case S.INTENT:
            return "Recorded. Nothing has been sent yet."
        case S.SENDING:
            return SENDING
        case S.UNRESOLVED:
            return _unresolved(purchase, next_look)
        case S.AMBIGUOUS:
            ids = ", ".join(map(short_id, purchase.candidates))
            return f"These orders could be yours: {ids}. Do not buy it again; choose one or none."
        case S.NOT_PLACED:
            reason = _reason(purchase)
            return f"{reason[0].upper()}{reason[1:]}. Nothing was placed."
        case S.NOT_SENT:
            return f"Nothing was sent: {_reason(purchase)}. Safe to try again."
        case S.REFUSED:
            return f"The vendor refused: {_reason(purchase)}. Nothing was placed."
        case S.HANDLING:
            return _handling(purchase)
        case _:
            return outcome(purchase.state, purchase.fulfilled_quantity, purchase.quantity)


def _handling(purchase: Purchase) -> str:
    placed = purchase.answered_at or purchase.sent_at or purchase.created_at
    sentence = f"Placed at {_clock(placed)}, order {short_id(purchase.order_id)}."
    if purchase.status and purchase.status != "HANDLING":
        return f"{sentence} {outcome(purchase.status, None, purchase.quantity)}"
    return f"{sentence} Waiting for the cards."


def _unresolved(purchase: Purchase, next_look: str) -> str:
    sentence = "No answer. It may or may not be placed. Do not buy it again."
    plans = [f"Next look in {next_look}"] if next_look else []
    if purchase.decide_at:
        plans.append(f"decision by {_clock(purchase.decide_at)}")
    plan = ", ".join(plans)
    return f"{sentence} {plan[0].upper()}{plan[1:]}." if plan else sentence


def _reason(purchase: Purchase) -> str:
    error = purchase.error
    said = (error.message if error else "").rstrip(".") or "no reason given"
    code, request = (error.code, error.request_id) if error else ("", "")
    facts = ", ".join(fact for fact in (code, request or purchase.request_id) if fact)
    return f"{said} ({facts})" if facts and purchase.state is S.REFUSED else said


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M:%S}"
