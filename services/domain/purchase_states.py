"""The states of a purchase: which may follow which, what a person reads, when codes are late.

Pure. JSON and the journal keep the protocol's own names of the states.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services.domain.models import Purchase
from services.domain.models import PurchaseState as S

TRANSITIONS: frozenset[tuple[S, S]] = frozenset(
    {
        (S.AWAITING_APPROVAL, S.INTENT),
        (S.AWAITING_APPROVAL, S.NOT_SENT),
        (S.INTENT, S.SENDING),
        (S.INTENT, S.NOT_SENT),
        (S.SENDING, S.HANDLING),
        (S.SENDING, S.REFUSED),
        (S.SENDING, S.UNRESOLVED),
        (S.SENDING, S.NOT_SENT),  # the commit was made, but the hook never returned: no byte left
        (S.REFUSED, S.HANDLING),
        (S.UNRESOLVED, S.HANDLING),
        (S.UNRESOLVED, S.AMBIGUOUS),
        (S.UNRESOLVED, S.NOT_PLACED),
        (S.AMBIGUOUS, S.HANDLING),
        (S.AMBIGUOUS, S.UNRESOLVED),
        (S.NOT_PLACED, S.HANDLING),
        (S.HANDLING, S.FULFILLED),
        (S.HANDLING, S.PARTIALLY_FILLED),
        (S.HANDLING, S.REFUNDED),
        (S.FULFILLED, S.REFUNDED),
        (S.PARTIALLY_FILLED, S.REFUNDED),
    }
)


def allowed(old: S, new: S) -> bool:
    """Tell whether a purchase may go from one state to the other."""
    return (old, new) in TRANSITIONS


HANDED_OVER: Final = "HANDED_OVER"
"""The state of an order whose cards the customer has, which only this desk knows."""

ELSEWHERE: Final = "ELSEWHERE"
"""The state of an order that another desk placed and that the vendor has fulfilled."""

STATE_NAMES: Final[dict[str, str]] = {
    "AWAITING_APPROVAL": "to approve",
    "INTENT": "checking",
    "SENDING": "sending",
    "UNRESOLVED": "no answer",
    "AMBIGUOUS": "ours?",
    "NOT_SENT": "not sent",
    "REFUSED": "refused",
    "NOT_PLACED": "not placed",
    "HANDLING": "handling",
    "FULFILLED": "ready",
    HANDED_OVER: "handed over",
    ELSEWHERE: "other desk",
    "CODES_LATE": "codes late",
    "PARTIALLY_FILLED": "part came",
    "REFUNDED": "refunded",
}
"""By the protocol's name, and by the two names above."""


def state_name(state: str, quantity: int = 0, came: int | None = None) -> str:
    """Return the name of a state; one that the vendor has added since is named as it came.

    Args:
        state: the protocol's name.
        quantity: how many cards were ordered.
        came: how many of them came, None where that is not known.
    """
    if state == "PARTIALLY_FILLED" and came is not None:
        return f"{came} of {quantity} came"
    return STATE_NAMES.get(state, state or "unknown")


APPROVAL_TIME: Final = timedelta(minutes=15)
"""How long a purchase waits for another person's approval."""

NO_APPROVAL: Final = "no approval within 15 minutes"
"""Why nothing was sent of one for which none came."""


def approval_ends(purchase: Purchase) -> datetime:
    """Return when (UTC) a purchase waits for an approval no longer."""
    return purchase.created_at + APPROVAL_TIME


CODES_GRACE: Final = timedelta(minutes=2)
"""How long codes may take after the vendor said that the order is done."""


def overdue(purchases: Iterable[Purchase], now: datetime) -> tuple[Purchase, ...]:
    """Return those whose codes a person should know to be late, in the order given.

    Args:
        purchases: of which codes are missing.
        now: the time (UTC).
    """
    return tuple(p for p in purchases if p.missing and now - p.updated_at >= CODES_GRACE)
