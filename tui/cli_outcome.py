"""What became of a purchase, for a script and for a person: the exit code and one sentence."""

from services.models import FINAL_STATUSES, Purchase, PurchaseState
from services.text import clean
from services.wording import words

DONE, REFUSED, UNRESOLVED, NOTHING_PLACED, KEY_REJECTED, NOT_FINAL = 0, 3, 4, 5, 6, 7
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


def is_final(purchase: Purchase) -> bool:
    """Tell whether the vendor has finished this purchase's order."""
    return purchase.state.value in FINAL_STATUSES


def exit_code(purchase: Purchase, *, waited: bool) -> int:
    """Return the exit code of a purchase that is in the journal.

    Args:
        purchase: as it stands now.
        waited: whether its end was waited for; an open order is then not what was asked for.
    """
    match purchase.state:
        case PurchaseState.HANDLING:
            return NOT_FINAL if waited else DONE
        case PurchaseState.REFUSED:
            code = purchase.error.code if purchase.error else ""
            return KEY_REJECTED if code in REJECTIONS else REFUSED
        case PurchaseState.NOT_SENT | PurchaseState.NOT_PLACED:
            return NOTHING_PLACED
        case PurchaseState.FULFILLED | PurchaseState.PARTIALLY_FILLED | PurchaseState.REFUNDED:
            return DONE
        case _:
            return UNRESOLVED


def sentence(purchase: Purchase) -> str:
    """Say where a purchase stands, and which command comes next."""
    match purchase.state:
        case PurchaseState.AMBIGUOUS:
            told = (
                f"UNRESOLVED: these orders could be it: {', '.join(purchase.candidates)}. "
                f"Do not buy it again. Decide with: carddesk resolve --claim {purchase.id} "
                f"ORDER_ID, or --none {purchase.id}"
            )
        case PurchaseState.SENDING | PurchaseState.UNRESOLVED:
            told = f"UNRESOLVED: {words(purchase)} Next: carddesk resolve"
        case PurchaseState.HANDLING:
            told = f"{words(purchase)} Next: carddesk order {purchase.order_id}"
        case _:
            told = words(purchase)
    return clean(told)
