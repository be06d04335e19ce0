"""The one door through which text reaches the terminal: inert, measured, its ink given by name."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from services.domain.text import REPLACEMENT, SafeText, cell_width, clean, fit, one_cell_each, ours
from widgets.drawing import style

INKS = (
    "plain",
    "dim",
    "strong",
    "head",
    "title",
    "title-blurred",
    "border",
    "good",
    "busy",
    "warn",
    "alert",
    "key",
    "secret",
    "qr",
    "production",
    "sandbox",
    "plot",
    "plot-mid",
    "plot-low",
    "bars",
    "match",
    "changed",
    "row",
    "row-name",
    "row-blurred",
)
"""Names of styles. What each looks like is CSS, so that every theme decides for itself.

Those from `match` on come on top of another one, as in `good match`: what a filter found, what
changed just now, and the row under the cursor.
"""

DOT = ours("\u2022")
"""Stands for a sign that was typed and must not be seen."""

MASK = DOT * 6
"""Stands for whatever must not be seen; always as long, so that it tells nothing."""

VARIATION_SELECTORS = frozenset("\ufe0e\ufe0f")

SIGNS = {
    "\u2026": "~",  # horizontal ellipsis: what is missing here was cut off
    "\u00b7": "-",  # middle dot
    "\u2022": "*",  # bullet
    "\u25cb": "o",  # circles: open, full, half full
    "\u25cf": "@",
    "\u25d0": "%",
    "\u21ba": "<",  # arrow that comes back
    "\u2191": "^",
    "\u2501": "=",  # the done part of a bar, and the rest
    "\u2500": "-",
    "\u2010": "-",  # hyphen
    "\u2011": "-",  # non-breaking hyphen
    "\u2012": "-",  # figure dash
    "\u2013": "-",  # en dash
    "\u2014": "-",  # em dash
    "\u2015": "-",  # horizontal bar
    "\u2018": "'",  # single quotation marks
    "\u2019": "'",
    "\u201c": '"',  # double quotation marks
    "\u201d": '"',
    "\u2190": "<",  # arrows
    "\u2192": ">",
    "\u00d7": "x",  # multiplication sign
    "\u2713": "v",  # check mark
    "\u250f": "+",
    "\u2513": "+",
    "\u2517": "+",
    "\u251b": "+",
    "\u2717": "x",  # ballot x
    "\u2502": "|",  # sides and corners of a frame
    "\u256d": "+",
    "\u256e": "+",
    "\u2570": "+",
    "\u256f": "+",
    "\u251c": "+",
    "\u2524": "+",
    "\u252c": "+",
    "\u2534": "+",
    "\u2503": "|",  # the piece of a side that says which rows are in sight
    "\u258c": ">",  # the cursor with the focus
    "\u258f": "-",  # the cursor without it
    "\u2581": ".",  # plots: four steps stand for the eight of the blocks
    "\u2582": ".",
    "\u2583": ":",
    "\u2584": ":",
    "\u2585": "+",
    "\u2586": "+",
    "\u2587": "#",
    "\u2588": "#",
    REPLACEMENT: "?",
}
"""What stands for a sign where there are only letters; each is as wide as what it stands for."""

_SIGNS = str.maketrans(SIGNS)
_GOES_ON = re.compile(r"(?<![^\s(])…")
"""The sign as it is in a sentence of ours or before an id, not where a word was cut off."""

EXACT = "secret"
"""The ink of what has to be read letter by letter: nothing in it is ever drawn as another sign."""


class Cell(NamedTuple):
    """A piece of text with the name of its ink; the text may still be anything."""

    text: str
    ink: str = "plain"


Line = tuple[Cell, ...]


class Drawn(NamedTuple):
    """A piece of a line as it goes to the terminal. Only this module makes one."""

    text: SafeText
    ink: str


DrawnLine = tuple[Drawn, ...]


def inert(text: str, *, exact: bool = False) -> SafeText:
    """Clean text for drawing, so that the terminal, Textual and our columns agree on its width.

    Args:
        text: what is to be drawn.
        exact: nothing in it may be written with other signs, as in a code.
    """
    cleaned = clean(text)
    if not exact and "…" in cleaned and style.now().ascii:
        # Here, while it is measured: `signed` may only put one cell for another.
        cleaned = SafeText(_GOES_ON.sub("...", cleaned))
    return cleaned if one_cell_each(cleaned) else SafeText("".join(map(_agreed, cleaned)))


@lru_cache(maxsize=4096)
def _agreed(char: str) -> str:
    if char in VARIATION_SELECTORS:
        return ""
    drawn = cell_len(char)
    if drawn == cell_width(char):
        return char
    return REPLACEMENT if drawn else ""


def fitted(line: Line, width: int, fill: str = "plain") -> DrawnLine:
    """Cut or pad a line to exactly `width` cells; every text in it becomes inert.

    Args:
        line: cells from left to right; a cut ends in `…`.
        width: in terminal cells.
        fill: the ink of what is padded.

    Returns:
        Cells whose widths add up to `width`, none of them empty.
    """
    kept: list[Drawn] = []
    left = width
    for text, ink in line:
        drawn = inert(text, exact=ink == EXACT)
        size = cell_width(drawn)
        if size > left:
            drawn, size = SafeText(fit(drawn, left)), left
        if size:
            kept.append(_drawn(drawn, ink))
        left -= size
    if left > 0:
        kept.append(Drawn(SafeText(" " * left), fill))
    return tuple(kept)


class Laid(NamedTuple):
    """A cell of a table as it goes to the terminal, and where in it its text is.

    Of `text` the first `kept` characters are drawn, after `ahead` blanks.
    """

    drawn: Drawn
    text: SafeText
    ahead: int = 0
    kept: int = 0


def laid(cell: Cell, width: int, gap: int = 0, *, right: bool = False) -> Laid:
    """Lay a cell out in exactly `width` terminal cells, cut or padded, and a gap after them."""
    text = inert(cell.text, exact=cell.ink == EXACT)
    missing = width - cell_width(text)
    if missing < 0:
        cut = fit(text, width)
        kept = len(cut.rstrip(" ").removesuffix("…"))
        return Laid(_drawn(SafeText(cut + " " * gap), cell.ink), text, 0, kept)
    ahead = missing if right else 0
    shown = SafeText(" " * ahead + text + " " * (missing - ahead + gap))
    return Laid(_drawn(shown, cell.ink), text, ahead, len(text))


def marked(cell: Laid, spans: Iterable[tuple[int, int]]) -> Iterator[Drawn]:
    """Cut a cell up, so that these spans of its text have an ink of their own on top of it."""
    drawn, _, ahead, kept = cell
    shown, ink = drawn
    done = 0
    for start, end in spans:
        if start >= kept:
            break
        begin, after = ahead + start, ahead + min(end, kept)
        if begin > done:
            yield Drawn(SafeText(shown[done:begin]), ink)
        yield Drawn(SafeText(shown[begin:after]), f"{ink} match")
        done = after
    if done < len(shown):
        yield Drawn(SafeText(shown[done:]), ink)


def signed(text: SafeText) -> SafeText:
    """Return inert text in the signs of this terminal; letters of any script stay as they are."""
    if text.isascii() or not style.now().ascii:
        return text
    return SafeText(text.translate(_SIGNS))


def _drawn(text: SafeText, ink: str) -> Drawn:
    return Drawn(text if ink == EXACT else signed(text), ink)


def line_width(line: Line) -> int:
    """Count the cells a line takes, its texts being inert already."""
    return sum(cell_width(cell.text) for cell in line)


def chop(text: str, width: int) -> list[str]:
    """Cut inert text into pieces of at most `width` cells without losing a character."""
    pieces: list[str] = []
    piece, used = "", 0
    for char in text:
        size = cell_width(char)
        if used + size > width and piece:
            pieces.append(piece)
            piece, used = "", 0
        piece += char
        used += size
    return [*pieces, piece] if piece else pieces


def wrap(text: str, width: int) -> list[str]:
    """Break text at spaces into inert lines of at most `width` cells; words too long are cut up."""
    return wrap_pieces(inert(text).split(), width)


def wrap_pieces(pieces: Iterable[str], width: int) -> list[str]:
    """Put pieces, which may hold spaces, into inert lines as `wrap` does words."""
    lines: list[str] = []
    line = ""
    for piece in pieces:
        for part in chop(inert(piece), max(1, width)):
            longer = f"{line} {part}" if line else part
            if cell_width(longer) <= width:
                line = longer
            else:
                lines.append(line)
                line = part
    return [*lines, line] if line else lines
