"""What orders are found and sorted by: their text, the prefixes of a filter, the keys of a sort."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from services.domain.book import BoardOrder
from services.domain.models import CODES_LATE
from services.domain.money import Prices
from services.domain.purchase_states import ELSEWHERE, HANDED_OVER, state_name
from services.domain.text import TITLE_END, fold, natural, short_id
from services.domain.typed.note_tokens import with_numbers
from services.domain.typed.product_names import other_names
from widgets.board.filter_query import FieldFilter, NamedField, Prefix, Test

ATTENTION = (
    "UNRESOLVED",
    "AMBIGUOUS",
    "AWAITING_APPROVAL",
    "SENDING",
    "INTENT",
    CODES_LATE,
    "HANDLING",
    "PARTIALLY_FILLED",
    "FULFILLED",
    "REFUSED",
    "NOT_PLACED",
    "NOT_SENT",
    "REFUNDED",
    HANDED_OVER,
    ELSEWHERE,
)
"""The states as they are sorted: what waits for a person first, what is well last."""

OTHER_STATES = ("open", "final", "late")
"""What `st:` understands beside the states: not at an end, at its end, turned up late."""

UNKNOWN = Decimal(-1)
"""What an amount that is not known is sorted as: less than any."""

_RANKS = {state: rank for rank, state in enumerate(ATTENTION)}


def desk_words(order: BoardOrder) -> str:
    return (order.operator or "this desk") if order.mine else "other"


def order_words(order: BoardOrder) -> str:
    """Describe an order in full."""
    parts = [f"{order.quantity} x {order.goods}"]
    if order.order_id:
        parts.append(f"order {short_id(order.order_id)}")
    parts.append(f"by {order.operator}" if order.mine else "by another desk")
    if order.note:
        parts.append(f"customer {order.note}")
    if order.given_at:
        parts.append(f"handed over {order.given_at.astimezone():%d/%m %H:%M} by {order.given_by}")
    return ", ".join(parts)


def order_search(order: BoardOrder) -> str:
    """Return the text that a filter of orders looks in: what was bought, then the rest."""
    bought = (order.product, order.region, order.denomination, TITLE_END)
    facts = (*bought, with_numbers(order.note), desk_words(order))
    others = other_names(order.product)
    return " ".join(
        (
            *facts,
            *(order.order_id, others, order.also),
            *(order.shown_state, order.state_words),
        )
    )


def by_state(wanted: str) -> Test[BoardOrder]:
    """Find orders by the beginning of their state's word, or by `open`, `final` or `late`."""
    states = [name for state in ATTENTION for name in (state, state_name(state))]
    named = NamedField(wanted, (*states, *OTHER_STATES))

    still_open, final, late = (word.startswith(wanted) for word in OTHER_STATES)
    judged: dict[tuple[str, str], bool] = {}

    def found(order: BoardOrder) -> bool:
        state = order.desk_state, order.shown_state
        if state not in judged:
            judged[state] = named(*state, state_name(order.desk_state))
        return judged[state] or (final if order.final else still_open) or (late and order.late)

    return found


def by_id(wanted: str) -> Test[BoardOrder]:
    """Find orders by any part of their id or their purchase's."""
    part = wanted.strip(".")
    return lambda order: part in fold(order.order_id) or part in fold(order.purchase_id)


def by_reference(wanted: str, *, guess: bool = False) -> Test[BoardOrder]:
    """Find orders by their note, or by their purchase's idempotency key."""
    said = FieldFilter(wanted, guess=guess)
    return lambda order: said(with_numbers(order.note)) or wanted in fold(order.idempotency_key)


def by_operator(wanted: str, *, guess: bool = False) -> Test[BoardOrder]:
    """Find orders by who placed them; `other` and `?` are the other desks."""
    if wanted in ("?", "other"):
        return lambda order: not order.mine
    said = FieldFilter(wanted, guess=guess)
    return lambda order: said(desk_words(order))


PREFIXES: Mapping[str, Prefix[BoardOrder]] = {
    "st": Prefix("state", "state", by_state),
    "id": Prefix("order", "id", by_id),
    "ref": Prefix("note, key", "customer", by_reference, partial(by_reference, guess=True)),
    "op": Prefix("desk", "desk", by_operator, partial(by_operator, guess=True)),
}


def sort_keys(prices: Callable[[], Prices]) -> dict[str, Callable[[BoardOrder], Any]]:
    """Return by column id what orders are sorted by.

    Args:
        prices: how prices are made now.
    """

    def price(order: BoardOrder) -> Decimal:
        return _known(order.customer_price(prices()))

    return {
        "what": lambda order: natural(
            f"{order.product or order.product_id} {order.denomination or order.type_id}"
        ),
        "qty": lambda order: order.quantity,
        "customer": lambda order: natural(order.note),
        "state": lambda order: _RANKS.get(order.desk_state, _RANKS["HANDLING"]),
        "price": price,
        "cost": lambda order: _known(order.cost),
        "margin": lambda order: _known(order.margin(prices())),
        "desk": lambda order: natural(desk_words(order)),
        "id": lambda order: order.order_id,
        "placed": lambda order: order.time,
    }


def _known(amount: Decimal | None) -> Decimal:
    return UNKNOWN if amount is None else amount
