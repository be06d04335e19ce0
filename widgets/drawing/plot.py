"""Plots in blocks, eight steps a cell, one cell a value; pure: values become lines of cells."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import floor, log10
from typing import NamedTuple

from services.domain.day_figures import At
from services.domain.money import show
from widgets.drawing import style
from widgets.drawing.ink import Cell, Line

STEPS = " ▁▂▃▄▅▆▇█"
"""An eighth of a cell more with each; a terminal of letters draws them in four steps."""

TONES = ("plot", "plot-mid", "plot-low")
"""The inks of an area from its top to its foot; a terminal of few colours has one for all."""

LYING, LYING_ASCII = "▆", "="
NOW = "plot"
"""The ink of the bar of this hour or this day."""

LEAST_TICK = 7
"""So many cells a time needs at the foot of a plot, with what parts it from the next."""


class Scale(NamedTuple):
    """What the foot and the top of an axis stand for, in DZD."""

    foot: Decimal
    top: Decimal

    @property
    def middle(self) -> Decimal:
        """What is half way up."""
        return (self.foot + self.top) / 2

    def share(self, amount: Decimal) -> float:
        """Return how high an amount is, 0 at the foot, 1 at the top."""
        span = self.top - self.foot
        return float((amount - self.foot) / span) if span else 0.0


def scale_of(amounts: Sequence[Decimal]) -> Scale:
    """Return an axis that ends at the largest amount and begins at a round one below the least.

    Where all are the same they are half way up.
    """
    least, most = min(amounts), max(amounts)
    span = float(most - least)
    if not span:
        return Scale(Decimal(0), most * 2 or Decimal(1))
    step = Decimal(10) ** floor(log10(span)) / 5
    foot = (least - Decimal(span) / 3) // step * step
    return Scale(max(Decimal(0), foot), most)


def sampled(
    points: Sequence[At], begin: datetime, end: datetime, width: int
) -> list[Decimal | None]:
    """Return what held at the end of each of `width` equal spans; None before it is known."""
    span = (end - begin) / max(1, width)
    values: list[Decimal | None] = []
    at, held = 0, None
    for column in range(width):
        until = begin + span * (column + 1)
        while at < len(points) and points[at].time <= until:
            held = points[at].amount
            at += 1
        values.append(held)
    return values


def area(shares: Sequence[float | None], rows: int) -> list[str]:
    """Return the lines of an area: each value a column that is filled from the foot up.

    What is not nothing is seen: it takes a step at least.
    """
    steps = len(STEPS) - 1
    heights = [_steps(share, rows * steps) for share in shares]
    return [
        "".join(STEPS[min(steps, max(0, height - below * steps))] for height in heights)
        for below in reversed(range(rows))
    ]


def toned(drawn: Sequence[str]) -> list[Cell]:
    """Return the lines of an area, deeper towards its foot, so that its edge is what is seen."""
    rows = len(drawn)
    if rows < len(TONES):
        return [Cell(text, TONES[0]) for text in drawn]
    return [Cell(text, TONES[row * len(TONES) // rows]) for row, text in enumerate(drawn)]


def column_of(time: datetime, begin: datetime, end: datetime, width: int) -> int:
    """Return the column, of `width`, of a time."""
    return floor((time - begin) / (end - begin) * width) if end > begin else 0


def along(hours: Sequence[At], begin: datetime, end: datetime, width: int, rows: int) -> list[str]:
    """Return the lines of bars, one an hour, each as wide as its hour is on the axis above it.

    The highest ends a step below the top, so that what is above it stays apart.
    """
    most = max((each.amount for each in hours), default=Decimal(0))
    steps = rows * (len(STEPS) - 1)
    highest = 1 - (2 if style.now().ascii else 1) / steps
    shares: list[float | None] = [None] * width
    for each in hours:
        first = max(0, column_of(each.time, begin, end, width))
        last = min(width, column_of(each.time + timedelta(hours=1), begin, end, width))
        if last < width and last - first > 1:
            last -= 1
        share = float(each.amount / most) if most else 0.0
        shares[first:last] = [share * highest] * (last - first)
    return area(shares, rows)


def ticks(begin: datetime, end: datetime, width: int) -> str:
    """Return the full hours that there is room for, each where it is on the axis."""
    hour = timedelta(hours=1)
    wide = width * (hour / max(end - begin, hour / 60))
    every = next((each for each in (1, 2, 3, 4, 6, 12) if each * wide >= LEAST_TICK), 24)
    times = [begin + hour * at for at in range(0, 25, every) if begin + hour * at < end]
    clocks = [(column_of(at, begin, end, width), f"{at.astimezone():%-H:%M}") for at in times]
    return _placed([each for each in clocks if each[0] + len(each[1]) <= width], width)


def with_axis(
    points: Sequence[At],
    begin: datetime,
    end: datetime,
    width: int,
    height: int,
    marks: Sequence[tuple[datetime, str]] = (),
) -> list[Line]:
    """Return an area with its axis: the amounts at its top, middle and foot, the hours below it.

    Args:
        points: amounts, oldest first.
        begin: where the axis begins, a full hour (UTC).
        end: where it ends.
        width: in cells, with the figures.
        height: in lines, with the hours and the marks.
        marks: what is said above the area at a time.
    """
    scale = scale_of([each.amount for each in points])
    rows = max(1, height - 1 - bool(marks))
    named = {0: scale.top, (rows - 1) // 2: scale.middle, rows - 1: scale.foot}
    figures = {row: _whole(amount) for row, amount in named.items()}
    wide = max(map(len, figures.values()))
    inside = width - wide - 2
    values = sampled(points, begin, end, inside)
    drawn = area([None if each is None else scale.share(each) for each in values], rows)
    lines: list[Line] = []
    if marks:
        placed = [(column_of(time, begin, end, inside), words) for time, words in marks]
        lines.append((Cell(" " * (wide + 2)), Cell(_placed(placed, inside), "good")))
    for row, filled in enumerate(toned(drawn)):
        mark = "│" if row == rows - 1 or row not in figures else "┤"
        figure = figures.get(row, "").rjust(wide)
        lines.append((Cell(f"{figure} {mark}", "dim"), filled))
    foot = " " * (wide + 2) + ticks(begin, end, inside)
    return [*lines, (Cell(foot, "dim"),)]


def _placed(words: Sequence[tuple[int, str]], width: int) -> str:
    """Write words at their columns; one that would cover another is left out."""
    text = ""
    for column, word in words:
        at = max(0, min(column, width - len(word)))
        if not text or at > len(text):
            text = text.ljust(at) + word
    return text


class Unit(NamedTuple):
    """What the figures of bars are in: so many DZD, and its name."""

    dinars: int
    name: str


def unit_of(most: Decimal) -> Unit:
    """Return the unit in which amounts up to this one have few digits."""
    if most < 1_000:
        return Unit(1, "DZD")
    return Unit(1_000, "thousand DZD") if most < 1_000_000 else Unit(1_000_000, "million DZD")


class Upright(NamedTuple):
    """Bars standing side by side, and how many of the first of them had no room."""

    lines: list[Line]
    left_out: int


def upright(bars: Sequence[tuple[str, Decimal]], width: int, height: int) -> Upright:
    """Return a bar for each amount, its number on top of it and its name at its foot.

    The last bar, which is of now, has an ink of its own.

    Args:
        bars: names and amounts from left to right; the last ones are drawn where all are too many.
        width: in cells.
        height: in lines, with those of the numbers and the names.
    """
    unit = unit_of(max((amount for _, amount in bars), default=Decimal(0)))
    least = 1 + max((len(_number(amount, unit, 0)) for _, amount in bars), default=0)
    least = max(3, least, *(len(name) + 1 for name, _ in bars))
    shown = bars[-max(1, width // least) :]
    wide = max(least, min(7, width // max(1, len(shown)))) - 1
    most = max((amount for _, amount in shown), default=Decimal(0))
    rows = max(1, height - 2)
    shares = [float(amount / most) if most else 0.0 for _, amount in shown]
    drawn = area(shares, rows)
    lines: list[Line] = []
    for row in range(-1, rows):
        line: list[Cell] = []
        for at, (_, amount) in enumerate(shown):
            last = at == len(shown) - 1
            filled = drawn[row][at] if row >= 0 else " "
            below = drawn[row + 1][at] if row + 1 < rows else " "
            if filled != " ":
                line.append(Cell(filled * wide, NOW if last else "bars"))
            elif below != " ":
                number = _centred(_number(amount, unit, wide), wide)
                line.append(Cell(number, "strong" if last else "plain"))
            else:
                line.append(Cell(" " * wide))
            line.append(Cell(" "))
        lines.append(tuple(line))
    inks = ["dim"] * (len(shown) - 1) + ["plain"]
    names = tuple(
        Cell(_centred(name, wide) + " ", ink) for (name, _), ink in zip(shown, inks, strict=True)
    )
    return Upright([*lines, names], len(bars) - len(shown))


def lying(share: float, width: int, ink: str = "bars") -> Cell:
    """Return a bar that lies, for a share of the longest one, in so many cells."""
    sign = LYING_ASCII if style.now().ascii else LYING
    length = max(1, round(share * width)) if share > 0 else 0
    return Cell((sign * length).ljust(width), ink)


def _steps(share: float | None, full: int) -> int:
    if share is None or share <= 0:
        return 0
    return min(full, max(1, round(share * full)))


def _centred(text: str, width: int) -> str:
    """Put a text in the middle; where that is not possible, nearer to the left."""
    return (" " * ((width - len(text)) // 2) + text).ljust(width)


def _whole(amount: Decimal) -> str:
    return show(amount.quantize(Decimal(1)))


def _number(amount: Decimal, unit: Unit, wide: int) -> str:
    """Write an amount in a unit, with a decimal where there is room for it."""
    value = amount / unit.dinars
    places = 1 if unit.dinars > 1 and wide > 4 else 0
    least = Decimal(1).scaleb(-places)
    return f"<{least}" if 0 < value < least / 2 else f"{value:.{places}f}"
