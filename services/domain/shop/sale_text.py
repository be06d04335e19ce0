"""The one text that a customer gets with all cards of a sale that are here. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.domain import receipt
from services.domain.book import BoardOrder
from services.domain.models import Card
from services.domain.money import Prices
from services.domain.secrets import MASK, Secret
from services.domain.shop.sale import Sale, SaleLine

PENDING: Final[Mapping[str, str]] = {
    "fr": "en cours",
    "ar": "قيد التنفيذ",
    "en": "on its way",
}
"""What is said of a line whose cards are still to come, by the language."""

OrderCards = tuple[BoardOrder, Sequence[Card]]
SHAPE = Card(Secret(""), Secret(MASK))
"""What is known of a card before it is fetched."""


def whole(
    template: str,
    language: str,
    parts: Sequence[OrderCards],
    pending: Sequence[SaleLine],
    prices: Prices,
) -> Secret:
    """Return the text: each order with its cards, then what is still to come.

    Args:
        template: a checked one, or one of `receipt.BUILT_IN`.
        language: the name of the template.
        parts: the orders with their cards.
        pending: the lines that are still to come.
        prices: how this desk makes prices, and how cards are redeemed.
    """
    texts = [
        receipt.whole(template, order, cards, *_facts(order, len(cards), prices)).reveal()
        for order, cards in parts
    ]
    return Secret(_joined(texts, language, pending))


def masked(
    template: str,
    language: str,
    orders: Sequence[BoardOrder],
    pending: Sequence[SaleLine],
    prices: Prices,
) -> str:
    """Return the text as it may be looked at: no code, no serial is in it."""
    counts = [(order, count_of(order)) for order in orders]
    texts = [
        receipt.masked(template, order, [SHAPE] * count, *_facts(order, count, prices))
        for order, count in counts
    ]
    return _joined(texts, language, pending)


def ready(sale: Sale) -> tuple[BoardOrder, ...]:
    """Return the orders whose cards are here and not handed over, in the order of the lines."""
    return tuple(line.order for line in sale.ready if line.order is not None)


def coming(sale: Sale) -> tuple[SaleLine, ...]:
    """Return the lines whose cards are paid and still to come.

    Of a line without an answer that is not known: nothing of it is promised.
    """
    return tuple(line for line in sale.bought if line.pending)


def count_of(order: BoardOrder) -> int:
    """Return how many cards of an order are here, as far as is known."""
    return order.delivered or order.quantity


def _joined(texts: Sequence[str], language: str, pending: Sequence[SaleLine]) -> str:
    said = PENDING.get(language, PENDING["en"])
    waiting = [f"{line.quantity} x {line.goods}\n{said}" for line in pending]
    return "\n\n".join([*texts, *waiting])


def _facts(order: BoardOrder, cards: int, prices: Prices) -> tuple[str, str]:
    """Return what is paid for so many cards of an order, and how they are redeemed."""
    hint = prices.hint(order.product_id, order.type_id)
    return receipt.price_of(order, cards, prices), hint
