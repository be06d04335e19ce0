"""What was typed to find rows by, read: words, and prefixes that look in one thing only."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from services.domain.text import clean, fold
from services.domain.typed.fuzzy_match import near, words
from services.domain.typed.note_tokens import dialled

T = TypeVar("T")

Test = Callable[[T], bool]


class Prefix(Struct, Generic[T], frozen=True):
    """A word before a colon that looks in one thing only, as in `st:hand`.

    `about` says in what, in a word or two; what was found is drawn in `column`. `test` makes of
    what is behind the colon, folded and never empty, the test that a row has to pass. `guess`
    makes the test for when no row passes the first one: what was typed may be nearly right.
    """

    about: str
    column: str
    test: Callable[[str], Test[T]]
    guess: Callable[[str], Test[T]] | None = None


NOT = "!"
"""Before a word or a prefix: the rows without it."""


class Query(Struct, frozen=True):
    """Words that a row must have, folded, and prefixes with what is behind each of them.

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
    for token in dialled(fold(clean(text))).split():
        wanted = not token.startswith(NOT)
        meant = token if wanted else token.removeprefix(NOT)
        name, colon, argument = meant.partition(":")
        if not colon or name not in prefixes:
            words[wanted].extend([meant] if meant else [])
        elif argument:
            asked[wanted].append((name, argument))
    return Query(tuple(words[True]), tuple(asked[True]), tuple(words[False]), tuple(asked[False]))


class NamedField:
    """Tells which names begin with what was typed, or are meant by it when none begins so.

    Args:
        wanted: folded; `_` is as good as nothing.
        known: every name there is, by which it is judged whether one begins so.
    """

    def __init__(self, wanted: str, known: Iterable[str]) -> None:
        self._wanted = wanted.replace("_", "")
        self._judged: dict[tuple[str, ...], bool] = {}
        self._begun = any(self._begins(name) for name in known)

    def __call__(self, *names: str) -> bool:
        """Tell whether one of the names of a thing is named."""
        judged = self._judged.get(names)
        if judged is None:
            judged = any(map(self._begins if self._begun else self._means, names))
            self._judged[names] = judged
        return judged

    def _begins(self, name: str) -> bool:
        parts = _parts(name)
        return any(part.startswith(self._wanted) for part in ("".join(parts), *parts))

    def _means(self, name: str) -> bool:
        return self._begins(name) or near(self._wanted, "".join(_parts(name)))


class FieldFilter:
    """Tells which texts contain what was typed, folded.

    Args:
        wanted: what is behind the colon.
        guess: whether a word that may mean it is enough.
    """

    def __init__(self, wanted: str, *, guess: bool = False) -> None:
        self._wanted = wanted
        self._guess = guess
        self._judged: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        judged = self._judged.get(text)
        if judged is None:
            folded = fold(text)
            judged = self._wanted in folded or (
                self._guess and any(near(self._wanted, word) for word in words(folded))
            )
            self._judged[text] = judged
        return judged


def _parts(name: str) -> list[str]:
    return fold(name).replace("_", " ").split()
