"""Sentences that screens put together from values; plain text, made inert where it is drawn."""

from collections.abc import Sequence

from services.domain.book import Book
from services.domain.models import UNSETTLED, Purchase
from services.domain.phrase import Phrase, joined, phrase
from services.domain.status_text import named


def leaving(book: Book) -> Sequence[str | Phrase]:
    """Say what is in flight or not settled when the operator wants to leave; empty: nothing."""
    lines: list[str | Phrase] = []
    if book.in_flight:
        names = joined(", ", map(purchase_name, book.in_flight))
        lines.append(
            phrase("Being sent: {names}. Leaving waits until the answer is recorded.", names=names)
        )
    if count := sum(purchase.state in UNSETTLED for purchase in book.unsettled):
        lines.append(
            f"{count} purchase{'s are' if count > 1 else ' is'} not settled. Settling goes on when "
            "carddesk is started again, or with `carddesk resolve`."
        )
    return lines


def purchase_name(purchase: Purchase) -> Phrase:
    """Name a purchase in a few words: `2 x Steam Wallet 10 EUR (19 610 DZD)`."""
    return phrase("{goods} ({total} DZD)", goods=named(purchase), total=purchase.total)
