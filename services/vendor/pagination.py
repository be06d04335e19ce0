"""Every page of a list of the vendor's, read again while it moves."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import Generic

from msgspec import Struct
from msgspec.structs import replace

from services.domain.errors import AuthFailed, DeskError
from services.domain.models import Item, Order, Page, Unread

SIZE = 100
"""The most items that the vendor puts on a page."""

MOST_PAGES = 200
REREADS = 3
MOST_ALONE = 5


class PageSet(Struct, Generic[Item], frozen=True):
    """A list as far as it was read.

    `still` is whether it held still and every item came; `unread` are those that could not be used.
    """

    items: tuple[Item, ...]
    still: bool
    unread: tuple[Unread, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it is all there and all of it could be read."""
        return self.still and not self.unread


async def alone(
    unread: Iterable[Unread], read: Callable[[str], Awaitable[Order]]
) -> tuple[tuple[Order, ...], tuple[Unread, ...]]:
    """Ask for listed orders that cannot be read, each alone; what it is asked for may be whole.

    Args:
        unread: the bad items of a list of orders.
        read: reads one order.

    Returns:
        The orders that could be read so, and the items that are still none.

    Raises:
        AuthFailed: calls have stopped.
    """
    found: list[Order] = []
    left: list[Unread] = []
    for item in unread:
        if not item.id or len(found) + len(left) >= MOST_ALONE:
            left.append(item)
            continue
        try:
            order = await read(item.id)
        except AuthFailed:
            raise
        except DeskError:
            left.append(item)
            continue
        product, kind = order.product or item.product, order.type or item.type
        found.append(replace(order, product=product, type=kind))
    return tuple(found), tuple(left)


async def pages(read: Callable[[int], Awaitable[Page[Item]]]) -> AsyncGenerator[Page[Item]]:
    """Read the pages of a list one after the other, `MOST_PAGES` at most.

    Args:
        read: reads the page with this number, from 1.

    Raises:
        DeskError: a page could not be read.
    """
    number, last = 1, 1
    while number <= min(last, MOST_PAGES):
        page = await read(number)
        yield page
        number, last = number + 1, page.total_pages


async def whole(read: Callable[[int], Awaitable[Page[Item]]]) -> PageSet[Item]:
    """Read a list page by page, and again while what arrives pushes its items about.

    Args:
        read: reads the page with this number, from 1.

    Raises:
        DeskError: a page could not be read.
    """
    items: dict[str, Item] = {}
    odd: dict[str, Unread] = {}
    for _ in range(REREADS):
        items, odd, totals = {}, {}, set[int | None]()
        async for page in pages(read):
            items |= {item.id: item for item in page.items}
            odd |= {item.mark: item for item in page.unread}
            totals.add(page.total_results)
        if totals <= {len(items), len(items) + len(odd)} and len(totals) == 1:
            return PageSet(tuple(items.values()), True, tuple(odd.values()))
        if totals == {None}:
            break
    return PageSet(tuple(items.values()), False, tuple(odd.values()))
