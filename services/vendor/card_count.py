"""How many cards an answer holds: counted in its bytes, without reading what a card says. Pure."""

from msgspec import DecodeError, Raw, json

_NOTHING = frozenset({b"", b"null", b'""', b"{}", b"[]", b"false"})
"""What stands in the place of something that is not there yet."""

_MARKS = frozenset({"serial", "_id", "id", "index", "number", "expiry"})
"""Fields that a card can have before its code has come."""


def cards_in(data: Raw, *, ended: bool) -> int | None:
    """Return how many cards of an order's `cards` can be given to a customer.

    A card without any field that could be its code is none.

    Args:
        data: what stands under `cards`, empty where nothing does.
        ended: whether the order has its end: no list is then a list without cards.
    """
    listed = bytes(data).strip()
    if listed in _NOTHING:
        return 0 if ended or listed == b"[]" else None
    try:
        return sum(map(has_code, json.decode(listed, type=list[Raw])))
    except (DecodeError, RecursionError):
        # No list: a card by itself.
        return int(has_code(data))


def has_code(card: Raw) -> bool:
    """Tell whether a card, an object or a bare text, has anything that could be its code."""
    text = bytes(card).strip()
    if not text.startswith(b"{"):
        return text not in _NOTHING
    try:
        fields = json.decode(text, type=dict[str, Raw])
    except (DecodeError, RecursionError):
        return False
    return any(
        bytes(value).strip() not in _NOTHING for name, value in fields.items() if name not in _MARKS
    )
