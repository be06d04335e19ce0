"""What a customer may be told of an order: plain sentences, no wholesale price, no codes. Pure."""

from datetime import datetime, timedelta

from services.book_models import BoardOrder
from services.models import Purchase

AT_ONCE = timedelta(minutes=2)
CHECKED = "Your purchase is being checked."
FREE = "You do not pay for it."


def tell(row: BoardOrder, purchase: Purchase | None, now: datetime) -> tuple[str, ...]:
    """Return one or two sentences that may be said to the customer.

    Args:
        row: the order or purchase as it stands.
        purchase: the journal's, if it is ours.
        now: the time (UTC).
    """
    if purchase and purchase.late and not purchase.order_id:
        return (CHECKED, "It did not go through at first and may have come after all.")
    match row.state:
        case "INTENT" | "SENDING":
            return ("Your order is being placed at this moment.",)
        case "HANDLING":
            return _waiting(row, now)
        case "UNRESOLVED":
            return _checked(purchase, now)
        case "AMBIGUOUS":
            return (CHECKED, "We compare it with our orders, so that it is not bought twice.")
        case "NOT_SENT":
            return ("Your order was not placed.", f"{FREE} It can be placed anew at once.")
        case "REFUSED":
            return (_refused(purchase), FREE)
        case "NOT_PLACED":
            return (
                "We checked: your order was not placed.",
                f"{FREE} It can be placed anew at once.",
            )
        case "FULFILLED":
            return _ready(row, now)
        case "PARTIALLY_FILLED":
            return _part(row, now)
        case "REFUNDED":
            return ("Your order could not be supplied.", f"{FREE} It can be placed anew.")
        case _:
            return ("Your order is placed.", "It is still being worked on.")


def _waiting(row: BoardOrder, now: datetime) -> tuple[str, ...]:
    placed = f"Your order was placed {_at(row.time, now)}."
    if now - row.time < AT_ONCE:
        return (placed, f"{_cards(row.quantity)} on the way: most take less than a minute.")
    return (placed, f"{_cards(row.quantity)} on the way; it takes longer than usual.")


def _checked(purchase: Purchase | None, now: datetime) -> tuple[str, ...]:
    decided = purchase.decide_at if purchase else None
    if decided is None or decided <= now:
        return (CHECKED, "It takes longer than usual; we do not buy it twice meanwhile.")
    # To the minute that is not too early.
    by = decided + timedelta(seconds=59) if decided.second or decided.microsecond else decided
    return (f"Your purchase is being checked; it will be decided by {_clock(by, now)}.",)


def _refused(purchase: Purchase | None) -> str:
    code = purchase.error.code if purchase and purchase.error else ""
    if code == "ERR_STOCK":
        return "Your order could not be placed: it is out of stock at the moment."
    return "Your order could not be placed at the moment."


def _ready(row: BoardOrder, now: datetime) -> tuple[str, ...]:
    cards = "Your card" if row.quantity == 1 else f"Your {row.quantity} cards"
    verb = "was" if row.quantity == 1 else "were"
    if row.given_at:
        return (f"{cards} {verb} given to you {_at(row.given_at, now)}.",)
    return (f"{cards} {'is' if row.quantity == 1 else 'are'} ready.",)


def _part(row: BoardOrder, now: datetime) -> tuple[str, ...]:
    came = row.fulfilled_quantity
    if came is None:
        return ("Some of your cards are ready.", "You do not pay for those that did not come.")
    missing = row.quantity - came
    rest = f"{missing} could not be supplied: you do not pay for {'it' if missing == 1 else 'them'}"
    if row.given_at:
        given = "was" if came == 1 else "were"
        said = f"{came} of your {row.quantity} cards {given} given to you {_at(row.given_at, now)}."
        return (said, f"{rest}.")
    return (
        f"{came} of your {row.quantity} cards {'is' if came == 1 else 'are'} ready.",
        f"{rest}.",
    )


def _cards(quantity: int) -> str:
    return "Your card is" if quantity == 1 else f"Your {quantity} cards are"


def _at(then: datetime, now: datetime) -> str:
    """Say when something was, as part of a sentence: `at 14:05`, `on 24/11/2026 at 14:05`."""
    local = then.astimezone()
    if local.date() == now.astimezone().date():
        return f"at {local:%H:%M}"
    return f"on {local:%d/%m/%Y} at {local:%H:%M}"


def _clock(then: datetime, now: datetime) -> str:
    local = then.astimezone()
    if local.date() == now.astimezone().date():
        return f"{local:%H:%M}"
    return f"{local:%H:%M} on {local:%d/%m/%Y}"
