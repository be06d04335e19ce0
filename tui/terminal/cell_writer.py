"""Writing cells to the terminal with few bytes: short moves, and no style said twice."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style

OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""The codes of bold, dim, italic, underline, reverse and strike, and those that end each."""

SEEN_IN_A_SPACE = frozenset("479")
"""The marks that are seen where nothing but a space is."""

LONGEST_BRIDGE = 12
"""Cells between two that are written are written again at most so many at a time."""

SAVE, RESTORE = "\x1b7", "\x1b8"
"""The cursor's place and the style; they are saved after each restore for terminals that forget."""


class CellStyle(NamedTuple):
    """How a cell is drawn, in codes.

    Attributes:
        front: of the character's colour; empty for the terminal's own, None where it is not seen.
        back: of the background; empty for the terminal's own.
        marks: one code a letter, in order.
    """

    front: str | None
    back: str
    marks: str


PLAIN = CellStyle("", "", "")
PLAIN_SPACE = CellStyle(None, "", "")


class StyleChange(NamedTuple):
    """A sequence, and the style that holds after it."""

    after: CellStyle
    sequence: str


@lru_cache(maxsize=4096)
def styles(style: Style | None, colours: ColorSystem) -> tuple[CellStyle, CellStyle]:
    """Return how a style draws a character, and how it draws a space."""
    if style is None:
        return PLAIN, PLAIN_SPACE
    given = (style.bold, style.dim, style.italic, style.underline, style.reverse, style.strike)
    marks = "".join(mark for mark, on in zip(OFF, given, strict=True) if on)
    drawn = CellStyle(
        _codes(style.color, colours, foreground=True),
        _codes(style.bgcolor, colours, foreground=False),
        marks,
    )
    if SEEN_IN_A_SPACE.intersection(marks):
        return drawn, drawn
    return drawn, CellStyle(None, drawn.back, "")


def _codes(colour: Color | None, colours: ColorSystem, *, foreground: bool) -> str:
    if colour is None or colour.is_default:
        return ""
    return ";".join(colour.downgrade(colours).get_ansi_codes(foreground))


@lru_cache(maxsize=4096)
def change(now: CellStyle, wanted: CellStyle) -> StyleChange:
    """Return the shortest change from a style to one that draws what is wanted.

    What is not seen of the wanted style stays as it is, or is reset where that is shorter.
    """
    if wanted.front is None:
        kept = "".join(mark for mark in now.marks if mark not in SEEN_IN_A_SPACE)
        aims = (CellStyle(now.front, wanted.back, kept), CellStyle("", wanted.back, ""))
    else:
        aims = (wanted,)
    found = [StyleChange(aim, sequence) for aim in aims for sequence in _ways(now, aim)]
    return min(found, key=lambda way: len(way.sequence))


def _ways(now: CellStyle, aim: CellStyle) -> Iterator[str]:
    if now == aim:
        yield ""
        return
    codes = [code for code in (*aim.marks, aim.front, aim.back) if code]
    if now != PLAIN:
        # An empty code resets all.
        yield f"\x1b[{';'.join(['', *codes])}m" if codes else "\x1b[m"
    ended = {OFF[mark] for mark in now.marks if mark not in aim.marks}
    # Bold and dim end together.
    begun = [mark for mark in aim.marks if mark not in now.marks or OFF[mark] in ended]
    parts = [*sorted(ended), *begun]
    if aim.front != now.front:
        parts.append(aim.front or "39")
    if aim.back != now.back:
        parts.append(aim.back or "49")
    yield f"\x1b[{';'.join(parts)}m"


class Saved(NamedTuple):
    """What the terminal has saved: line and column of its cursor, None at first, and a style."""

    cursor: tuple[int, int] | None = None
    style: CellStyle = PLAIN


class Glyph(NamedTuple):
    """A cell: what is in it, empty where a wide character goes on, and how it is drawn."""

    text: str
    style: CellStyle


BLANK = Glyph(" ", PLAIN_SPACE)


