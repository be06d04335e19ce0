"""What was typed to find rows by, read: words, and prefixes that look in one thing only."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from services.text import clean, fold

T = TypeVar("T")

Test = Callable[[T], bool]


class Prefix(Struct, Generic[T], frozen=True):
    """A word before a colon that looks in one thing only, as in `st:hand`.

    `about` says in what, in a word or two; what was found is drawn in `column`. `test` makes of
    what stands behind the colon, folded and never empty, the test that a row has to pass.
    """

    about: str
    column: str
    test: Callable[[str], Test[T]]


NOT = "!"
"""Before a word or a prefix: the rows without it."""


class Query(Struct, frozen=True):
    """Words that a row must have, folded, and prefixes with what stands behind each of them.

    `missing` and `denied` are the same of what a row must not have.
    """

    words: tuple[str, ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    denied: tuple[tuple[str, str], ...] = ()


def read(text: str, prefixes: Mapping[str, Prefix[Any]]) -> Query:
    """Read what was typed; a prefix that is not known is text like any other.

    A known prefix with nothing behind it asks for nothing yet, and neither does a lone `!`.
    """
    words: dict[bool, list[str]] = {True: [], False: []}
    asked: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for token in fold(clean(text)).split():
        wanted = not token.startswith(NOT)
        meant = token if wanted else token.removeprefix(NOT)
        name, colon, argument = meant.partition(":")
        if not colon or name not in prefixes:
            words[wanted].extend([meant] if meant else [])
        elif argument:
            asked[wanted].append((name, argument))
    return Query(tuple(words[True]), tuple(asked[True]), tuple(words[False]), tuple(asked[False]))
