"""Which order a card belongs to, by its serial: asked of the vendor, compared, and forgotten."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from services.domain.models import Order
from services.domain.secrets import Secret, redaction
from services.system.clock import Clock
from services.vendor import pagination
from services.vendor.client import VendorClient
from services.vendor.rate_limit import Priority, priority

SKEW = timedelta(hours=1)
"""How far the vendor's clock may be ahead; every span ends that much after now."""


async def holders(
    client: VendorClient,
    clock: Clock,
    serial: Secret,
    days: int,
    report: Callable[[int, int], None] | None = None,
) -> tuple[tuple[Order, ...], str]:
    """Return the orders that hold a card with this serial, and why one may be missing, if so.

    The span is fixed before the first page, so that an order placed meanwhile moves none from a
    page that is still to come to one that was read.

    Args:
        client: reads of the vendor.
        clock: time.
        serial: what is on the card.
        days: how far back the orders are looked through.
        report: called with the page just read and how many there are.

    Raises:
        DeskError: a page could not be read.
    """
    redaction.learn(serial)
    now = clock.now()
    start, end = now - timedelta(days=days), now + SKEW
    found: dict[str, Order] = {}
    last, odd = 1, set[str]()
    read = partial(client.orders, page_size=pagination.SIZE, start=start, end=end, holding=serial)
    # Many pages: a sale must not wait behind them.
    with priority(Priority.BACKGROUND):
        async for page in pagination.pages(lambda number: read(page=number)):
            found |= {order.id: order for order in page.items}
            odd |= {item.mark for item in page.unread}
            last = page.total_pages
            if report is not None:
                report(page.page, last)
    missing = ""
    if last > pagination.MOST_PAGES:
        missing = "there are too many. Ask for fewer days"
    elif odd:
        missing = f"{len(odd)} of them cannot be read"
    return tuple(found.values()), missing
