"""How a cell is drawn, and the shortest sequence that changes one style into another."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style

OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""The codes of bold, dim, italic, underline, reverse and strike, and those that end each."""

SEEN_IN_A_SPACE = frozenset("479")
"""The marks that are seen where nothing but a space is."""


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
