"""Every page of a list of the vendor's, read again while it moves."""

from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

PAGE = 100
MOST_PAGES = 200
REREADS = 3


class Named(Protocol):
    """Something that the vendor lists under an id."""

    @property
    def id(self) -> str:
        """The vendor's id."""
        ...


Item = TypeVar("Item", bound=Named)
Item_co = TypeVar("Item_co", bound=Named, covariant=True)


class Page(Protocol[Item_co]):
    """One page of a list, as the client reads it."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """What stands on it."""
        ...

    @property
    def total_pages(self) -> int:
        """How many pages there are."""
        ...

    @property
    def total_results(self) -> int:
        """How many items stand on all of them."""
        ...


class Listing(Struct, Generic[Item], frozen=True):
    """A list as far as it was read; `complete` is whether it held still and is all there."""

    items: tuple[Item, ...]
    complete: bool


async def whole(read: Callable[[int], Awaitable[Page[Item]]]) -> Listing[Item]:
    """Read a list page by page, and again while what arrives pushes its items about.

    Args:
        read: reads the page with this number, from 1.

    Raises:
        DeskError: a page could not be read.
    """
    items: dict[str, Item] = {}
    for _ in range(REREADS):
        items, totals, number, pages = {}, set[int](), 1, 1
        while number <= min(pages, MOST_PAGES):
            page = await read(number)
            items |= {item.id: item for item in page.items}
            totals.add(page.total_results)
            number, pages = number + 1, page.total_pages
        if totals == {len(items)}:
            return Listing(tuple(items.values()), complete=True)
    return Listing(tuple(items.values()), complete=False)
