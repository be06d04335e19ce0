"""Why settling left a purchase where it is: a code with its values, and the words for it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, LiteralString

from msgspec import Struct

from services.domain.phrase import Phrase, phrase, plain, quoted

ReasonCode = Literal[
    "FITS",
    "FITS_RIVAL",
    "FITS_AWAITS_LEDGER",
    "FITS_NOT_LEDGER",
    "FITS_INCOMPLETE",
    "FITS_UNREADABLE",
    "FITS_ORDER_UNREADABLE",
    "SEVERAL_FIT",
    "RIVAL_FIRST",
    "INCOMPLETE",
    "UNREADABLE",
    "ORDER_UNREADABLE",
    "DEBIT_UNLISTED",
    "DEBIT_UNEXPLAINED",
    "BALANCE_GAP",
    "NO_TRACE_YET",
    "NO_TRACE",
    "NONE_OF_THESE",
]

_CLAUSES: Mapping[str, LiteralString] = {
    "FITS": "the only new order that fits, and the ledger agrees",
    "FITS_RIVAL": "1 order, possibly this purchase's or another's",
    "FITS_AWAITS_LEDGER": "one order fits, the ledger does not show it yet",
    "FITS_NOT_LEDGER": "one order fits, but the ledger does not agree",
    "FITS_INCOMPLETE": "one order fits, but the list was not complete",
    "FITS_UNREADABLE": "one order fits, but an order of the list cannot be read: {detail}",
    "FITS_ORDER_UNREADABLE": (
        "one order fits, but order {order_id} of the list cannot be read: {detail}"
    ),
    "SEVERAL_FIT": "{count} possible orders",
    "RIVAL_FIRST": "another purchase of the same goods is being settled",
    "INCOMPLETE": "the vendor's list or ledger could not be read whole",
    "UNREADABLE": "an order of the list cannot be read: {detail}",
    "ORDER_UNREADABLE": "order {order_id} of the list cannot be read: {detail}",
    "DEBIT_UNLISTED": (
        "{amount} DZD left the account for an order that is not listed; no order is visible yet"
    ),
    "DEBIT_UNEXPLAINED": (
        "{amount} DZD left the account without a transaction; no order is visible yet"
    ),
    "BALANCE_GAP": "the chain of balances has a gap; no order is visible yet",
    "NO_TRACE_YET": "no trace of it yet",
    "NO_TRACE": "no trace of it in {count} full checks over {seconds} s, balance unchanged",
    "NONE_OF_THESE": "a person said: none of the orders that were offered",
}
"""What a code says in the middle of a sentence."""

_ONE_FITS = "1 possible order"
_NOT_PLACED = (
    "No trace of it in {count} full checks over {seconds} s, balance unchanged. Nothing was placed."
)


class SettlementReason(Struct, frozen=True, omit_defaults=True):
    """What the last reading of the account, or a person, said of a purchase.

    `code` is one of `ReasonCode`; a newer carddesk may have written another one. `count` is of
    orders or readings, `amount` is DZD, `detail` what is wrong with an order of the list, and
    `order_id` which one it is, where that is known.
    """

    code: str
    count: int = 0
    seconds: int = 0
    amount: Decimal | None = None
    order_id: str = ""
    detail: str = ""

    def clause(self) -> Phrase:
        """Return it as a clause without a full stop."""
        if self.code == "SEVERAL_FIT" and self.count == 1:
            return plain(_ONE_FITS)
        return self._in(_CLAUSES[self.code]) if self.code in _CLAUSES else plain(self.code)

    def not_placed(self) -> Phrase:
        """Return the whole of what is said of a purchase that it left as not placed."""
        if self.code == "NO_TRACE":
            return self._in(_NOT_PLACED)
        return phrase("Nothing was placed: {why}.", why=self.clause())

    def _in(self, template: LiteralString) -> Phrase:
        return phrase(
            template,
            count=self.count,
            seconds=self.seconds,
            amount=self.amount,
            order_id=self.order_id,
            detail=quoted(self.detail),
        )
