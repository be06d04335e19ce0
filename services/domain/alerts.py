"""What is worth calling an operator for: decided from one book after the other. Pure."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from services.domain.book import Book
from services.domain.models import FINAL_STATUSES, Purchase, PurchaseState
from services.domain.purchase_states import CODES_GRACE
from services.domain.text import NOTHING, SafeText
from services.domain.watching.watch import WatchNews

S = PurchaseState
PATIENCE: Final = timedelta(seconds=60)
"""How long after its time an outcome may still come by itself."""

OccasionEvent = Literal["order_ended", "needs_a_person", "balance_low", "watch"]


class Occasion(Struct, frozen=True):
    """One thing that somebody is called for.

    `state` is the order's, or that of the purchase which needs a person, with `why` in a word.
    `news` is what a watch had to say.
    """

    event: OccasionEvent
    state: str = ""
    purchase_id: str = ""
    order_id: str = ""
    customer: SafeText = NOTHING
    why: str = ""
    news: WatchNews | None = None

    @property
    def key(self) -> str:
        """What it is called by: at every console of the account the same."""
        said = str(self.news.seq) if self.news else ""
        return ":".join((self.event, self.purchase_id, self.state, self.why, said))


class Alerts(Struct, frozen=True):
    """What happened since the book before."""

    occasions: tuple[Occasion, ...] = ()

    @property
    def ended(self) -> int:
        """How many own orders ended."""
        return self._count("order_ended")

    @property
    def needs(self) -> int:
        """How many purchases need a person."""
        return self._count("needs_a_person")

    @property
    def low(self) -> bool:
        """Whether the balance fell below the amount from which it counts as low."""
        return bool(self._count("balance_low"))

    @property
    def watched(self) -> int:
        """How much watches had to say."""
        return self._count("watch")

    @property
    def trouble(self) -> "Alerts":
        """All but the orders that ended."""
        return Alerts(tuple(each for each in self.occasions if each.event != "order_ended"))

    def __bool__(self) -> bool:
        return bool(self.occasions)

    def __add__(self, other: "Alerts") -> "Alerts":
        return Alerts(self.occasions + other.occasions)

    def _count(self, event: OccasionEvent) -> int:
        return sum(each.event == event for each in self.occasions)


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
        needs = [
            _needs(p, why)
            for p, why in needy
            if (p.id, why) not in known and _since(p, why) >= self._began
        ]
        ended = self._ended(book, before)
        if before is None:
            return Alerts()
        low = [Occasion("balance_low")] if _fell(before, book, low_balance) else []
        said = book.watch_news if before.watch_news is not book.watch_news else ()
        known_to = before.watch_news[-1].seq if before.watch_news else 0
        watched = [Occasion("watch", news=each) for each in said if each.seq > known_to]
        return Alerts((*ended, *needs, *low, *watched))

    def _ended(self, book: Book, before: Book | None) -> list[Occasion]:
        """Return the own orders that were open, or had ended otherwise, when last seen."""
        if before is not None and before.orders is book.orders:
            return []
        known = self._states
        mine = {row.purchase_id: row for row in book.orders if row.mine}
        self._states = {purchase_id: row.shown_state for purchase_id, row in mine.items()}
        return [
            Occasion(
                "order_ended",
                state,
                purchase_id,
                mine[purchase_id].order_id,
                mine[purchase_id].note,
            )
            for purchase_id, state in self._states.items()
            if state in FINAL_STATUSES and known.get(purchase_id, state) != state
        ]

    def _needing(self, book: Book, now: datetime) -> list[tuple[Purchase, str]]:
        """Return the purchases that do not go on without a person, and what each stands for."""
        found = [(p, _stuck(p, now)) for p in book.unsettled]
        found += [(p, "codes") for p in book.codes_late]
        # Who asked knows it, and cannot approve it.
        found += [(p, "approval") for p in book.to_approve if p.operator != book.info.operator]
        found += [
            (p, "unwritten")
            for p in book.in_flight
            if p.sent_at is not None and p.state is S.SENDING and now > p.sent_at + self._sending
        ]
        return [(p, why) for p, why in found if why]


def _needs(purchase: Purchase, why: str) -> Occasion:
    facts = (purchase.state.value, purchase.id, purchase.order_id, purchase.note)
    return Occasion("needs_a_person", *facts, why=why.lower())


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
