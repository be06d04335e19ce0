"""What became of a purchase, for a script and for a person: the exit code and one sentence."""

from collections.abc import Iterable

from services.domain.models import FINAL_STATUSES, Purchase, PurchaseState
from services.domain.status_text import words
from services.domain.text import clean

DONE, REFUSED, UNRESOLVED, NOTHING_PLACED, KEY_REJECTED, NOT_FINAL = 0, 3, 4, 5, 6, 7
TO_APPROVE = 8
REJECTIONS = frozenset(
    {
        "MISSING_ACCESS_TOKEN",
        "INVALID_ACCESS_TOKEN",
        "ERR_AUTH",
        "API_DISABLED",
        "IP_BLOCKED",
        "IP_NOT_ALLOWED",
    }
)

WORST_FIRST = (4, 1, 6, 2, 3, 5, 8, 7, 0)
"""What may have been paid comes first."""


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of several that matters most; 0 of none."""
    return min(codes, key=WORST_FIRST.index, default=DONE)


def is_final(purchase: Purchase) -> bool:
    return purchase.state.value in FINAL_STATUSES


def is_complete(purchase: Purchase) -> bool:
    """Tell whether the order is finished and all that is paid of it is here."""
    return is_final(purchase) and not purchase.missing


def exit_code(purchase: Purchase, *, waited: bool) -> int:
    """Return the exit code of a purchase that is in the journal.

    Args:
        purchase: as it is now.
        waited: whether its end was waited for; an open order, or one of which codes are missing, is
            then not what was asked for.
    """
    match purchase.state:
        case PurchaseState.HANDLING:
            return NOT_FINAL if waited else DONE
        case PurchaseState.AWAITING_APPROVAL:
            return TO_APPROVE
        case PurchaseState.REFUSED:
            code = purchase.error.code if purchase.error else ""
            return KEY_REJECTED if code in REJECTIONS else REFUSED
        case PurchaseState.NOT_SENT | PurchaseState.NOT_PLACED:
            return NOTHING_PLACED
        case PurchaseState.FULFILLED | PurchaseState.PARTIALLY_FILLED | PurchaseState.REFUNDED:
            return NOT_FINAL if waited and purchase.missing else DONE
        case _:
            return UNRESOLVED


def sentence(purchase: Purchase) -> str:
    """Say the state of a purchase, and which command comes next."""
    match purchase.state:
        case PurchaseState.AMBIGUOUS:
            line = (
                f"UNRESOLVED: these orders could be it: {', '.join(purchase.candidates)}. "
                f"Do not buy it again. Decide with: carddesk resolve --claim {purchase.id} "
                f"ORDER_ID, or --none {purchase.id}"
            )
        case PurchaseState.SENDING | PurchaseState.UNRESOLVED:
            line = f"UNRESOLVED: {words(purchase)} Next: carddesk resolve"
        case PurchaseState.HANDLING:
            line = f"{words(purchase)} Next: carddesk order {purchase.order_id}"
        case _ if purchase.missing:
            line = f"{words(purchase)} Next: carddesk order {purchase.order_id} --reveal"
        case _:
            line = str(words(purchase))
    return clean(line)
