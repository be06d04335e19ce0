"""What a customer may hear of an order: plain sentences, no wholesale price, no codes. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from services.domain.book import BoardOrder
from services.domain.models import Purchase
from services.domain.purchase_states import APPROVAL_TIME
from services.domain.words.customer_sentences import at, by, spoken

AT_ONCE = timedelta(minutes=2)

Say = Callable[..., str]


def tell(
    row: BoardOrder, purchase: Purchase | None, now: datetime, language: str = "en"
) -> tuple[str, ...]:
    """Return one to three sentences that may be said to the customer.

    Args:
        row: the order or purchase as it is.
        purchase: the journal's, if it is ours.
        now: the time (UTC).
        language: `en`, `fr` or `ar`.
    """
    say = partial(spoken, language)
    if purchase and purchase.late and not purchase.order_id:
        return say("checked"), say("came after all")
    match row.state:
        case "AWAITING_APPROVAL":
            return _decided(say, row.time + APPROVAL_TIME, now, language)
        case "INTENT" | "SENDING":
            return (say("placing"),)
        case "HANDLING":
            return _waiting(say, row, now, language)
        case "UNRESOLVED":
            return _checked(say, purchase, now, language)
        case "AMBIGUOUS":
            return say("checked"), say("compared")
        case "NOT_SENT":
            return say("not sent"), say("free, again at once")
        case "REFUSED":
            return say(_refusal(purchase)), say("free")
        case "NOT_PLACED":
            return say("not placed"), say("free, again at once")
        case "FULFILLED":
            return _ready(say, row, now, language)
        case "PARTIALLY_FILLED":
            return _part(say, row, now, language)
        case "REFUNDED":
            return say("refunded"), say("free, again")
        case _:
            return say("placed"), say("worked on")


def _waiting(say: Say, row: BoardOrder, now: datetime, language: str) -> tuple[str, ...]:
    placed = say("placed at", at=at(language, row.time, now))
    late = now - row.time >= AT_ONCE
    return placed, say("late" if late else "soon", row.quantity)


def _checked(say: Say, purchase: Purchase | None, now: datetime, language: str) -> tuple[str, ...]:
    decided = purchase.decision_due_at if purchase else None
    if decided is None or decided <= now:
        return say("checked"), say("longer")
    return _decided(say, decided, now, language)


def _decided(say: Say, decided: datetime, now: datetime, language: str) -> tuple[str, ...]:
    # To the minute that is not too early.
    due = decided + timedelta(seconds=59) if decided.second or decided.microsecond else decided
    return (say("decided by", by=by(language, due, now), at=at(language, due, now)),)


def _refusal(purchase: Purchase | None) -> str:
    code = purchase.error.code if purchase and purchase.error else ""
    return "out of stock" if code == "ERR_STOCK" else "refused"


def _ready(say: Say, row: BoardOrder, now: datetime, language: str) -> tuple[str, ...]:
    if row.missing:
        return _coming(say, row, row.quantity, now, language)
    if row.given_at:
        return (say("handed over", row.quantity, at=at(language, row.given_at, now)),)
    return (say("ready", row.quantity),)


def _part(say: Say, row: BoardOrder, now: datetime, language: str) -> tuple[str, ...]:
    if row.missing:
        due = row.missing + (row.cards_came or 0)
        coming = _coming(say, row, due, now, language)
        rest = row.quantity - due
        return (*coming, say("not supplied", rest)) if rest > 0 else coming
    came = row.delivered
    if came is None:
        return say("some ready"), say("some free")
    refunded = say("not supplied", row.quantity - came)
    if row.given_at:
        when = at(language, row.given_at, now)
        return say("part handed over", came, all=row.quantity, at=when), refunded
    return say("part ready", came, all=row.quantity), refunded


def _coming(say: Say, row: BoardOrder, due: int, now: datetime, language: str) -> tuple[str, ...]:
    """Say what there is of an order whose codes have not all come."""
    came = row.cards_came or 0
    if not came:
        placed = say("placed and paid", at=at(language, row.time, now))
        return placed, say("late", due)
    here = say("part here" if row.given_at else "part ready", came, all=due)
    return here, say("follow", row.missing)
