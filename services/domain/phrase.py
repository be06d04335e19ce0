"""Text for a person in typed pieces, so that its amounts can be masked in any language."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from string import Formatter
from typing import LiteralString

from msgspec import Struct

from services.domain import money
from services.domain.secrets import MASK
from services.domain.text import clean

_NUMBER = r"\d(?:[\d\s.,'\u2019\u066b\u066c]*\d)?"
_FORMATTER = Formatter()


class Quoted(Struct, frozen=True):
    """Text that was not written here, such as the vendor's: any number in it may be an amount."""

    text: str


PhrasePiece = str | Decimal | Quoted
"""A piece of a phrase: words, an amount in DZD, or text from outside."""


class Phrase(Struct, frozen=True):
    """What a person reads. `str` of it is all of it; `hidden` masks what may be an amount."""

    pieces: tuple[PhrasePiece, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pieces)

    def __str__(self) -> str:
        return "".join(map(_shown, self.pieces))

    def hidden(self) -> str:
        """Return it as privacy mode shows it."""
        return "".join(map(_hidden, self.pieces))


EMPTY = Phrase()


def phrase(template: LiteralString, **values: object) -> Phrase:
    """Put values into a template: `{spent} DZD spent today`.

    Args:
        template: the whole sentence or clause, its values by name in braces.
        values: a Decimal is an amount in DZD, a Phrase or Quoted keeps its pieces, anything else
            is words.
    """
    return Phrase(tuple(_pieces(template, values)))


def plain(text: str) -> Phrase:
    """Return words that hold no amount as a phrase."""
    return Phrase((text,)) if text else EMPTY


def quoted(text: str) -> Phrase:
    """Return text from outside as a phrase, in which any number may be an amount."""
    return Phrase((Quoted(text),)) if text else EMPTY


def phrase_of(text: "str | Phrase") -> Phrase:
    """Return a phrase as it is, and a text as words."""
    return plain(text) if isinstance(text, str) else text


def cleaned(text: "str | Phrase") -> Phrase:
    """Return it with every piece harmless to draw, as `clean` makes text."""
    return Phrase(tuple(map(_cleaned, phrase_of(text).pieces)))


def joined(separator: LiteralString, phrases: Iterable[Phrase]) -> Phrase:
    """Join the phrases that are not empty."""
    pieces: list[PhrasePiece] = []
    for each in phrases:
        if each:
            pieces += (separator, *each.pieces) if pieces else each.pieces
    return Phrase(tuple(pieces))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number of things in words: `1 row`, `12 rows`.

    Args:
        number: how many.
        one: the word for one of them.
        many: the word for several, if it is not `one` with an s.
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def numbered(number: int, one: LiteralString, many: LiteralString, **values: object) -> Phrase:
    """Put values into the sentence that fits a number of things, `{count}` in it.

    Args:
        number: how many.
        one: the whole sentence for one of them.
        many: the whole sentence for none or several.
        values: as of `phrase`.
    """
    return phrase(one if number == 1 else many, count=number, **values)


def _pieces(template: str, values: Mapping[str, object]) -> Iterator[PhrasePiece]:
    for words, name, _, _ in _FORMATTER.parse(template):
        if words:
            yield words
        if name is None:
            continue
        match values[name]:
            case Phrase(pieces):
                yield from pieces
            case Decimal() | Quoted() as piece:
                yield piece
            case other:
                yield str(other)


def _cleaned(piece: PhrasePiece) -> PhrasePiece:
    if isinstance(piece, Quoted):
        return Quoted(clean(piece.text))
    return piece if isinstance(piece, Decimal) else clean(piece)


def _shown(piece: PhrasePiece) -> str:
    if isinstance(piece, Decimal):
        return money.show(piece)
    return piece.text if isinstance(piece, Quoted) else piece


def _hidden(piece: PhrasePiece) -> str:
    if isinstance(piece, Decimal):
        return MASK
    return re.sub(_NUMBER, MASK, piece.text) if isinstance(piece, Quoted) else piece
