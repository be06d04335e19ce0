"""What a value cost and how many there were, as far as it was seen: only what changed is kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from services.domain.day_figures import At
from services.domain.models import Denomination, Stock

STOCK_EVERY: Final = timedelta(hours=1)
"""A stock that merely moved is kept once in this time; a price, the end or a new beginning of a
stock always are."""

STOCK_DAYS: Final = timedelta(days=7)
"""So long it is kept that a stock moved."""

MOST_POINTS: Final = 200
"""So many points are kept of a value, the newest ones."""

PLOTTED: Final = timedelta(days=30)


class PricePoint(Struct, frozen=True):
    """What a card cost us (DZD) and how many there were, from this time (UTC) on.

    `moved` is whether the price is another one than before.
    """

    at: datetime
    price: Decimal
    stock: int
    moved: bool = True


class SeenPrice(Struct, frozen=True):
    """A point of one value's history."""

    product_id: str
    type_id: str
    point: PricePoint


PriceHistory = Mapping[str, tuple[PricePoint, ...]]
"""The points of each value of a product by its type id, oldest first."""

NO_HISTORY: Final[PriceHistory] = MappingProxyType({})


def next_point(last: PricePoint | None, value: Denomination, at: datetime) -> PricePoint | None:
    """Return what is to be kept of a reading, None where nothing is.

    Args:
        last: what was kept last of this value.
        value: as it was read; what is not for sale has no price.
        at: when it was read (UTC).
    """
    if value.closed or (last is not None and at <= last.at):
        return None
    if last is None or last.price != value.price:
        return PricePoint(at, value.price, value.quantity)
    turned = (last.stock > 0) != (value.quantity > 0)
    moved_on = last.stock != value.quantity and at - last.at >= STOCK_EVERY
    return PricePoint(at, value.price, value.quantity, moved=False) if turned or moved_on else None


def is_news(history: PriceHistory, stock: Stock) -> bool:
    """Tell whether something is to be kept of a reading."""
    for value in stock.denominations:
        points = history.get(value.id)
        if next_point(points[-1] if points else None, value, stock.read_at):
            return True
    return False


def before(points: Sequence[PricePoint], price: Decimal) -> PricePoint | None:
    """Return the last point at which another price was seen than this one."""
    return next((point for point in reversed(points) if point.price != price), None)


def plotted(points: Iterable[PricePoint], now: datetime) -> tuple[At, ...]:
    """Return the prices of the last 30 days, oldest first, with the one that held at their begin.

    Nothing where the price never changed in that time.
    """
    begin, shown = now - PLOTTED, list[At]()
    for point in points:
        if point.at <= begin:
            shown = [At(begin, point.price)]
        elif not shown or shown[-1].amount != point.price:
            shown.append(At(point.at, point.price))
    return tuple(shown) if len(shown) > 1 else ()
