"""What a customer may hear of an order: plain sentences, no wholesale price, no codes. Pure."""

from datetime import datetime, timedelta

from services.domain.book import BoardOrder
from services.domain.local_time import local_minute, same_day, spoken_day
from services.domain.models import Purchase
from services.domain.phrase import numbered

AT_ONCE = timedelta(minutes=2)
CHECKED = "Your purchase is being checked."
FREE = "You do not pay for it."
FREE_NOW = "You do not pay for it. It can be placed again at once."


def tell(row: BoardOrder, purchase: Purchase | None, now: datetime) -> tuple[str, ...]:
    """Return one to three sentences that may be said to the customer.

    Args:
        row: the order or purchase as it is.
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
            return ("Your order was not placed.", FREE_NOW)
        case "REFUSED":
            return (_refused(purchase), FREE)
        case "NOT_PLACED":
            return (
                "We checked: your order was not placed.",
                FREE_NOW,
            )
        case "FULFILLED":
            return _ready(row, now)
        case "PARTIALLY_FILLED":
            return _part(row, now)
        case "REFUNDED":
            return (
                "Your order could not be supplied.",
                "You do not pay for it. It can be placed again.",
            )
        case _:
            return ("Your order is placed.", "It is still being worked on.")


def _waiting(row: BoardOrder, now: datetime) -> tuple[str, ...]:
    placed = f"Your order was placed {_at(row.time, now)}."
    if now - row.time >= AT_ONCE:
        return (placed, _late(row.quantity))
    soon = numbered(
        row.quantity,
        "Your card is on the way: most take less than a minute.",
        "Your {count} cards are on the way: most take less than a minute.",
    )
    return (placed, str(soon))


def _checked(purchase: Purchase | None, now: datetime) -> tuple[str, ...]:
    decided = purchase.decision_due_at if purchase else None
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
    if row.missing:
        return _coming(row, row.quantity, now)
    if row.given_at:
        given = numbered(
            row.quantity,
            "Your card was given to you {at}.",
            "Your {count} cards were given to you {at}.",
            at=_at(row.given_at, now),
        )
        return (str(given),)
    ready = numbered(row.quantity, "Your card is ready.", "Your {count} cards are ready.")
    return (str(ready),)


def _part(row: BoardOrder, now: datetime) -> tuple[str, ...]:
    if row.missing:
        due = row.missing + (row.cards_came or 0)
        coming = _coming(row, due, now)
        return (*coming, _refunded(row.quantity - due)) if row.quantity > due else coming
    came = row.delivered
    if came is None:
        return ("Some of your cards are ready.", "You do not pay for those that did not come.")
    refunded = _refunded(row.quantity - came)
    if row.given_at:
        given = numbered(
            came,
            "{count} of your {all} cards was given to you {at}.",
            "{count} of your {all} cards were given to you {at}.",
            all=row.quantity,
            at=_at(row.given_at, now),
        )
        return (str(given), refunded)
    return (_here(came, row.quantity), refunded)


def _coming(row: BoardOrder, due: int, now: datetime) -> tuple[str, ...]:
    """Say what there is of an order whose codes have not all come."""
    came = row.cards_came or 0
    if not came:
        return (f"Your order was placed {_at(row.time, now)} and is paid.", _late(due))
    if row.given_at:
        here = numbered(
            came,
            "{count} of your {all} cards is here.",
            "{count} of your {all} cards are here.",
            all=due,
        )
    else:
        here = _here(came, due)
    others = numbered(
        row.missing,
        "The other will follow: it is paid.",
        "The others will follow: it is paid.",
    )
    return (str(here), str(others))


def _here(came: int, of: int) -> str:
    return str(
        numbered(
            came,
            "{count} of your {all} cards is ready.",
            "{count} of your {all} cards are ready.",
            all=of,
        )
    )


def _late(cards: int) -> str:
    return str(
        numbered(
            cards,
            "Your card is on the way; it takes longer than usual.",
            "Your {count} cards are on the way; it takes longer than usual.",
        )
    )


def _refunded(cards: int) -> str:
    return str(
        numbered(
            cards,
            "{count} could not be supplied: you do not pay for it.",
            "{count} could not be supplied: you do not pay for them.",
        )
    )


def _at(then: datetime, now: datetime) -> str:
    """Say when something was, as part of a sentence: `at 14:05`, `on 24/11/2026 at 14:05`."""
    clock = local_minute(then)
    return f"at {clock}" if same_day(then, now) else f"on {spoken_day(then)} at {clock}"


def _clock(then: datetime, now: datetime) -> str:
    clock = local_minute(then)
    return clock if same_day(then, now) else f"{clock} on {spoken_day(then)}"
