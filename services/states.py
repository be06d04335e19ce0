"""The purchase state machine: which step may follow which, and nothing else."""

from services.models import PurchaseState as S

TRANSITIONS: frozenset[tuple[S, S]] = frozenset(
    {
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
