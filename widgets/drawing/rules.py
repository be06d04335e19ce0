"""Rules with words in them, which part one thing from the next, and the sides of a box."""

from collections.abc import Sequence

from widgets.drawing.ink import Cell, DrawnLine, Line, fitted, line_width

INK = "border"
RULE = "─"
SIDES = ("│", "│")
TOP = ("╭", "╮")
MIDDLE = ("├", "┤")
BOTTOM = ("╰", "╯")


def rule(width: int, left: Line = (), right: Line = ()) -> Line:
    """Return a rule with words in it: `─ Cards ────── 1 shown ─`.

    The words at the left bring their blanks along, so that all of a title has its ink. Where both
    do not fit, the words at the right are left out.
    """
    head = (Cell(RULE, INK), *left) if left else ()
    tail = (Cell(" "), *right, Cell(f" {RULE}", INK)) if right else ()
    between = width - line_width(head) - line_width(tail)
    if between < 1 and right:
        return rule(width, left)
    return (*head, Cell(RULE * max(0, between), INK), *tail)


def boxed(
    lines: Sequence[DrawnLine], *, top: bool = False, bottom: bool = False
) -> list[DrawnLine]:
    """Return lines between the sides of a box; a rule among them is joined to both sides.

    Args:
        lines: the inside; a rule is a line that begins with one.
        top: the first line is the upper edge of the box.
        bottom: the last line is its lower edge.
    """
    whole: list[DrawnLine] = []
    for number, line in enumerate(lines):
        ends = SIDES
        if line and line[0].text.startswith(tuple(_drawn(RULE)[0].text)):
            last = number == len(lines) - 1
            ends = TOP if top and not number else BOTTOM if bottom and last else MIDDLE
        first, last_sign = ends
        whole.append((*_drawn(first), *line, *_drawn(last_sign)))
    return whole


def beside(first: Line, width: int, second: Line, sign: str = SIDES[0]) -> Line:
    """Put a line behind another one, which takes `width` cells, a side or another sign between."""
    left = tuple(Cell(*part) for part in fitted(first, width))
    return (*left, Cell(sign, INK), *second)


def _drawn(sign: str) -> DrawnLine:
    return fitted((Cell(sign, INK),), 1)
