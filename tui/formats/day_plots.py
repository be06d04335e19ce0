"""The day of `carddesk money` as a terminal draws it: the balance, and what each hour cost."""

from datetime import timedelta

from services.domain.day_figures import DayFigures
from widgets.drawing.ink import Line
from widgets.drawing.plot import unit_of, upright, with_axis

WIDTH = 72
HEIGHT = 8


def day_plots(day: DayFigures) -> str:
    """Return the plots that there is something for, one below the other."""
    blocks: list[str] = []
    if day.balance:
        end = max(day.until, day.begin + timedelta(minutes=1))
        blocks.append(_text("balance", with_axis(day.balance, day.begin, end, WIDTH, HEIGHT)))
    if day.hours:
        hours = [(f"{each.time.astimezone():%-H}", each.amount) for each in day.hours]
        unit = unit_of(max(each.amount for each in day.hours)).name
        blocks.append(_text(f"spent per hour, {unit}", upright(hours, WIDTH, HEIGHT).lines))
    return "\n\n".join(blocks)


def _text(title: str, lines: list[Line]) -> str:
    drawn = ("".join(cell.text for cell in line).rstrip() for line in lines)
    return "\n".join((title, *drawn))
