"""What stands on the terminal, cell by cell, so that no cell is written that stands there already.

Textual writes whole widgets, and each piece of text with all of its style. On a thin line a cell
costs a millisecond or more: here a new picture is held against the old one, and what is written
are the cells that differ, with a change of style only where the style changes.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from services.text import cell_width

NEAR = 4
"""Cells that stand already are written again when fewer than this lie between two that do not."""

MOVE, ERASE = 6, 3
"""About what moving the cursor costs, and erasing the rest of a line (bytes)."""


class Pen(NamedTuple):
    """How a cell is drawn: the codes for it, and whether a space drawn so is only a space."""

    codes: str
    bare: bool


class Glyph(NamedTuple):
    """A cell: what stands in it, empty where a wide sign goes on, and its pen."""

    text: str
    pen: Pen


PLAIN = Pen("", True)
BLANK = Glyph(" ", PLAIN)
UNKNOWN = Glyph("\0", PLAIN)
"""What no cell ever holds."""

Update = Iterable[tuple[int, int, Strip]]
"""Pieces of a picture: line, column, and what stands from there on."""


class Picture:
    """The terminal's screen as it was drawn last."""

    def __init__(self) -> None:
        self._lines: list[list[Glyph]] = []
        self._width = 0

    @property
    def known(self) -> bool:
        """Whether it is known what stands on the terminal."""
        return bool(self._lines)

    def forget(self) -> None:
        """Take nothing for granted any more: the terminal was used for something else."""
        self._lines = []

    def begin(self, width: int, height: int, *, whole: bool) -> str:
        """Prepare for an update of a screen of this size.

        Args:
            width: in cells.
            height: in lines.
            whole: the update holds every cell, so that an unknown screen can be cleared for it.

        Returns:
            What clears the terminal, or nothing.
        """
        if self._lines and (self._width, len(self._lines)) == (width, height):
            return ""
        self._width = width
        self._lines = [[BLANK if whole else UNKNOWN] * width for _ in range(height)]
        return "\x1b[m\x1b[2J" if whole else ""

    def draw(self, update: Update, colours: ColorSystem) -> str:
        """Take the pieces of an update, and return what has to be written for them."""
        lines: dict[int, list[Glyph]] = {}
        for y, x, strip in update:
            if 0 <= y < len(self._lines):
                line = lines.setdefault(y, list(self._lines[y]))
                cells = glyphs(strip, colours)[: self._width - x]
                line[x : x + len(cells)] = cells
        writer = _Writer(self._width)
        for y, line in lines.items():
            for first, last in _plan(self._lines[y], line):
                if last is None:
                    writer.erase(y, first)
                else:
                    writer.write(y, first, line[first:last])
            self._lines[y] = line
        return writer.done()


def glyphs(strip: Iterable[Segment], colours: ColorSystem) -> list[Glyph]:
    """Take a strip apart into cells."""
    cells: list[Glyph] = []
    for text, style, control in strip:
        if control:
            continue
        pen, ground = _pens(style, colours)
        space = BLANK if ground is PLAIN else Glyph(" ", ground)
        if text.isascii():
            cells += [space if char == " " else Glyph(char, pen) for char in text]
            continue
        for char in text:
            width = cell_width(char)
            if char == " ":
                cells.append(space)
            elif width:
                cells += [Glyph(char, pen), *([Glyph("", pen)] * (width - 1))]
            elif cells:
                _join(cells, char)
    return cells


def _join(cells: list[Glyph], mark: str) -> None:
    """Put a sign without a width of its own onto the one before it."""
    at = len(cells) - 1
    while at and not cells[at].text:
        at -= 1
    cells[at] = Glyph(cells[at].text + mark, cells[at].pen)


