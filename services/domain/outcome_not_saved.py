"""An outcome that no journal could take: what it was, where it is kept, and what to do about it."""

from typing import Final

from services.domain.errors import AWAY, JournalFailed, MoneyMoved
from services.domain.models import Purchase, PurchaseState
from services.domain.status_text import named

_EXITS = {PurchaseState.HANDLING: 7, PurchaseState.UNRESOLVED: 4, PurchaseState.REFUSED: 3}
_MONEY: dict[PurchaseState, MoneyMoved] = {
    PurchaseState.HANDLING: "yes",
    PurchaseState.UNRESOLVED: "unknown",
}
_REMEDIES = {
    "JOURNAL_LOCKED": "End the process that holds the journal.",
    "JOURNAL_FULL": "Free disk space.",
    AWAY: "Bring back the line to the journal's server.",
}


class OutcomeNotSaved(JournalFailed):
    """A purchase ended and the journal could not take how.

    Attributes:
        purchase: as it would be in the journal, with its order id if there is one.
    """

    def __init__(
        self, purchase: Purchase, reason: JournalFailed, *, kept: bool, again: bool
    ) -> None:
        """Put together what the operator reads.

        Args:
            purchase: as it would be in the journal, with its order id if there is one.
            reason: why the journal failed.
            kept: whether the emergency file has it, so that the next start carries it over.
            again: whether this process stays and writes it as soon as it can.
        """
        super().__init__(
            f"{_what(purchase)}, but the journal could not take it: {reason.message}",
            advice=_advice(purchase, reason.code, kept=kept, again=again),
            code=reason.code,
            request_id=purchase.request_id,
        )
        self.purchase: Final = purchase
        self.money = _MONEY.get(purchase.state, "no")
        self.exit_code = _EXITS.get(purchase.state, 5)


def _what(purchase: Purchase) -> str:
    match purchase.state:
        case PurchaseState.HANDLING:
            return f"{named(purchase)} is placed, order {purchase.order_id}"
        case PurchaseState.UNRESOLVED:
            return f"No answer for {named(purchase)}: it may or may not be placed"
        case PurchaseState.REFUSED:
            return f"The vendor refused {named(purchase)}, nothing was placed"
        case _:
            return f"Nothing was sent of {named(purchase)}"


def _advice(purchase: Purchase, code: str, *, kept: bool, again: bool) -> str:
    parts: list[str] = []
    if purchase.order_id:
        parts.append("Write this order id down now.")
    elif purchase.state is PurchaseState.UNRESOLVED:
        parts.append("Do not buy it again.")
    parts.append(_REMEDIES.get(code, "Put the journal's disk right."))
    if again:
        parts.append("Leave this console open: it tries again until the journal has it.")
    elif kept:
        parts.append("It waits in a file beside the journal; the next start writes it down.")
    else:
        parts.append("Nothing but these lines holds it.")
    return " ".join(parts)
