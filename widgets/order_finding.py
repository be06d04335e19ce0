"""What orders are found and sorted by: their text, the prefixes of a filter, the keys of a sort."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from services.book_models import BoardOrder
from services.text import fold, natural
from widgets.cells import state_cell
from widgets.naming import Named, Said
from widgets.query import Prefix, Test

ATTENTION = (
    "UNRESOLVED",
    "AMBIGUOUS",
    "SENDING",
    "INTENT",
    "HANDLING",
    "PARTIALLY_FILLED",
    "REFUNDED",
    "REFUSED",
    "NOT_PLACED",
    "NOT_SENT",
    "FULFILLED",
)
"""The states as they are sorted: what waits for a person first, what is well last."""

OTHER_STATES = ("open", "final", "late")
"""What `st:` understands beside the states: not at an end, at its end, turned up late."""

UNKNOWN = Decimal(-1)
"""What an amount that nobody told is sorted as: less than any."""

_RANKS = {state: rank for rank, state in enumerate(ATTENTION)}


def desk_words(order: BoardOrder) -> str:
    """Return whose order it is."""
    return (order.operator or "this desk") if order.mine else "other"


def order_search(order: BoardOrder) -> str:
    """Return the text that a filter of orders looks in."""
    facts = (order.product, order.denomination, order.note, desk_words(order), order.order_id)
    return " ".join((*facts, order.state, state_cell(order.state).text))


def by_state(told: str) -> Test[BoardOrder]:
    """Find orders by the beginning of their state's word, or by `open`, `final` or `late`."""
    states = [name for state in ATTENTION for name in (state, state_cell(state).text)]
    named = Named(told, (*states, *OTHER_STATES))

    still_open, final, late = (word.startswith(told) for word in OTHER_STATES)
    judged: dict[str, bool] = {}

    def found(order: BoardOrder) -> bool:
        state = order.state
        if state not in judged:
            judged[state] = named(state, state_cell(state).text)
        return judged[state] or (final if order.final else still_open) or (late and order.late)

    return found


def by_id(told: str) -> Test[BoardOrder]:
    """Find orders by any part of their id or their purchase's."""
    part = told.strip(".")
    return lambda order: part in fold(order.order_id) or part in fold(order.purchase_id)


def by_reference(told: str) -> Test[BoardOrder]:
    """Find orders by their note, or by their purchase's idempotency key."""
    said = Said(told)
    return lambda order: said(order.note) or told in fold(order.idempotency_key)


def by_operator(told: str) -> Test[BoardOrder]:
    """Find orders by who placed them; `other` and `?` are the other desks."""
    if told in ("?", "other"):
        return lambda order: not order.mine
    said = Said(told)
    return lambda order: said(desk_words(order))


PREFIXES: Mapping[str, Prefix[BoardOrder]] = {
    "st": Prefix("state", "state", by_state),
    "id": Prefix("order", "id", by_id),
    "ref": Prefix("note, key", "what", by_reference),
    "op": Prefix("desk", "desk", by_operator),
}

SORT_KEYS: Mapping[str, Callable[[BoardOrder], Any]] = {
    "state": lambda order: _RANKS.get(order.state, _RANKS["HANDLING"]),
    "cards": lambda order: order.quantity,
    "total": lambda order: UNKNOWN if order.total is None else order.total,
    "age": lambda order: -order.time.timestamp(),
    "desk": lambda order: natural(desk_words(order)),
    "id": lambda order: order.order_id,
    "delivered": lambda order: order.given_at.timestamp() if order.given_at else 0.0,
    "what": lambda order: natural(
        f"{order.product or order.product_id} {order.denomination or order.type_id}"
    ),
}
