"""Which of many rows have the words that were typed, the best first; quick for thousands."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, compress
from operator import not_
from typing import Generic, NamedTuple, TypeVar

from services.domain.text import TITLE_END, fold
from services.domain.typed.fuzzy_match import Span, meant, spans, words

T = TypeVar("T")


def searchable(text: str) -> str:
    """Return text as a finder looks in it: folded, every word between spaces."""
    return f" {fold(text)} "


class Highlights(NamedTuple):
    """What to mark in a row: words as they were typed, words that were meant, parts of columns.

    All of it is folded. `columns` holds column ids with what was looked for in them alone.
    """

    exact: tuple[str, ...] = ()
    close: frozenset[str] = frozenset()
    columns: tuple[tuple[str, str], ...] = ()

    def spans(self, column: str, text: str) -> tuple[Span, ...]:
        """Return which characters of a column's text are to be marked."""
        if not self.columns:
            return spans(text, self.exact, self.close)
        alone = [typed for name, typed in self.columns if name == column]
        return spans(text, (*self.exact, *alone), self.close)


NO_HIGHLIGHTS = Highlights()


class RowFinder(Generic[T]):
    """Rows in their order, each with its id and its text, and the words that may be typed wrong.

    The words are only gathered once something is looked for, and let go with `forget`.
    """

    def __init__(self) -> None:
        self.row_ids: list[str] = []
        self.texts: list[str] = []
        self.rows: list[T] = []
        self._vocabulary: set[str] | None = None
        self._close: dict[str, frozenset[str]] = {}
        self._last: tuple[tuple[str, ...], list[T], list[str]] | None = None

    def replace(self, row_ids: list[str], texts: list[str], rows: list[T]) -> None:
        """Take these rows instead, in their order, each with its id and its searchable text."""
        self.row_ids, self.texts, self.rows = row_ids, texts, rows
        self.forget()

    def change(self, at: int, text: str, row: T) -> None:
        """Take another value for a row, with its text."""
        self.texts[at], self.rows[at], self._last = text, row, None
        if self._vocabulary is not None and not self._vocabulary.issuperset(new := words(text)):
            self._vocabulary |= set(new)
            self._close.clear()

    def prepare(self) -> None:
        """Gather the words now, so that the first letter that is typed need not wait for it."""
        if self._vocabulary is None:
            tokens = set("".join(self.texts).split())
            self._vocabulary = set(chain.from_iterable(map(words, tokens)))

    def forget(self) -> None:
        self._vocabulary, self._last = None, None
        self._close.clear()

    def close(self, typed: str) -> frozenset[str]:
        """Return the words of all the rows that a typed one may mean."""
        if typed not in self._close:
            self.prepare()
            self._close[typed] = meant(typed, self._vocabulary or ())
        return self._close[typed]

    def find(self, typed: tuple[str, ...]) -> tuple[list[T], list[T], list[T]]:
        """Return the rows that have every typed word, in three lists, each in its order.

        First those in which each begins a word, of these the ones whose title has them together
        before the others; then those in which each is somewhere. Only when no row has all of
        them as typed: those that have words that they may mean.
        """
        held, texts = self._holding(typed)
        begin = [f" {word}" for word in typed]
        if len(begin) == 1:
            (start,) = begin
            begun = [start in text for text in texts]
        else:
            begun = [all(start in text for start in begin) for text in texts]
        inside = list(compress(held, map(not_, begun)))
        best = _titled_first(list(compress(held, begun)), compress(texts, begun), typed)
        return best, inside, [] if held else self._meaning(typed)

    def having(self, typed: tuple[str, ...]) -> set[str]:
        """Return the ids of the rows in which a word begins like one that was typed.

        Not of those that have it inside a word: who is spared US still wants PlayStation Plus.
        """
        begin = [f" {word}" for word in typed]
        pairs = zip(self.row_ids, self.texts, strict=True)
        return {row_id for row_id, text in pairs if any(start in text for start in begin)}

    def _holding(self, typed: tuple[str, ...]) -> tuple[list[T], list[str]]:
        """Return the rows that contain each word as it was typed, and their texts."""
        rows, texts = self.rows, self.texts
        # A letter more only ever leaves fewer: what was not found before is not found now.
        if self._last is not None and _narrower(typed, self._last[0]):
            _, rows, texts = self._last
        for word in typed:
            has = [word in text for text in texts]
            rows, texts = list(compress(rows, has)), list(compress(texts, has))
        self._last = (typed, rows, texts)
        return rows, texts

    def _meaning(self, typed: tuple[str, ...]) -> list[T]:
        """Return the rows that have of each word what was typed, or a word that it may mean."""
        rows, texts = self.rows, self.texts
        for word in typed:
            found = _standing(word, self.close(word), texts)
            rows, texts = list(compress(rows, found)), list(compress(texts, found))
        return rows


def _standing(typed: str, close: frozenset[str], texts: Sequence[str]) -> list[bool]:
    """Return of each text whether what was typed is in it, or one of the close words."""
    if not close:
        return [typed in text for text in texts]
    any_of = "|".join(map(re.escape, close))
    whole, part = re.compile(f" (?:{any_of}) ").search, re.compile(any_of).search
    # Taking a text apart costs twenty times as much as either pattern.
    return [
        typed in text
        or (
            part(text) is not None
            and (whole(text) is not None or not close.isdisjoint(words(text)))
        )
        for text in texts
    ]


def _narrower(typed: Sequence[str], before: Iterable[str]) -> bool:
    return all(any(old in new for new in typed) for old in before)


def _titled_first(rows: list[T], texts: Iterable[str], typed: tuple[str, ...]) -> list[T]:
    """Put the rows whose title has the typed words together before the others."""
    phrase = f" {' '.join(typed)}"
    titled = [0 <= text.find(phrase) < _title_end(text) for text in texts]
    return list(compress(rows, titled)) + list(compress(rows, map(not_, titled)))


def _title_end(text: str) -> int:
    end = text.find(TITLE_END)
    return len(text) if end < 0 else end
