"""One purchase that is not settled: what was confirmed, what was seen, and what comes next."""

from datetime import datetime

from textual.reactive import var

from services.models import Purchase, PurchaseState
from tui.screens.evidence_rows import goods, watch_words
from widgets.cells import dinars, discreet, local_clock, local_time, remaining
from widgets.ink import Line
from widgets.sentences import purchase_sentence
from widgets.sheet import Sheet, fact, sentence

NOTHING = "Nothing is unresolved. Every purchase has its end, and every order has its purchase."
ONLY_NOBODYS = (
    "No purchase is unresolved. These orders are on the account and no purchase here claims them: "
    "ask who bought them."
)

LATE = "sell its cards, or keep them as stock; then acknowledge it"
NOT_PLACED = "acknowledge it, or buy again if it is still wanted"


class CaseSheet(Sheet):
    """Says it in lines that stay where they are while the vendor is asked.

    `busy` and `error` are of the last reading of orders that could be the purchase, `read_at` is
    when one succeeded (UTC). `nobodys` is whether there are orders that nobody claimed.
    """

    DEFAULT_CSS = "CaseSheet { padding: 0 1; }"
    DRAWN_FROM = ("purchase", "error", "busy", "read_at", "nobodys", "now", "privacy")

    purchase: var[Purchase | None] = var[Purchase | None](None)
    error: var[str] = var("")
    busy: var[bool] = var(False)
    read_at: var[datetime | None] = var[datetime | None](None)
    nobodys: var[bool] = var(False)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)

    def text_lines(self, width: int) -> list[Line]:
        """Return the sentence of its state first, then the facts."""
        held = self.purchase
        if held is None:
            words, ink = (ONLY_NOBODYS, "strong") if self.nobodys else (NOTHING, "good")
            return sentence(words, width, ink)
        price = f"{dinars(held.unit_price, self.privacy)} each"
        total = dinars(held.total, self.privacy)
        lines = [
            *sentence(discreet(purchase_sentence(held, self.now), self.privacy), width, "strong"),
            *fact("to do", _to_do(held), width),
            *fact("order", held.order_id, width),
            *fact("confirmed", f"{goods(held)}, {price}, {total}", width),
            *fact("sent", _sent(held), width),
            *fact("seen", discreet(_seen(held), self.privacy), width),
            *fact("note", held.note, width),
        ]
        if held.state is PurchaseState.NOT_PLACED:
            left = remaining(held.next_look, self.now) if held.next_look else ""
            lines += fact("watched", watch_words(held, left), width)
        return lines if held.order_id else [*lines, *self._reading(width)]

    def _reading(self, width: int) -> list[Line]:
        """Return one line, whatever the reading comes to; only a long failure takes more."""
        if self.busy:
            return fact("looked up", "asking the vendor ...", width, "dim")
        if self.error:
            return fact("looked up", discreet(self.error, self.privacy), width, "warn")
        return fact("looked up", local_clock(self.read_at) if self.read_at else "-", width, "dim")


def _to_do(purchase: Purchase) -> str:
    """Say what is left to do where the sentence of the state has not said it."""
    if purchase.late:
        return LATE if purchase.order_id else ""
    return NOT_PLACED if purchase.state is PurchaseState.NOT_PLACED else ""


def _sent(purchase: Purchase) -> str:
    at = purchase.sent_at or purchase.created_at
    return f"{local_time(at)} by {purchase.operator} on {purchase.host}"


def _seen(purchase: Purchase) -> str:
    """Say what the looks came to, unless the sentence of the state has said it."""
    error = purchase.error
    code = ", ".join(filter(None, (error.code, error.request_id))) if error else ""
    if purchase.state is PurchaseState.NOT_PLACED and not purchase.late:
        return f"reply to the purchase: {code}" if code else ""
    readings = f"{purchase.looks} reading{'' if purchase.looks == 1 else 's'}"
    if purchase.order_id:
        return f"the order turned up after {readings}" if purchase.looks else ""
    said = ", ".join(filter(None, (error.message if error else "", code)))
    return "; ".join(filter(None, (said, readings if purchase.looks else "")))
