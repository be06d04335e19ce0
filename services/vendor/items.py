"""A list of the vendor's, item by item: one that cannot be read is left out and named.

`BadItems` remembers those that this process has met.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from msgspec import MsgspecError, Raw, Struct, json
from msgspec.structs import replace

from services.domain.models import Unread
from services.domain.secrets import Secret
from services.domain.text import clean
from services.vendor.envelope import decode
from services.vendor.wire_values import (
    LONGEST_SENTENCE,
    LONGEST_TITLE,
    NOTHING_WRITTEN,
    UNREADABLE,
    count,
    decimal,
    label,
    moment_or_none,
    reference,
)

S = TypeVar("S", bound=Struct)
T = TypeVar("T")
MOST_NAMED = 3
"""Items that one sentence names."""

MOST_KEPT = 1_000
"""Items that are remembered; more are left out without a word."""

_log = logging.getLogger(__name__)


def each(
    data: Raw, shape: type[S], read: Callable[[S], T], what: str
) -> tuple[list[T], list[Unread]]:
    """Read every item of a list that can be read.

    Args:
        data: the list as it came; nothing and null are an empty one.
        shape: what an item is decoded as.
        read: makes the model of it, or raises one of `UNREADABLE`.
        what: the word for one item.

    Returns:
        The models, and the items that are none.

    Raises:
        ValueError: it is no list.
    """
    if bytes(data) in NOTHING_WRITTEN:
        return [], []
    good: list[T] = []
    bad: list[Unread] = []
    raws: Sequence[Raw] = ()
    for number, item in enumerate(_decoded(data, shape)):
        try:
            good.append(read(decode(item, shape) if isinstance(item, Raw) else item))
        except UNREADABLE as error:
            raws = raws or decode(data, list[Raw])
            bad.append(unread(raws[number], number + 1, what, error))
    return good, bad


def unread(raw: Raw, number: int, what: str, error: Exception) -> Unread:
    """Name an item that cannot be used, with all that can be read of it."""
    odd = isinstance(error, MsgspecError | RecursionError)
    found = Unread(
        what=what,
        number=number,
        why="it is no object" if odd else clean(str(error), LONGEST_SENTENCE),
        mark=Secret(bytes(raw).decode("utf-8", "replace")).fingerprint(),
    )
    try:
        fields = decode(raw, dict[str, Raw])
    except UNREADABLE:
        return found
    values = {name: _value(fields.get(name)) for name in ("_id", "id", "title", "name", "time")}
    quantity = fields.get("quantity")
    name = _id(values["_id"]) or _id(values["id"])
    return replace(
        found,
        # What else is in it may change: it is the same bad item all the same.
        mark=Secret(f"{what} {name} {found.why}").fingerprint() if name else found.mark,
        id=name,
        name=label(values["title"], LONGEST_TITLE) or label(values["name"], LONGEST_TITLE),
        product=_id(_value(fields.get("product"))),
        type=_id(_value(fields.get("type"))),
        quantity=None if quantity is None else _count(quantity),
        time=moment_or_none(values["time"]),
    )


def _decoded(data: Raw, shape: type[S]) -> Sequence[S | Raw]:
    """Decode the items at once or, where one of them is odd, leave each to itself."""
    try:
        return decode(data, list[shape])
    except UNREADABLE:
        try:
            return decode(data, list[Raw])
        except MsgspecError:
            raise ValueError("what should be a list is none") from None


def _value(raw: Raw | None) -> object:
    try:
        return None if raw is None else json.decode(raw)
    except UNREADABLE:
        return None


def _id(value: object) -> str:
    try:
        return reference(value)
    except ValueError:
        return ""


def _count(raw: Raw) -> int | None:
    try:
        return count(decimal(raw))
    except UNREADABLE:
        return None


class BadItems:
    """The items of answers that could not be used, as long as this process lasts.

    Args:
        say: given the sentence about items that were not met before.
    """

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self._say: Final = say
        self._met: dict[str, Unread] = {}

    @property
    def met(self) -> tuple[Unread, ...]:
        """Each of them once, in the order in which they were met."""
        return tuple(self._met.values())

    def take(self, items: Iterable[Unread]) -> None:
        """Take note of the bad items of one answer."""
        news = {item.mark: item for item in items if item.mark not in self._met}
        if not news or len(self._met) >= MOST_KEPT:
            return
        self._met |= news
        for item in news.values():
            _log.warning("bad item in the vendor's answer: %s", item.words)
        named = "; ".join(item.words for item in list(news.values())[:MOST_NAMED])
        more = f"; and {len(news) - MOST_NAMED} more" if len(news) > MOST_NAMED else ""
        count = "1 item" if len(news) == 1 else f"{len(news)} items"
        if self._say is not None:
            self._say(
                f"{count} of the vendor's answer cannot be used: {named}{more}. "
                "The rest is used; reading moves no money. carddesk doctor names them."
            )
