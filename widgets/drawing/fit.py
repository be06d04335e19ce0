"""A line of parts that shorten and leave, the least important first, and are never cut inside."""

from collections.abc import Sequence

from msgspec import Struct

from services.domain.text import cell_width
from widgets.drawing.ink import Cell, Line, inert

BETWEEN = "  "


class Part(Struct, frozen=True):
    """A part of a line: its forms from the longest to the shortest, and when it leaves.

    The highest `leaves` shortens and leaves first; 0 shortens but never leaves. In the rule of a
    pane a part may be at the right `end`. In a line a `label` is said before it, and recedes.
    """

    forms: tuple[Cell, ...]
    leaves: int = 0
    end: bool = False
    label: str = ""


def fit_parts(parts: Sequence[Part], width: int) -> Line:
    """Choose forms of the parts that fit the width; none is ever cut inside."""
    return joined(choose_parts(parts, width))


def joined(parts: Sequence[Part], between: str = BETWEEN) -> Line:
    """Return the parts as one line."""
    line: list[Cell] = []
    for part in parts:
        line += [Cell(between)] if line else []
        line += [Cell(f"{part.label} ", "dim")] if part.label else []
        line.append(part.forms[0])
    return tuple(line)


def choose_parts(parts: Sequence[Part], width: int, between: str = BETWEEN) -> list[Part]:
    """Return the parts that fit the width, the form to draw first in each."""
    kept = [part for part in parts if part.forms and part.forms[0].text]
    while _length(kept, between) > width:
        most = max(kept, key=lambda part: (len(part.forms) > 1 or part.leaves > 0, part.leaves))
        at = kept.index(most)
        if len(most.forms) > 1:
            kept[at] = Part(most.forms[1:], most.leaves, most.end, most.label)
        elif most.leaves:
            del kept[at]
        else:
            break
    return kept


def _length(parts: Sequence[Part], between: str) -> int:
    labels = sum(cell_width(part.label) + 1 for part in parts if part.label)
    texts = labels + sum(cell_width(inert(part.forms[0].text)) for part in parts)
    return texts + len(between) * (len(parts) - 1)
