"""What a list holds and which of it is listed: rows by key, filtered and sorted, no screen."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from services.text import fold

T = TypeVar("T")


class Rows(Generic[T]):
    """The values of a board and the part of them that its filter lets through, in its order.

    Args:
        key: a value's stable name; of several values with one key the first is kept.
        search: the text that a filter looks in.
    """

    def __init__(self, key: Callable[[T], str], search: Callable[[T], str]) -> None:
        self._key = key
        self._search = search
        self._given: tuple[T, ...] | None = None
        self._values: dict[str, T] = {}
        self._folded: dict[str, str] = {}
        self._needles: list[str] = []
        self._order: tuple[Callable[[T], Any], bool] | None = None
        self.listed: tuple[T, ...] = ()
        self._index: dict[str, int] = {}

    @property
    def total(self) -> int:
        """How many values there are, listed or not."""
        return len(self._values)

    def replace(self, values: Sequence[T]) -> bool:
        """Take these values instead; returns False when they are the very same object as before."""
        if values is self._given:
            return False
        before, self._given = self._given or (), tuple(values)
        if not self._exchange(before, self._given):
            self._take(self._given)
        return True

    def _exchange(self, before: tuple[T, ...], after: tuple[T, ...]) -> bool:
        """Take new values for some of the same keys; returns False if that is not all there is.

        Of ten thousand rows a few change every second, and looking at all of them costs most.
        """
        if not len(before) == len(after) == len(self._values):
            return False
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old is not new]
        if any(self._key(old) != self._key(new) for old, new in changed):
            return False
        for _, value in changed:
            key = self._key(value)
            self._values[key] = value
            self._folded[key] = fold(self._search(value))
        if self._needles or self._order:
            self._list()
        else:
            self.listed = after
        return True

    def _take(self, values: Iterable[T]) -> None:
        held, folded = self._values, self._folded
        self._values, self._folded = {}, {}
        for value in values:
            key = self._key(value)
            if key in self._values:
                continue
            # Searching ten thousand rows at each key press is only quick on text folded before.
            same = held.get(key) is value
            self._folded[key] = folded[key] if same else fold(self._search(value))
            self._values[key] = value
        self._list()

    def filter(self, text: str) -> None:
        """List only the values in whose text every word of `text` occurs; empty lists all."""
        self._needles = fold(text).split()
        self._list()

    def sort(self, by: Callable[[T], Any] | None, descending: bool = False) -> None:
        """List in the order of `by`, equal ones as they were given; None lists as given."""
        self._order = None if by is None else (by, descending)
        self._list()

    def find(self, key: str) -> T | None:
        """Return the value with this key, listed or not."""
        return self._values.get(key)

    def index(self, key: str | None) -> int | None:
        """Return where the value with this key is listed, None when it is not."""
        return None if key is None else self._index.get(key)

    def key_at(self, index: int) -> str | None:
        """Return the key of the value listed there, None outside the list."""
        return self._key(self.listed[index]) if 0 <= index < len(self.listed) else None

    def _list(self) -> None:
        listed: Iterable[T] = self._values.values()
        if self._needles:
            listed = self._matching()
        if self._order is not None:
            by, descending = self._order
            listed = sorted(listed, key=by, reverse=descending)
        self.listed = tuple(listed)
        self._index = {self._key(value): index for index, value in enumerate(self.listed)}

    def _matching(self) -> list[T]:
        first, *others = self._needles
        keys = [key for key, text in self._folded.items() if first in text]
        for needle in others:
            keys = [key for key in keys if needle in self._folded[key]]
        return [self._values[key] for key in keys]
