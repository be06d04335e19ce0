"""Pages of a list: which items a query asks for, and how many there are."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from services.sandbox.responses import invalid
from services.sandbox.state import OrderRecord, TransactionRecord

DEFAULT_PAGE = 20
LARGEST_PAGE = 100

_NUMBER = re.compile(r"[0-9]{1,9}")

PageItem = TypeVar("PageItem", OrderRecord, TransactionRecord)


def page_of(
    items: Iterable[PageItem], query: Mapping[str, str], *, shuffled: bool
) -> tuple[list[PageItem], dict[str, int]]:
    """Cut one page out of a list.

    Args:
        items: everything there is, newest first.
        query: `page`, `pageSize`, `from` and `to` as they were sent; all of them optional.
        shuffled: whether the list comes in no order, as a fault can ask for.

    Returns:
        The page's items, and the `pagination` that goes with them.

    Raises:
        SandboxRefusal: 400 if the query makes no sense.
    """
    page = _whole(query, "page", 1, None)
    size = _whole(query, "pageSize", DEFAULT_PAGE, LARGEST_PAGE)
    start, end = _moment(query, "from"), _moment(query, "to")
    chosen = [
        item
        for item in items
        if (start is None or item.time >= start) and (end is None or item.time <= end)
    ]
    if shuffled:
        # The same disorder for each page: nothing is shown twice, nothing is left out.
        chosen.sort(key=lambda item: item.id[::-1], reverse=True)
        chosen = chosen[1::2] + chosen[::2]
    first = (page - 1) * size
    pagination = {
        "page": page,
        "pageSize": size,
        "totalPages": -(-len(chosen) // size),
        "totalResults": len(chosen),
    }
    return chosen[first : first + size], pagination


def _whole(query: Mapping[str, str], name: str, default: int, largest: int | None) -> int:
    text = query.get(name)
    if text is None:
        return default
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if number < 1 or (largest is not None and number > largest):
        limits = "at least 1" if largest is None else f"from 1 to {largest}"
        raise invalid(f"{name} must be an integer, {limits}")
    return number


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{name} must be an ISO 8601 time") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
