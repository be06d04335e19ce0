"""Orders by the thousand: the same ones for the vendor's books and for a console's journal."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from services.domain.models import Order
from services.domain.text import clean
from services.sandbox.catalog import shelves
from services.sandbox.state import OrderRecord, State

OPENING_BALANCE = Decimal(250_000)
FAR = timedelta(days=2)


def records(
    count: int, *, still_open: bool, now: datetime | None = None, span: float = 20 * 3600.0
) -> list[OrderRecord]:
    """Make orders as the vendor would hold them, oldest first, spread over a span of time.

    Args:
        count: how many.
        still_open: whether they are being handled for days yet, or were fulfilled at once.
        now: the end of the span (UTC); this moment if None.
        span: the length of the span, in seconds.
    """
    end = now or datetime.now(UTC)
    kinds = [(product, kind) for product in shelves() for kind in product.types]
    made: list[OrderRecord] = []
    for number in range(count):
        product, kind = kinds[number % len(kinds)]
        quantity = 1 + number % 5
        placed = end - timedelta(seconds=span * (count - number) / count)
        placed = placed.replace(microsecond=placed.microsecond // 1000 * 1000)
        made.append(
            OrderRecord(
                id=f"{int(placed.timestamp()):08x}{'beac0000':0<10}{number:06x}",
                product=product.id,
                type=kind.id,
                quantity=quantity,
                price_per_card=kind.price,
                placed_at=placed,
                ends_at=placed + (FAR if still_open else timedelta(seconds=5)),
                visible_at=placed,
                outcome=quantity,
                first_card=1 + number * 5,
                charged=False,
                status="HANDLING" if still_open else "FULFILLED",
            )
        )
    return made


def keep(path: Path, orders: Sequence[OrderRecord]) -> None:
    """Write the vendor's state file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = State(OPENING_BALANCE, counter=len(orders), cards=5 * len(orders), orders=list(orders))
    path.write_bytes(msgspec.json.encode(state))


def as_orders(orders: Iterable[OrderRecord]) -> list[Order]:
    """Return the orders as the vendor's list tells them, without cards."""
    return [
        Order(
            id=order.id,
            status=clean(order.status),
            quantity=order.quantity,
            product=order.product,
            type=order.type,
            time=order.time,
            fulfilled_quantity=order.fulfilled_quantity if order.final else None,
            fulfilled_amount=order.fulfilled_amount if order.final else None,
            price_per_card=order.price_per_card if order.final else None,
        )
        for order in orders
    ]