class CellWriter:
    """Collects what is written for one picture.

    The first move is an absolute one: another program may have moved the cursor meanwhile.

    Args:
        width: of the screen, in cells.
        saved: what the terminal has saved; its style holds at the beginning.
    """

    def __init__(self, width: int, saved: Saved) -> None:
        self._width = width
        self._saved = saved
        self._out: list[str] = []
        self._style = saved.style
        self._at: tuple[int, int] | None = None
        self._sure = False

    def write(self, y: int, line: Sequence[Glyph], first: int, last: int) -> None:
        """Write the cells of a line from one column up to another."""
        if not self._bridge(y, line, first):
            self._move(y, first)
        for x in range(first, last):
            self._put(y, x, line[x])
        self._at = (y, last)
        # What the terminal makes of a cursor beyond the last column differs.
        self._sure = self._sure and last < self._width

    def erase(self, y: int, first: int, last: int) -> None:
        """Make blanks of the cells of a line from one column up to another."""
        self._move(y, first)
        self._take(PLAIN_SPACE)
        self._out.append("\x1b[K" if last == self._width else f"\x1b[{last - first}X")

    def end(self, cursor: tuple[int, int] | None, back: str) -> tuple[str, Saved]:
        """Return what was written, and what the terminal has saved then.

        Args:
            cursor: line and column where it belongs; None: where it was.
            back: the background that most cells have: it need not be said again.
        """
        saved = Saved(cursor or self._saved.cursor, CellStyle("", back, ""))
        if saved == self._saved and self._at is None:
            return "", saved
        if saved == self._saved and saved.cursor is not None:
            self._out.append(RESTORE + SAVE)
        else:
            self._take(saved.style)
            if saved.cursor is not None:
                self._move(*saved.cursor)
                self._out.append(SAVE)
        return "".join(self._out), saved

    def _put(self, y: int, x: int, glyph: Glyph) -> None:
        text, style = glyph
        steady = is_steady(text)
        if steady and not self._sure and text != " ":
            # Terminals differ in how wide they draw what was before it.
            self._at, self._sure = (y, -1), False
            self._move(y, x)
        if style is not self._style:
            self._take(style)
        self._out.append(text)
        self._sure = self._sure and steady

    def _take(self, style: CellStyle) -> None:
        self._style, sequence = change(self._style, style)
        if sequence:
            self._out.append(sequence)

    def _bridge(self, y: int, line: Sequence[Glyph], first: int) -> bool:
        """Write what lies between the cursor and a column again, where a move costs more."""
        if self._at is None or self._at[0] != y or not self._sure:
            return False
        column = self._at[1]
        if not 0 < first - column <= LONGEST_BRIDGE:
            return False
        jump = len(shortest_move(self._at, y, first, sure=True))
        jump += len(change(self._style, line[first].style).sequence)
        cost, style = 0, self._style
        for glyph in line[column : first + 1]:
            style, sequence = change(style, glyph.style)
            cost += len(sequence) + (len(glyph.text.encode()) if is_steady(glyph.text) else jump)
        if cost - len(line[first].text.encode()) > jump:
            return False
        for x in range(column, first):
            self._put(y, x, line[x])
        return True

    def _move(self, y: int, x: int) -> None:
        if self._at != (y, x) or not self._sure:
            self._out.append(shortest_move(self._at, y, x, sure=self._sure))
        self._at, self._sure = (y, x), True


def is_steady(text: str) -> bool:
    """Tell whether every terminal draws a cell's text one cell wide, and where it belongs."""
    return len(text) == 1 and (text < "\u0300" or "\u2010" <= text < "\u2c00")


def shortest_move(at: tuple[int, int] | None, y: int, x: int, *, sure: bool) -> str:
    """Return the shortest sequence that moves the cursor.

    Args:
        at: line and column where it is; None where that is not known.
        y: the line it goes to.
        x: the column it goes to.
        sure: whether the column where it is is known as well.
    """
    line, column = str(y + 1) if y else "", f";{x + 1}" if x else ""
    ways = [f"\x1b[{line}{column}H"]
    if at is not None:
        down = ""
        if y != at[0]:
            steps = abs(y - at[0])
            down = f"\x1b[{steps if steps > 1 else ''}{'B' if y > at[0] else 'A'}"
        ways += [down + across for across in _across(at[1] if sure else None, x)]
    return min(ways, key=len)


def _across(column: int | None, x: int) -> Iterator[str]:
    yield f"\x1b[{x + 1}G" if x else "\r"
    if column is None:
        return
    steps = abs(x - column)
    if not steps:
        yield ""
    elif x > column:
        yield f"\x1b[{steps if steps > 1 else ''}C"
    else:
        yield "\b" * steps
        yield f"\x1b[{steps}D"
