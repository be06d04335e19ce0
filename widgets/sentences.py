"""Where a purchase stands, with the time that is left counted down coarsely."""

from datetime import datetime

from services import wording
from services.models import Purchase
from widgets.cells import remaining


def purchase_sentence(purchase: Purchase, now: datetime | None) -> str:
    """Say where one of our purchases stands and what that means.

    Args:
        purchase: as the journal holds it.
        now: UTC, for the countdown; without it that is left out.
    """
    left = remaining(purchase.next_look, now) if purchase.next_look and now else ""
    return wording.words(purchase, left)
