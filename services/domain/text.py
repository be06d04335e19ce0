"""Text from outside made inert: what the vendor or a person typed can only ever be looked at."""

import re
import unicodedata
from functools import lru_cache
from typing import LiteralString, NewType

SafeText = NewType("SafeText", str)
"""Text that speaks to no terminal. Only `clean` and `ours` make one; what draws takes no other."""

REPLACEMENT = "\ufffd"
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u180e\u2060\u3164\ufeff\uffa0\ufff9\ufffa\ufffb")
LONGEST = 2_000
MOST_COMBINING = 3
_ONE_CELL = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u024f\u2022\u2026\u2190-\u21ff\u2500-\u25fc\u2713]*\Z"
)
_NUMBER = re.compile(r"([0-9]{1,40})")
_LETTERS = {
    "\u0621": "",  # hamza on its own
    "\u0640": "",  # tatweel, which only stretches a word
    "\u0671": "\u0627",  # alef wasla
    "\u0649": "\u064a",  # alef maqsura, written for ya at the end of a word
    "\u06cc": "\u064a",  # Persian ya
    "\u0629": "\u0647",  # ta marbuta, written as ha
    "\u06a9": "\u0643",  # Persian kaf
    "\u0131": "i",
    "\u0142": "l",
    "\u0111": "d",
    "\u00f8": "o",
    "\u0153": "oe",
    "\u00e6": "ae",
    "\u2019": "'",
}
"""Letters that no decomposition takes apart, and what a search reads in their place."""


def ours(words: LiteralString) -> SafeText:
    """Return words that are in the source, which need no cleaning."""
    return SafeText(words)


NOTHING = ours("")


def clean(text: str, limit: int = LONGEST) -> SafeText:
    """Make text from outside harmless to draw: one line, no control, no direction tricks.

    Control characters of both sets (C0, C1), NUL, DEL, line breaks, bidi controls, zero-width and
    unassigned format characters, lone surrogates and floods of combining marks are removed or
    replaced by one visible sign; tabs and line breaks become a space.

    Args:
        text: anything the vendor, the journal, the settings or the keyboard gave.
        limit: how many characters are kept at most.

    Returns:
        Text that speaks to no terminal. It is still not markup-safe: hand it on as plain text.
    """
    if len(text) <= limit and _ONE_CELL.match(text):
        return SafeText(text)
    kept: list[str] = []
    combining = 0
    for char in text[: limit + 1]:
        category = unicodedata.category(char)
        if char in "\t\n\r\v\f\x85\u2028\u2029":
            kept.append(" ")
        elif char in BIDI or char in INVISIBLE or "\u200b" <= char <= "\u200d":
            continue
        elif category == "Mn" or category == "Me":
            combining += 1
            if combining <= MOST_COMBINING and kept:
                kept.append(char)
            continue
        elif category == "Zs":
            kept.append(" ")
        elif category[0] == "C":
            kept.append(REPLACEMENT)
        else:
            kept.append(char)
        combining = 0
    if len(text) > limit:
        return SafeText("".join(kept)[: limit - 1] + "…")
    return SafeText("".join(kept))


def one_cell_each(text: str) -> bool:
    """Tell whether every character of cleaned text is Latin, a line or a sign: one cell each."""
    return text.isascii() or _ONE_CELL.match(text) is not None


def cell_width(text: str) -> int:
    """Count the terminal cells that cleaned text takes."""
    if one_cell_each(text):
        return len(text)
    return sum(_char_width(char) for char in text)


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def fit(text: str, width: int) -> str:
    """Cut or pad cleaned text to exactly `width` cells; a cut ends in `…`."""
    size = cell_width(text)
    if size <= width:
        return text + " " * (width - size)
    if width <= 0:
        return ""
    kept: list[str] = []
    used = 0
    for char in text:
        step = _char_width(char)
        if used + step > width - 1:
            break
        kept.append(char)
        used += step
    # A blank before the sign would make it the `…` of a sentence that goes on.
    shown = "".join(kept).rstrip(" ")
    return shown + "…" + " " * (width - 1 - used + len(kept) - len(shown))


def has_rtl(text: str) -> bool:
    """Tell whether text holds right-to-left letters, which no terminal column can order."""
    return not text.isascii() and any(
        unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text
    )


TITLE_END = "\n"
"""In the text that a search looks in: what is before it is the row's own title."""


def fold(text: str) -> str:
    """Reduce text to what a search compares: no case, no accents, one form of each letter.

    Of Arabic, alef forms and hamza, final ya and ta marbuta, tatweel and vowel marks make no
    difference; the digits of every script are the same digits.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def folded_places(text: str) -> tuple[str, tuple[int, ...]]:
    """Fold text and say, for each character of the result, which one of the text it came from."""
    pieces = [_folded(char) for char in text]
    places = tuple(at for at, piece in enumerate(pieces) for _ in piece)
    return "".join(pieces), places


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    decomposed = unicodedata.normalize("NFKD", char.casefold()).casefold()
    return "".join(_LETTERS.get(c, _digit(c)) for c in decomposed if not unicodedata.combining(c))


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


@lru_cache(maxsize=4096)
def natural(text: str) -> tuple[str | int, ...]:
    """Return what text is sorted by as a person sorts it: 5 EUR before 20 EUR, e beside é."""
    # What splits are the numbers, so that they are at the same places of every text.
    return tuple(int(part) if at % 2 else part for at, part in enumerate(_NUMBER.split(fold(text))))


def short_id(identifier: str) -> SafeText:
    """Shorten a vendor id to what tells it apart: `…eb64b3`."""
    text = clean(identifier, 80)
    return text if len(text) <= 8 else SafeText(f"…{text[-6:]}")
