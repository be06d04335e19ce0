"""A line of parts that shorten and leave, the least important first, and are never cut inside."""

from collections.abc import Sequence

from msgspec import Struct

from services.text import cell_width
from widgets.ink import Cell, Line, inert

BETWEEN = "  "


class Part(Struct, frozen=True):
    """A part of a line: its forms from the longest to the shortest, and when it leaves.

    The highest `leaves` shortens and leaves first; 0 shortens but never leaves.
    """

    forms: tuple[Cell, ...]
    leaves: int = 0


def fit_parts(parts: Sequence[Part], width: int) -> Line:
    """Choose forms of the parts that fit the width; none is ever cut inside."""
    kept = [part for part in parts if part.forms and part.forms[0].text]
    while _length(kept) > width:
        most = max(kept, key=lambda part: (len(part.forms) > 1 or part.leaves > 0, part.leaves))
        at = kept.index(most)
        if len(most.forms) > 1:
            kept[at] = Part(most.forms[1:], most.leaves)
        elif most.leaves:
            del kept[at]
        else:
            break
    line: list[Cell] = []
    for part in kept:
        line += [Cell(BETWEEN)] if line else []
        line.append(part.forms[0])
    return tuple(line)


def _length(parts: Sequence[Part]) -> int:
    texts = sum(cell_width(inert(part.forms[0].text)) for part in parts)
    return texts + len(BETWEEN) * (len(parts) - 1)
