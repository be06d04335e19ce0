"""The frame of a pane: its title is in the rule above it, with what the pane says of itself."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from msgspec import Struct
from textual.geometry import Size

from services.domain.text import cell_width
from widgets.drawing.fit import BETWEEN, Part, choose_parts
from widgets.drawing.ink import Cell, Drawn, DrawnLine, Line, fitted, inert, line_width

Sides = Literal["none", "right", "both"]

LEAST_RULE = 1
"""So much of the rule (cells) stays between what is at its two ends."""


LEAVES_BEFORE_NAMES = 3
"""Parts that leave as early as this leave before the titles of other panes become their keys."""


class PaneName(NamedTuple):
    """A pane's title, and the key that leads to it; a part of a screen may have none."""

    key: str
    title: str


class Scrolled(NamedTuple):
    """Which rows of a list are in sight: from `top`, `page` of `total`, below `head` lines."""

    head: int
    top: int
    page: int
    total: int

    def marks(self, row: int) -> bool:
        """Whether the scroll piece is at this line of the inside."""
        at = row - self.head
        if self.total <= self.page or not 0 <= at < self.page:
            return False
        length = max(1, round(self.page * self.page / self.total))
        free, hidden = self.page - length, self.total - self.page
        first = round(free * self.top / hidden)
        return first <= at < first + length


class Around(NamedTuple):
    """What a frame shows of what is in it."""

    facts: tuple[Part, ...] = ()
    focused: bool = False
    foot: str = ""
    scrolled: Scrolled | None = None


class Frame(Struct, frozen=True):
    """How a pane is framed: a rule with its title above it, and as many sides as there is room for.

    `sides` is `none`, `right` (a line between two panes side by side), or `both`, with a rule below
    as well. `others` are panes that are not in sight, named after the title, and `swaps` those that
    are in this place instead, named at the end of the rule.
    """

    name: PaneName
    sides: Sides = "none"
    others: tuple[PaneName, ...] = ()
    swaps: tuple[PaneName, ...] = ()

    def inside(self, size: Size) -> Size:
        """Return how much of this size is left for what is in the frame."""
        across, down = {"none": (0, 1), "right": (1, 1), "both": (2, 2)}[self.sides]
        return Size(max(0, size.width - across), max(0, size.height - down))

    def around(self, lines: Sequence[DrawnLine], size: Size, content: Around) -> list[DrawnLine]:
        """Return the lines of the whole pane, from those that are inside."""
        width, height = self.inside(size)
        blank = fitted((), width)
        left = _line("│") if self.sides == "both" else ()
        whole = [self._rule(size.width, content)]
        for row in range(height):
            inner = lines[row] if row < len(lines) else blank
            right: DrawnLine = ()
            if self.sides != "none":
                here = self.sides == "both" and content.scrolled and content.scrolled.marks(row)
                right = _line("┃", "dim") if here else _line("│")
            whole.append((*left, *inner, *right))
        if self.sides == "both":
            whole.append(_foot(content.foot, size.width))
        return whole

    def name_at(self, x: int, width: int, content: Around) -> PaneName | None:
        """Return the pane whose title or key is in this cell of the rule."""
        key, end = "", 0
        for text, ink in self._rule(width, content):
            begin, end = end, end + cell_width(text)
            if ink == "key":
                # Several keys are in one piece where there is no room for the titles.
                key = text.strip() if len(text.split()) == 1 else text[x - begin : x - begin + 1]
            elif ink not in ("dim", "title-blurred"):
                key = ""
            if x < end:
                if not key:
                    return None
                names = (self.name, *self.others, *self.swaps)
                return next((name for name in names if name.key == key), None)
        return None

    def _rule(self, width: int, content: Around) -> DrawnLine:
        first, last = {"none": ("─", "─"), "right": ("─", "─┬"), "both": ("╭─", "─╮")}[self.sides]
        title = _title(self.name, content.focused)
        swaps = _names(self.swaps, " ")
        room = width - len(first + last) - line_width((*title, *swaps)) - LEAST_RULE
        needed = _length(
            [part for part in content.facts if part.leaves < LEAVES_BEFORE_NAMES and part.forms]
        )
        *forms, others = _forms(self.others)
        others = next((form for form in forms if needed + line_width(form) <= room), others)
        beside, end = _two_ends(content.facts, room - line_width(others))
        left = (Cell(first, "border"), *title, *others, *beside)
        right = (*end, *swaps, Cell(last, "border"))
        room = max(0, width - line_width(right))
        rule = Cell("─" * max(0, room - line_width(left)), "border")
        return (*fitted((*left, rule), room), *fitted(right, width - room))


def _title(name: PaneName, focused: bool) -> Line:
    if focused:
        return (Cell(f" {f'{name.key} {name.title}'.strip()} ", "title"),)
    title = Cell(f" {name.title} ", "title-blurred")
    return (Cell(f" {name.key}", "key"), title) if name.key else (title,)


def _names(names: Sequence[PaneName], before: str) -> Line:
    return tuple(
        cell
        for name in names
        for cell in (Cell(f"{before}{name.key}", "key"), Cell(f" {name.title} ", "dim"))
    )


def _forms(names: Sequence[PaneName]) -> tuple[Line, ...]:
    """Return the names of panes that are not in sight, in shorter and shorter forms."""
    if not names:
        return ((),)
    keys = Cell(f"{BETWEEN}{' '.join(name.key for name in names)} ", "key")
    return (_names(names, BETWEEN), _names(names, " "), (keys, Cell("panes ", "dim")), (keys,))


def _two_ends(facts: Sequence[Part], room: int) -> tuple[Line, Line]:
    """Return the facts that are after the title, and those at the end of the rule."""
    kept = choose_parts(facts, room - 2)
    beside = [part.forms[0] for part in kept if not part.end]
    end = [part.forms[0] for part in kept if part.end]
    return _spaced(beside, before=" "), _spaced(end, before=" ")


def _spaced(cells: Sequence[Cell], *, before: str) -> Line:
    line: list[Cell] = []
    for cell in cells:
        text = inert(cell.text)
        line += [Cell(BETWEEN if line else before), Cell(text, cell.ink)]
    return (*line, Cell(" ")) if line else ()


def _length(parts: Sequence[Part]) -> int:
    return sum(cell_width(inert(part.forms[-1].text)) + len(BETWEEN) for part in parts)


def _foot(words: str, width: int) -> DrawnLine:
    said = (Cell(f" {words} ", "dim"),) if words and cell_width(words) + 6 <= width else ()
    left = (Cell("╰─", "border"), *said)
    fill = max(0, width - line_width(left) - 1)
    return fitted((*left, Cell("─" * fill + "╯", "border")), width)


def _line(sign: str, ink: str = "border") -> tuple[Drawn, ...]:
    return fitted((Cell(sign, ink),), 1)
