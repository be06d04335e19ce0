"""A card that does not work: what is kept of it, and what is sent to the vendor. Pure.

The code and the serial are never kept: the text for the vendor has the serial's last digits alone.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from services.domain.book import BoardOrder
from services.domain.errors import BadInput
from services.domain.event_log import Event
from services.domain.local_time import local_day
from services.domain.models import Card, Purchase
from services.domain.phrase import counted
from services.domain.secrets import Secret
from services.domain.text import NOTHING, SafeText, clean
from services.domain.typed import day

REASONS: Mapping[str, str] = {
    "used": "the code was used already",
    "invalid": "the code is not accepted",
    "value": "the card has another value",
    "region": "the card is of another region",
}
"""What is usually wrong, by a word; no text of a person is needed for it."""

KIND = "case"
"""The kind of the events of a case."""

OUTCOMES = ("refunded", "replaced", "refused")
LONGEST = 200
LONGEST_TICKET = 40
LEAST_SECRET = 6
"""A text that holds so many characters of a code in a row holds the code."""

TAIL, LEAST_SERIAL = 4, 8
"""The last digits of a serial that the vendor is sent, and how long it must be for that."""

_PLAIN = r"[^0-9a-z]+"
_TICKET = r"(?i)\bticket[ :]+(\S+)"
_UNTIL = r"(?i)\b(?:until|due)[ :]+(\S+)"
_BARE_DAY = r"[0-9]{1,2}[/.][0-9]{1,2}"
_ENDS = ".,;:!)"
_IN_DAYS = r"\+([0-9]{1,3})"


class CardCase(Struct, frozen=True):
    """A case on one card of an order; times are UTC.

    `card` counts from 0. `due` is the local day by which it is to be settled, None for none.
    `outcome` is one of `OUTCOMES`, empty while it is open; `replaced_by` the order that came
    instead.
    """

    number: int
    order_id: str
    card: int
    purchase_id: str
    opened_at: datetime
    opened_by: SafeText
    reason: SafeText
    ticket: SafeText = NOTHING
    due: date | None = None
    outcome: str = ""
    replaced_by: str = ""
    closed_at: datetime | None = None
    closed_by: SafeText = NOTHING

    @property
    def is_open(self) -> bool:
        """Whether it is not settled yet."""
        return self.closed_at is None

    @property
    def ended(self) -> str:
        """How it ended, in words; empty while it is open."""
        if self.outcome == "replaced" and self.replaced_by:
            return f"replaced by order {clean(self.replaced_by, 80)}"
        return self.outcome

    def days(self, now: datetime) -> int:
        """Return for how many whole days it has been open, or was."""
        return max(0, ((self.closed_at or now) - self.opened_at).days)

    def notes(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Return those of an order's events that are of this case."""
        return tuple(e for e in events if e.kind == KIND and e.facts.get("case") == self.number)

    def overdue(self, now: datetime) -> bool:
        """Tell whether its deadline has passed."""
        return self.is_open and self.due is not None and now.astimezone().date() > self.due


class CaseRow(NamedTuple):
    """A case with the order that it is on, None where that is not known here any more."""

    case: CardCase
    order: BoardOrder | None

    @property
    def which(self) -> str:
        """Which card: `card 2 of 3`."""
        of = f" of {self.order.quantity}" if self.order else ""
        return f"card {self.case.card + 1}{of}"

    @property
    def goods(self) -> str:
        """What was bought, as far as that is known."""
        return self.order.goods if self.order else ""

    @property
    def customer(self) -> SafeText:
        """For whom it was."""
        return self.order.note if self.order else NOTHING


class CaseFile(NamedTuple):
    """All there is of a case: with its events, and the purchase of its order if it is ours."""

    row: CaseRow
    events: tuple[Event, ...]
    purchase: Purchase | None


class CaseChange(Struct, frozen=True):
    """What a note says beside its words; None where it says nothing of that."""

    words: str
    ticket: str | None = None
    due: date | None = None


def reason_words(text: str) -> str:
    """Return what is wrong: a word of `REASONS` in full, anything else as it was typed."""
    said = clean(text, LONGEST).strip()
    return REASONS.get(said.casefold(), said)


def read_note(text: str, today: date) -> CaseChange:
    """Read a note: `ticket 4711` and `until 5/12` in it are the ticket and the deadline.

    Raises:
        BadInput: there is no such day.
    """
    ticket, until = re.search(_TICKET, text), re.search(_UNTIL, text)
    return CaseChange(
        clean(text, LONGEST).strip(),
        clean(ticket[1].rstrip(_ENDS), LONGEST_TICKET) if ticket else None,
        deadline(until[1].rstrip(_ENDS), today) if until else None,
    )


