"""Which of many rows have the words that were typed, the best first; quick for thousands."""

from collections.abc import Iterable, Sequence
from itertools import compress
from operator import not_
from typing import Generic, TypeVar

from services.matching import Vocabulary, words
from services.text import fold

T = TypeVar("T")


def searchable(text: str) -> str:
    """Return text as a finder looks in it: folded, every word after a space."""
    return f" {fold(text)}"


class Finder(Generic[T]):
    """Rows in their order, each with a key and its text, and the words that may be typed wrong.

    The words are only gathered once something is looked for, and let go with `forget`.
    """

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.texts: list[str] = []
        self.rows: list[T] = []
        self._vocabulary = Vocabulary()
        self._keys_by_word: dict[str, list[str]] | None = None
        self._gathered = 0
        self._changed: dict[str, frozenset[str]] = {}
        self._last: tuple[tuple[str, ...], list[T], list[str]] | None = None

    def replace(self, keys: list[str], texts: list[str], rows: list[T]) -> None:
        """Take these rows instead, in their order, each with its key and its searchable text."""
        if self._keys_by_word is not None:
            before = dict(zip(self.keys, self.texts, strict=True))
            for key, text in zip(keys, texts, strict=True):
                if before.get(key) is not text:
                    self._gather_again(key, text)
        self.keys, self.texts, self.rows, self._last = keys, texts, rows, None

    def change(self, at: int, text: str, row: T) -> None:
        """Take another value for a row, with its text."""
        self.texts[at], self.rows[at], self._last = text, row, None
        self._gather_again(self.keys[at], text)

    def prepare(self) -> None:
        """Gather the words now, so that the first letter that is typed need not wait for it."""
        if self._keys_by_word is not None:
            return
        index = self._keys_by_word = {}
        for key, text in zip(self.keys, self.texts, strict=True):
            for word in words(text):
                index.setdefault(word, []).append(key)
        self._vocabulary = Vocabulary(index)

    def forget(self) -> None:
        """Let the words go."""
        self._keys_by_word, self._last, self._gathered = None, None, 0
        self._changed = {}
        self._vocabulary = Vocabulary()

    def close(self, typed: str) -> frozenset[str]:
        """Return the words of all the rows that a typed one may mean."""
        self.prepare()
        return self._vocabulary.near(typed)

    def find(self, typed: tuple[str, ...]) -> tuple[list[T], list[T], list[T]]:
        """Return the rows that have every typed word, in three lists, each in its order.

        First those in which each begins a word, then those in which each stands somewhere, last
        those that have words that it may mean.
        """
        held, texts = self._holding(typed)
        begin = [f" {word}" for word in typed]
        if len(begin) == 1:
            (start,) = begin
            begun = [start in text for text in texts]
        else:
            begun = [all(start in text for start in begin) for text in texts]
        inside = list(compress(held, map(not_, begun)))
        return list(compress(held, begun)), inside, self._meaning(typed)

    def having(self, typed: tuple[str, ...]) -> set[str]:
        """Return the keys of the rows in which a word begins like one that was typed.

        Not of those that have it inside a word: who is spared US still wants PlayStation Plus.
        """
        begin = [f" {word}" for word in typed]
        pairs = zip(self.keys, self.texts, strict=True)
        return {key for key, text in pairs if any(start in text for start in begin)}

    def _holding(self, typed: tuple[str, ...]) -> tuple[list[T], list[str]]:
        """Return the rows in which each word stands as it was typed, and their texts."""
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
        """Return the rows in which a word stands that was typed wrong, and all the others too."""
        close = {word: self.close(word) for word in typed}
        index = self._keys_by_word or {}
        meant = {
            word: set[str]().union(*(index[each] for each in found))
            for word, found in close.items()
        }
        further = set[str]().union(*meant.values())
        if not further:
            return []

        def means(word: str, key: str) -> bool:
            if key not in meant[word]:
                return False
            # A row that changed may have lost the word that was gathered of it.
            has = self._changed.get(key)
            return has is None or not close[word].isdisjoint(has)

        some = list(map(further.__contains__, self.keys))
        rows = zip(
            compress(self.keys, some),
            compress(self.texts, some),
            compress(self.rows, some),
            strict=True,
        )
        if len(typed) == 1:
            (word,) = typed
            return [row for key, text, row in rows if word not in text and means(word, key)]
        return [
            row
            for key, text, row in rows
            if not all(word in text for word in typed)
            and all(word in text or means(word, key) for word in typed)
        ]

    def _gather_again(self, key: str, text: str) -> None:
        index = self._keys_by_word
        if index is None:
            return
        self._changed[key] = has = frozenset(words(text))
        self._gathered += 1
        for word in has:
            if word not in index:
                index[word] = []
                self._vocabulary.add(word)
            index[word].append(key)
        # Nothing is ever taken out again, so that in the end it is gathered anew.
        if self._gathered > 2 * len(self.texts) + 1_000:
            self.forget()


def _narrower(typed: Sequence[str], before: Iterable[str]) -> bool:
    return all(any(old in new for new in typed) for old in before)
