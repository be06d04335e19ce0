"""Which order a card belongs to, by its serial: asked of the vendor, compared, and forgotten."""

from collections.abc import Callable
from datetime import timedelta

from services.client import VendorClient
from services.clock import Clock
from services.models import Order
from services.secrets import Secret, redaction

PAGE = 100
MOST_PAGES = 200
SKEW = timedelta(hours=1)
"""How far the vendor's clock may be ahead; every span ends that much after now."""


async def holders(
    client: VendorClient,
    clock: Clock,
    serial: Secret,
    days: int,
    report: Callable[[int, int], None] | None = None,
) -> tuple[tuple[Order, ...], bool]:
    """Return the orders that hold a card with this serial, and whether every page was read.

    The span is fixed before the first page, so that an order placed meanwhile moves none from a
    page that is still to come to one that was read.

    Args:
        client: reads of the vendor.
        clock: time.
        serial: what stands on the card.
        days: how far back the orders are looked through.
        report: told the page just read and how many there are.

    Raises:
        DeskError: a page could not be read.
    """
    redaction.learn(serial)
    now = clock.now()
    start, end = now - timedelta(days=days), now + SKEW
    found: dict[str, Order] = {}
    page, pages = 1, 1
    while page <= min(pages, MOST_PAGES):
        part = await client.orders(page=page, page_size=PAGE, start=start, end=end, holding=serial)
        found |= {order.id: order for order in part.items}
        pages = part.total_pages
        if report is not None:
            report(page, pages)
        page += 1
    return tuple(found.values()), pages <= MOST_PAGES