def read_outcome(text: str) -> tuple[str, str]:
    """Read how a case ended: `refunded`, `refused`, `replaced ORDER`; raises BadInput."""
    outcome, _, order = clean(text, LONGEST).strip().partition(" ")
    chosen = next((each for each in OUTCOMES if outcome and each.startswith(outcome.lower())), "")
    order = order.removeprefix("by ").removeprefix("order ").strip()
    if not chosen or (chosen == "replaced") != bool(order) or len(order.split()) > 1:
        raise BadInput(
            "A case ends refunded, refused, or replaced with the id of the order that came instead",
            advice="Nothing was closed.",
        )
    return chosen, order


def deadline(word: str, today: date) -> date:
    """Read a day to come: `2026-12-05`, `5/12` (the next one), `+3` days from today.

    Raises:
        BadInput: it is no day, or it is over.
    """
    if ahead := re.fullmatch(_IN_DAYS, word):
        return today + timedelta(days=int(ahead[1]))
    found = day.day_of(word, today)
    if found is not None and found < today and re.fullmatch(_BARE_DAY, word):
        # A day without its year is read as the last one; a deadline is the next one.
        with suppress(ValueError):
            coming = found.replace(year=today.year)
            found = coming if coming >= today else found.replace(year=today.year + 1)
    if found is None or found < today:
        raise BadInput(
            f"{clean(word, 20)!r} is no day to come",
            advice="Give YYYY-MM-DD, or +3 for in three days.",
        )
    return found


def holds_code(texts: Iterable[str], cards: Iterable[Card]) -> bool:
    """Tell whether a text holds the code, the serial or another secret of one of these cards."""
    said = [_plain(text) for text in texts]
    secrets: list[Secret] = []
    for card in cards:
        secrets += (card.value, card.serial, *(value for _, value in card.more))
    plain = [_plain(secret.reveal()) for secret in secrets]
    return any(len(each) >= LEAST_SECRET and each in text for each in plain for text in said)


def serial_tail(card: Card) -> str:
    """Return the last digits of a card's serial; empty where it has none or it is too short."""
    serial = re.sub(_PLAIN, "", card.serial.reveal().lower())
    return serial[-TAIL:].upper() if len(serial) >= LEAST_SERIAL else ""


def letter(file: CaseFile, tail: str, language: str) -> str:
    """Return what to send to the vendor: which card it is and what is wrong, never its code.

    Args:
        file: the case.
        tail: the last digits of the serial; empty where they are not known.
        language: `fr` for French, anything else for English.
    """
    row, purchase = file.row, file.purchase
    case, order = row.case, row.order
    french = language == "fr"
    names, first, last = _FRENCH if french else _ENGLISH
    reason = _REASONS_FRENCH.get(case.reason, case.reason) if french else case.reason
    of = f" / {order.quantity}" if order else ""
    ended = [e.at for e in file.events if e.to_state in ("FULFILLED", "PARTIALLY_FILLED")]
    facts = (
        ("order", clean(case.order_id, 80)),
        ("product", row.goods),
        ("card", f"{case.card + 1}{of}"),
        ("serial", f"…{tail}" if tail else ""),
        ("ordered", _utc(purchase.sent_at if purchase else order.time if order else None)),
        ("delivered", _utc(ended[0] if ended else None)),
        ("request", clean(purchase.request_id, 80) if purchase else ""),
        ("reason", reason),
        ("since", _utc(case.opened_at)),
        ("ticket", case.ticket),
    )
    colon = " :" if french else ":"
    lines = [f"{names[name]}{colon} {said}" for name, said in facts if said]
    return "\n".join([first, "", *lines, "", last])


_ENGLISH = (
    {
        "order": "Order", "product": "Product", "card": "Card", "serial": "Serial ends in",
        "ordered": "Ordered", "delivered": "Delivered", "request": "requestId",
        "reason": "What is wrong", "since": "Reported", "ticket": "Ticket",
    },
    "A customer says that a card does not work.",
    "Please check it, and replace or refund it.",
)  # fmt: skip
_FRENCH = (
    {
        "order": "Commande", "product": "Produit", "card": "Carte",
        "serial": "Numéro de série finissant par", "ordered": "Commandée le",
        "delivered": "Livrée le", "request": "requestId", "reason": "Problème",
        "since": "Signalé le", "ticket": "Ticket",
    },
    "Un client signale qu'une carte ne fonctionne pas.",
    "Merci de la vérifier, puis de la remplacer ou de la rembourser.",
)  # fmt: skip


_REASONS_FRENCH: Mapping[str, str] = {
    REASONS["used"]: "le code a déjà été utilisé",
    REASONS["invalid"]: "le code n'est pas accepté",
    REASONS["value"]: "la carte a une autre valeur",
    REASONS["region"]: "la carte est d'une autre région",
}


def age_words(case: CardCase, now: datetime) -> str:
    """Say for how long a case has been open, or when it was settled."""
    if case.closed_at is not None:
        return f"settled {local_day(case.closed_at)}"
    days = case.days(now)
    return f"open for {counted(days, 'day')}" if days else "opened today"


def _plain(text: str) -> str:
    return re.sub(_PLAIN, "", text.lower())


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""
