"""What is on the terminal, cell by cell, so that no cell is written that is there already.

Textual writes whole widgets, and each piece of text with all of its style. Here a new picture is
held against the old one, and what is written are the cells that differ.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from services.domain.text import cell_width
from tui.terminal.cell_writer import BLANK, PLAIN, CellStyle, CellWriter, Glyph, Saved, styles

UNKNOWN = Glyph("\0", PLAIN)
"""What no cell ever holds."""

ERASED_TO_THE_END, ERASED_WITHIN = 4, 10
"""From so many cells on that become blanks, erasing them is shorter than writing blanks."""

Update = Iterable[tuple[int, int, Strip]]
"""Pieces of a picture: line, column, and what is there from that cell on."""


class ScreenFrame:
    """The terminal's screen as it was drawn last."""

    def __init__(self) -> None:
        self._lines: list[list[Glyph]] = []
        self._width = 0
        self._saved = Saved()
        self._back = ""

    @property
    def known(self) -> bool:
        """Whether it is known what is on the terminal."""
        return bool(self._lines)

    def forget(self) -> None:
        """Take nothing as known any more: the terminal was used for something else."""
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
        self._width, self._saved = width, Saved()
        self._lines = [[BLANK if whole else UNKNOWN] * width for _ in range(height)]
        # Terminals keep what they clear at once in their history: a card may be among it.
        return "\x1b[m\x1b[H" + "\x1b[B".join(["\x1b[K"] * height) if whole else "\x1b[m"

    def draw(
        self, update: Update, colours: ColorSystem, cursor: tuple[int, int] | None = None
    ) -> str:
        """Take the pieces of an update, and return what has to be written for them.

        Args:
            update: the pieces.
            colours: what the terminal can show.
            cursor: line and column where the terminal's cursor belongs; None: where it was.
        """
        lines: dict[int, list[Glyph]] = {}
        for y, x, strip in update:
            if 0 <= y < len(self._lines):
                line = lines.setdefault(y, list(self._lines[y]))
                cells = glyphs(strip, colours)[: self._width - x]
                line[x : x + len(cells)] = cells
        writer = CellWriter(self._width, self._saved)
        for y in sorted(lines):
            line = lines[y]
            for first, last, blank in _steps(self._lines[y], line):
                if blank:
                    writer.erase(y, first, last)
                else:
                    writer.write(y, line, first, last)
            self._lines[y] = line
        if len(lines) == len(self._lines):
            backs = Counter(glyph.style.back for line in self._lines for glyph in line)
            self._back = backs.most_common(1)[0][0]
        written, self._saved = writer.end(cursor, self._back)
        return written


def glyphs(strip: Iterable[Segment], colours: ColorSystem) -> list[Glyph]:
    cells: list[Glyph] = []
    for text, style, control in strip:
        if control:
            continue
        known = _glyphs_of(style, colours)
        if text.isascii():
            cells += map(known.__getitem__, text)
            continue
        for char in text:
            if width := cell_width(char):
                cells.append(known[char])
                if width > 1:
                    cells.append(known[""])
            elif cells:
                _join(cells, char)
    return cells


class _Glyphs(dict[str, Glyph]):
    """The cells of one style by their character; each is made once."""

    def __init__(self, drawn: CellStyle, space: CellStyle) -> None:
        super().__init__({" ": BLANK if BLANK.style == space else Glyph(" ", space)})
        self._drawn = drawn

    def __missing__(self, char: str) -> Glyph:
        made = self[char] = Glyph(char, self._drawn)
        return made


@lru_cache(maxsize=4096)
def _glyphs_of(style: Style | None, colours: ColorSystem) -> _Glyphs:
    return _Glyphs(*styles(style, colours))


def _join(cells: list[Glyph], mark: str) -> None:
    """Put a character without a width of its own onto the one before it."""
    at = len(cells) - 1
    while at and not cells[at].text:
        at -= 1
    cells[at] = Glyph(cells[at].text + mark, cells[at].style)


class Step(NamedTuple):
    """Cells that are written, from one column up to another; or erased, where all are blank."""

    first: int
    last: int
    blank: bool


def _steps(old: Sequence[Glyph], new: Sequence[Glyph]) -> Iterator[Step]:
    """Yield the steps that make one line of another, from left to right."""
    if old == new:
        return
    differ = [one != other for one, other in zip(old, new, strict=True)]
    erased = {step.first: step for step in _erased(new, differ)}
    at, end = 0, len(new)
    while at < end:
        if step := erased.get(at):
            yield step
            at = step.last
        elif not differ[at]:
            at += 1
        else:
            first = at
            while at < end and differ[at] and at not in erased:
                at += 1
            # A wide character is written whole, whichever half of it is new.
            while first and not new[first].text:
                first -= 1
            while at < end and not new[at].text:
                at += 1
            yield Step(first, at, blank=False)


def _erased(line: Sequence[Glyph], differ: Sequence[bool]) -> Iterator[Step]:
    """Yield the blanks of a line that are worth erasing."""
    at, end = 0, len(line)
    while at < end:
        first = at
        while at < end and line[at] == BLANK:
            at += 1
        if at - first >= ERASED_TO_THE_END:
            new = [x for x in range(first, at) if differ[x]]
            if at == end and len(new) >= ERASED_TO_THE_END:
                yield Step(new[0], end, blank=True)
            elif len(new) >= ERASED_WITHIN:
                yield Step(new[0], new[-1] + 1, blank=True)
        at += at == first
