"""What is worth calling an operator for: decided from one book after the other. Pure."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct

from services.domain.book import Book
from services.domain.models import FINAL_STATUSES, Purchase, PurchaseState
from services.domain.purchase_states import CODES_GRACE

S = PurchaseState
PATIENCE: Final = timedelta(seconds=60)
"""How long after its time an outcome may still come by itself."""


class Alerts(Struct, frozen=True):
    """What happened: how many own orders ended, how many purchases need a person, and the balance.

    `low` is whether the balance fell below the amount from which it counts as low.
    """

    ended: int = 0
    needs: int = 0
    low: bool = False

    def __bool__(self) -> bool:
        return bool(self.ended or self.needs or self.low)

    def __add__(self, other: "Alerts") -> "Alerts":
        return Alerts(self.ended + other.ended, self.needs + other.needs, self.low or other.low)


class AlertDetector:
    """Compares each book with those before it. The first one, and what is older, is no news.

    Args:
        began: since when there is somebody to call (UTC).
        deadline_seconds: how long the vendor has to answer a purchase.
    """

    def __init__(self, began: datetime, deadline_seconds: float) -> None:
        self._began: Final = began
        self._sending: Final = timedelta(seconds=deadline_seconds) + PATIENCE
        self._book: Book | None = None
        self._states: dict[str, str] = {}
        self._needy: frozenset[tuple[str, str]] = frozenset()

    def take(self, book: Book, now: datetime, low_balance: Decimal) -> Alerts:
        """Take a newer book and return what happened since the one before it.

        Args:
            book: as it is now.
            now: the time, UTC.
            low_balance: DZD; below it the balance counts as low.
        """
        before, self._book = self._book, book
        needy, known = self._needing(book, now), self._needy
        self._needy = frozenset((p.id, why) for p, why in needy)
        needs = sum((p.id, why) not in known and _since(p, why) >= self._began for p, why in needy)
        ended = self._ended(book, before)
        if before is None:
            return Alerts()
        return Alerts(ended, needs, _fell(before, book, low_balance))

    def _ended(self, book: Book, before: Book | None) -> int:
        """Count the own orders that were open, or had ended otherwise, when last seen."""
        if before is not None and before.orders is book.orders:
            return 0
        known = self._states
        self._states = {row.purchase_id: row.shown_state for row in book.orders if row.mine}
        return sum(
            state in FINAL_STATUSES and known.get(purchase_id, state) != state
            for purchase_id, state in self._states.items()
        )

    def _needing(self, book: Book, now: datetime) -> list[tuple[Purchase, str]]:
        """Return the purchases that do not go on without a person, and what each stands for."""
        found = [(p, _stuck(p, now)) for p in book.unsettled]
        found += [(p, "codes") for p in book.codes_late]
        found += [
            (p, "unwritten")
            for p in book.in_flight
            if p.sent_at is not None and p.state is S.SENDING and now > p.sent_at + self._sending
        ]
        return [(p, why) for p, why in found if why]


def _since(purchase: Purchase, why: str) -> datetime:
    """Return since when (UTC) a purchase needs a person."""
    return purchase.updated_at + (CODES_GRACE if why == "codes" else timedelta())


def _stuck(purchase: Purchase, now: datetime) -> str:
    """Say why an unsettled purchase needs a person; empty while it may still settle by itself."""
    if purchase.late:
        return "late"
    if purchase.state in (S.AMBIGUOUS, S.NOT_PLACED):
        return purchase.state.value
    due = purchase.decision_due_at
    return "undecided" if due is not None and now > due + PATIENCE else ""


def _fell(before: Book, book: Book, low: Decimal) -> bool:
    if before.balance is None or book.balance is None:
        return False
    return book.balance.amount < low <= before.balance.amount
