"""How many cards an answer holds: counted in its bytes, without reading what a card says. Pure."""

import re

from msgspec import DecodeError, Raw, json

_NOTHING = frozenset({b"", b"null", b"{}", b"[]", b"false", b"true"})
"""What is in the place of something that is not there yet."""

_BLANK = (
    rb'(?i)"(?:\s|\xc2\xa0|\xe2\x80[\x8b-\x8f]|\xef\xbb\xbf|\\[bfnrt]'
    rb'|\\u(?:00[01][0-9a-f]|0020|00a0|200[b-f]|feff))*"'
)
"""A text with nothing in it that could be seen: no code is one."""

_MARKS = frozenset(
    {
        "_id", "amount", "created_at", "createdat", "currency", "date", "denomination", "expiry",
        "id", "index", "name", "number", "order", "orderid", "price", "product", "productid",
        "region", "serial", "state", "status", "time", "title", "type", "typeid", "updated_at",
        "updatedat",
    }
)  # fmt: skip
"""Fields, in lower case, that a card can have before its code has come."""


def cards_in(data: Raw, *, ended: bool) -> int | None:
    """Return how many cards of an order's `cards` can be given to a customer.

    A card without any field that could be its code is none.

    Args:
        data: what is under `cards`, empty where nothing does.
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
        return _written(text)
    try:
        fields = json.decode(text, type=dict[str, Raw])
    except (DecodeError, RecursionError):
        return False
    return any(
        _written(bytes(value).strip())
        for name, value in fields.items()
        if name.lower() not in _MARKS
    )


def _written(value: bytes) -> bool:
    return value not in _NOTHING and not re.fullmatch(_BLANK, value)
