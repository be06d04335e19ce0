"""One purchase that is not settled: what was confirmed, what was seen, and what comes next."""

from datetime import datetime

from textual.reactive import var

from services.domain.errors import Failure
from services.domain.local_time import local_clock, local_time
from services.domain.models import Purchase, PurchaseState
from services.domain.phrase import Phrase, joined, plain
from services.domain.status_text import message_of, named
from tui.screens.parts.unresolved_rows import watch_words
from widgets.drawing.cells import dinars, discreet, due, failure_words, purchase_sentence
from widgets.drawing.ink import Cell, Line
from widgets.drawing.sheet import Sheet, fact, sentence

NOTHING = "All clear: nothing waits for a decision."
ONLY_UNCLAIMED = (
    "No purchase is unresolved. The orders below are on the account and were not bought at this "
    "desk: ask who bought them."
)

CHOICE = "select an order below; o: it is ours, x: none of these is ours"
FITS = "select the order below; o: it is ours, x: take this off the list"
LATE = "sell its cards, or keep them as stock; then x takes it off this list"
OWN = "another person approves it at another console; x takes it back"
THEIRS = "b checks it now and asks whether to approve; x declines it"
NOT_PLACED = "x takes it off this list; b buys it again if it is still wanted"


class UnresolvedSheet(Sheet):
    """Says it in lines that stay where they are while the vendor is asked.

    `busy` and `error` are of the last reading of orders that could be the purchase, `read_at` is
    when one succeeded (UTC). `operator` is who works here, `unclaimed_orders` whether there are
    unclaimed orders.
    """

    DRAWN_FROM = (
        *("purchase", "operator", "error", "busy", "read_at", "unclaimed_orders"),
        *("now", "privacy"),
    )

    purchase: var[Purchase | None] = var[Purchase | None](None)
    operator: var[str] = var("")
    error: var[Failure | None] = var[Failure | None](None)
    busy: var[bool] = var(False)
    read_at: var[datetime | None] = var[datetime | None](None)
    unclaimed_orders: var[bool] = var(False)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)

    def text_lines(self, width: int) -> list[Line]:
        """Return the sentence of its state first, then the facts."""
        return [(Cell(" "), *line) for line in self._text(width - 2)]

    def _text(self, width: int) -> list[Line]:
        held = self.purchase
        if held is None:
            words, ink = (ONLY_UNCLAIMED, "strong") if self.unclaimed_orders else (NOTHING, "good")
            return sentence(words, width, ink)
        waits = held.state is PurchaseState.AWAITING_APPROVAL
        price = f"{dinars(held.unit_price, self.privacy)} each"
        total = dinars(held.total, self.privacy)
        lines = [
            *sentence(discreet(purchase_sentence(held, self.now), self.privacy), width, "strong"),
            *fact("to do", self._to_do(held), width),
            *fact("order", held.order_id, width),
            *fact("asked for", f"{named(held)}, {price}, {total}", width),
            *fact("confirmed" if waits else "sent", _sent(held), width),
            *fact("seen", discreet(_seen(held), self.privacy), width),
            *fact("note", held.note, width),
        ]
        if held.state is PurchaseState.NOT_PLACED:
            when = due(held.next_check_at, self.now) if held.next_check_at else ""
            lines += fact("watched", watch_words(held, when), width)
        return lines if held.order_id or waits else [*lines, *self._reading(width)]

    def _to_do(self, purchase: Purchase) -> str:
        if purchase.state is PurchaseState.AWAITING_APPROVAL:
            return OWN if purchase.operator == self.operator else THEIRS
        return _to_do(purchase)

    def _reading(self, width: int) -> list[Line]:
        """Return one line, whatever the reading comes to; only a long failure takes more."""
        if self.busy:
            return fact("checked", "asking the vendor …", width, "dim")
        if self.error:
            return fact("checked", failure_words(self.error, self.privacy), width, "warn")
        return fact("checked", local_clock(self.read_at) if self.read_at else "-", width, "dim")


def _to_do(purchase: Purchase) -> str:
    """Say what is left to do where the sentence of the state has not said it."""
    if purchase.late:
        return LATE if purchase.order_id else FITS
    if purchase.state is PurchaseState.AMBIGUOUS:
        return CHOICE
    return NOT_PLACED if purchase.state is PurchaseState.NOT_PLACED else ""


def _sent(purchase: Purchase) -> str:
    at = purchase.sent_at or purchase.created_at
    return f"{local_time(at)} by {purchase.operator} on {purchase.host}"


def _seen(purchase: Purchase) -> Phrase:
    """Say what the checks came to, unless the sentence of the state has said it."""
    error = purchase.error
    code = ", ".join(filter(None, (error.code, error.request_id))) if error else ""
    if purchase.state is PurchaseState.NOT_PLACED and not purchase.late:
        return plain(f"reply to the purchase: {code}" if code else "")
    looked = ""
    if purchase.checks:
        looked = f"looked {'once' if purchase.checks == 1 else f'{purchase.checks} times'}"
    if purchase.order_id:
        return plain(f"{looked}, then the order was found" if looked else "")
    # Its first sentence says that no answer came.
    known = code.removeprefix("NO_ANSWER").removeprefix(", ")
    said = joined(", ", (message_of(purchase), plain(known)))
    return joined("; ", (said, plain(looked)))
