"""The first line of a list: what it is, how current, how narrowed, and where the cursor is."""

from typing import NamedTuple

from widgets.ink import Cell, DrawnLine, fitted
from widgets.parts import Part, fit_parts


class Heading(NamedTuple):
    """What the heading of a list says; a text that is empty is left out.

    `why` says why the list is stale, and after a semicolon what to press.
    `shown` rows of `total` are listed and the cursor stands on number `place`, from 1.
    """

    title: str
    focused: bool
    stale: str
    why: str
    filter_text: str
    sort: str
    legend: str
    shown: int
    total: int
    place: int


def heading_line(told: Heading, width: int) -> DrawnLine:
    """Return the line; what matters least leaves first when it gets narrow."""
    title = Cell(f" {told.title} ", "title" if told.focused else "title-blurred")
    parts = [Part((title,))]
    if told.stale:
        parts.append(Part((Cell(told.stale, "warn"), Cell("stale", "warn")), leaves=2))
        why = Cell(told.why, "warn"), Cell(told.why.partition("; ")[0], "warn")
        parts.append(Part(why, leaves=6))
    if told.filter_text:
        parts.append(Part((Cell(f"/{told.filter_text}", "key"),), leaves=3))
        parts.append(Part((Cell(f"{told.shown} of {told.total}", "strong"),), leaves=1))
    parts.append(Part((Cell(told.sort, "strong"),), leaves=4))
    parts.append(Part((Cell(told.legend, "dim"),), leaves=5))
    place_now = f" {told.place}/{told.shown} " if told.shown else ""
    room = max(0, width - len(place_now))
    # The position ends at a fixed edge, so that it changes without moving anything else.
    return (
        *fitted(fit_parts(parts, room), room),
        *fitted((Cell(place_now, "dim"),), width - room),
    )
