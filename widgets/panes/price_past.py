"""What a value cost before, as a sentence and, where there is room, as an area of 30 days."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from services.domain.local_time import local_day_name
from services.domain.money import exact
from services.domain.watching.price_history import PLOTTED, PricePoint, before, plotted
from widgets.drawing.ink import Cell, Line
from widgets.drawing.plot import area, sampled, scale_of, toned

ROWS = 3
LABEL = 15
HEAD = "cost of 30 days"


def past(
    points: Sequence[PricePoint], cost: Decimal, now: datetime, width: int, height: int
) -> list[Line]:
    """Return what was seen of a value's cost; nothing where it never was another one.

    Args:
        points: as they were kept, oldest first.
        cost: what it costs now (DZD).
        now: the time, UTC.
        width: in cells.
        height: the lines that are left.
    """
    known = before(points, cost)
    if known is None or height < 2:
        return []
    was = Cell(f"{exact(known.price)} {local_day_name(known.at, now)}")
    lines: list[Line] = [(), (Cell("cost was".ljust(LABEL), "dim"), was)]
    prices = plotted(points, now)
    if not prices or height < len(lines) + 1 + ROWS:
        return lines
    amounts = [each.amount for each in prices]
    scale = scale_of(amounts)
    values = sampled(prices, now - PLOTTED, now, width)
    shares = [None if value is None else scale.share(value) for value in values]
    span = Cell(f"  {exact(min(amounts))} to {exact(max(amounts))}", "dim")
    drawn: list[Line] = [(row,) for row in toned(area(shares, ROWS))]
    return [*lines, (Cell(HEAD, "head"), span), *drawn]
