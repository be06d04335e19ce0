"""What happened to an order, as lines: all of it, or of each step the first line."""

from collections.abc import Sequence

from services.domain.local_time import local_clock
from services.domain.phrase import counted
from services.domain.timeline import TimelineEntry
from widgets.drawing.ink import Cell, Line, fitted, line_width, wrap_pieces

AT = 10
"""How many cells the time of an entry takes, with the gap after it."""


def entry_lines(entry: TimelineEntry, width: int, privacy: bool) -> list[Line]:
    """Return an entry as lines: its time, and what happened wrapped beside it."""
    at = local_clock(entry.at) if entry.at else "now"
    pieces = entry.pieces(privacy=privacy)
    by = (f"({entry.who})",) if entry.who else ()
    first, *others = wrap_pieces((*pieces, *by), max(8, width - AT)) or [""]
    lines: list[Line] = [(Cell(at.ljust(AT), "dim"), Cell(first))]
    return [*lines, *((Cell(" " * AT), Cell(part)) for part in others)]


def last_steps(
    entries: Sequence[TimelineEntry], width: int, room: int, privacy: bool, key: str
) -> list[Line]:
    """Return what happened: all of it where it fits, else a line for each of the last steps.

    Args:
        entries: oldest first.
        width: in cells.
        room: how many lines there are.
        privacy: mask the amounts.
        key: the key that shows all of it.
    """
    drawn = [entry_lines(entry, width, privacy) for entry in entries]
    if sum(map(len, drawn)) <= room:
        return [line for lines in drawn for line in lines]
    firsts = [_first(lines, width) for lines in drawn]
    if len(firsts) <= room:
        return firsts
    kept = max(0, room - 1)
    before = counted(len(firsts) - kept, "earlier step")
    return [(Cell(f"{before}, {key} shows all", "dim"),), *firsts[len(firsts) - kept :]][
        : max(0, room)
    ]


def _first(lines: Sequence[Line], width: int) -> Line:
    """Return the first of the lines of a step, with a sign where there are more."""
    first = lines[0]
    if len(lines) == 1:
        return first
    if line_width(first) > width - 2:
        first = tuple(Cell(*piece) for piece in fitted(first, width - 2))
    return (*first, Cell(" …", "dim"))