@lru_cache(maxsize=4096)
def _pens(style: Style | None, colours: ColorSystem) -> tuple[Pen, Pen]:
    """Return the pen of a style, and that of a space in it, whose front colour nobody sees."""
    if style is None:
        return PLAIN, PLAIN
    front = None if style.color is None or style.color.is_default else style.color
    back = None if style.bgcolor is None or style.bgcolor.is_default else style.bgcolor
    drawn = Style(
        color=front,
        bgcolor=back,
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
        strike=style.strike or None,
    )
    codes = Strip.render_ansi(drawn, colours)
    if style.underline or style.reverse or style.strike:
        pen = Pen(codes, False)
        return pen, pen
    pen = Pen(codes, back is None) if codes else PLAIN
    if back is None:
        return pen, PLAIN
    return pen, Pen(Strip.render_ansi(Style(bgcolor=back), colours), False)


Step = tuple[int, int | None]
"""Cells to be written, from one column up to another; or, up to None, the rest to be erased."""


def _plan(old: Sequence[Glyph], new: Sequence[Glyph]) -> list[Step]:
    """Return the steps that make one line of another, with as few bytes as may be."""
    best: list[Step] = list(_changed(old, new, 0))
    if not best:
        return best
    cheapest = _cost(best)
    for at in _gaps(new, best[0][0]):
        # What is erased need not be written; what stands behind it has to be, once more.
        behind = _changed([BLANK] * (len(new) - at), new[at:], at)
        steps: list[Step] = [*_changed(old[:at], new[:at], 0), (at, None), *behind]
        if (cost := _cost(steps)) < cheapest:
            best, cheapest = steps, cost
    return best


def _cost(steps: Sequence[Step]) -> int:
    return sum(MOVE + (ERASE if last is None else last - first) for first, last in steps)


def _gaps(line: Sequence[Glyph], start: int) -> list[int]:
    """Return where blanks begin, from a column on, that are more than erasing them is worth."""
    found: list[int] = []
    at = start
    while at < len(line):
        first = at
        while at < len(line) and line[at] == BLANK:
            at += 1
        if at - first > MOVE:
            found.append(first)
        at += at == first
    return found


def _changed(old: Sequence[Glyph], new: Sequence[Glyph], start: int) -> list[tuple[int, int]]:
    """Return the spans that differ, the first cell being in column `start`; near ones are one."""
    spans: list[tuple[int, int]] = []
    at, end = 0, len(new)
    while at < end:
        if new[at] == old[at]:
            at += 1
            continue
        first = at
        while at < end and new[at] != old[at]:
            at += 1
        last = at
        # A wide sign is written whole, whichever half of it is new.
        while first and not new[first].text:
            first -= 1
        while last < end and not new[last].text:
            last += 1
        at = max(at, last)
        if spans and first + start - spans[-1][1] < NEAR:
            spans[-1] = (spans[-1][0], last + start)
        else:
            spans.append((first + start, last + start))
    return spans


class _Writer:
    """Writes cells with as few bytes as it takes."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._out: list[str] = []
        self._codes = ""
        self._bare = True
        self._at: tuple[int, int] | None = None

    def write(self, y: int, x: int, run: Sequence[Glyph]) -> None:
        if not run:
            return
        self._move(y, x)
        for glyph in run:
            # A blank looks the same in every colour of letters.
            if glyph.pen.codes != self._codes and not (glyph == BLANK and self._bare):
                self._take(glyph.pen)
            self._out.append(glyph.text)
        self._at = (y, x + len(run))

    def erase(self, y: int, x: int) -> None:
        self._move(y, x)
        if not self._bare:
            self._take(PLAIN)
        self._out.append("\x1b[K")

    def done(self) -> str:
        if self._codes:
            self._take(PLAIN)
        return "".join(self._out)

    def _take(self, pen: Pen) -> None:
        if not pen.codes:
            self._out.append("\x1b[m")
        else:
            self._out.append(f"\x1b[{'0;' if self._codes else ''}{pen.codes}m")
        self._codes, self._bare = pen.codes, pen.bare

    def _move(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        line, column = self._at or (-2, 0)
        if line == y and x > column:
            self._out.append(f"\x1b[{x - column}C")
        elif line == y - 1 and 0 <= column - x <= NEAR and column < self._width:
            self._out.append("\x1b[B" + "\b" * (column - x))
        else:
            column = f";{x + 1}" if x else ""
            self._out.append(f"\x1b[{y + 1}{column}H" if y or x else "\x1b[H")
        self._at = (y, x)
