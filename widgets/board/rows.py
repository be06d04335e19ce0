"""What a list holds and which of it is listed: rows by id, filtered and sorted, no screen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import filterfalse
from typing import Any, Generic, TypeVar

from widgets.board.filter_query import Prefix, Query, Test, read
from widgets.board.finder import NO_HIGHLIGHTS, Highlights, RowFinder, searchable

T = TypeVar("T")

EVERYTHING = Query()
"""The query of a list that is not filtered."""


class Rows(Generic[T]):
    """The values of a board and the part of them that its filter lets through, in its order.

    Args:
        row_id: a value's stable name; of several values with one id the first is kept.
        search: the text that a filter looks in.
        prefixes: by name, what a filter can look in alone.

    Attributes:
        listed: what the filter lets through, in its order.
        added: the ids that the last exchange of values brought.
        changed: the values that it replaced, each with the one before it.
    """

    def __init__(
        self,
        row_id: Callable[[T], str],
        search: Callable[[T], str],
        prefixes: Mapping[str, Prefix[T]] | None = None,
    ) -> None:
        self._row_id = row_id
        self._search = search
        self._prefixes = prefixes or {}
        self._given: tuple[T, ...] | None = None
        self._values: dict[str, T] = {}
        self._finder = RowFinder[T]()
        self._query = EVERYTHING
        self._awaited = False
        self._order: tuple[Callable[[T], Any], bool] | None = None
        self._places: dict[str, int] | None = None
        self.listed: tuple[T, ...] = ()
        self.added: frozenset[str] = frozenset()
        self.changed: tuple[tuple[T, T], ...] = ()

    @property
    def total(self) -> int:
        """How many values there are, listed or not."""
        return len(self._values)

    @property
    def ranked(self) -> bool:
        """Whether what fits the filter best is listed first."""
        return bool(self._query.words) and self._order is None

    def replace(self, values: Sequence[T]) -> bool:
        """Take these values instead; returns False when they are the very same object as before."""
        if values is self._given:
            return False
        before, self._given = self._given or (), tuple(values)
        self.added = frozenset()
        if not self._exchange(before, self._given):
            self._take(self._given)
        return True

    def _exchange(self, before: tuple[T, ...], after: tuple[T, ...]) -> bool:
        """Take new values for some of the same ids; returns False if that is not all there is.

        Of ten thousand rows a few change every second, and looking at all of them costs most.
        """
        if not len(before) == len(after) == len(self._values):
            return False
        pairs = enumerate(zip(before, after, strict=True))
        changed = [(at, old, new) for at, (old, new) in pairs if old is not new]
        if any(self._row_id(old) != self._row_id(new) for _, old, new in changed):
            return False
        for at, _, value in changed:
            self._values[self._row_id(value)] = value
            self._finder.change(at, searchable(self._search(value)), value)
        self.changed = tuple((old, new) for _, old, new in changed)
        if self._query is not EVERYTHING or self._order:
            self._list()
        else:
            self.listed = after
        return True

    def _take(self, values: Iterable[T]) -> None:
        finder, held = self._finder, self._values
        texts = dict(zip(finder.row_ids, finder.texts, strict=True))
        self._values = {}
        for value in values:
            self._values.setdefault(self._row_id(value), value)
        self.added = frozenset(self._values.keys() - held.keys())
        pairs = ((held.get(row_id), value) for row_id, value in self._values.items())
        self.changed = tuple((old, new) for old, new in pairs if old is not None and old is not new)
        # Searching ten thousand rows at each key press is only quick on text folded before.
        finder.replace(
            list(self._values),
            [
                texts[row_id] if held.get(row_id) is value else searchable(self._search(value))
                for row_id, value in self._values.items()
            ],
            list(self._values.values()),
        )
        self._list()

    def filter(self, text: str) -> None:
        """List only the values that have what was typed, see `find`; nothing typed lists all."""
        self._query = read(text, self._prefixes) if text else EVERYTHING
        self._let_go()
        self._list()

    def expect_filter(self) -> None:
        """Get ready for a filter, so that its first letter need not wait, however often."""
        self._awaited = True
        self._finder.prepare()

    def end_filter(self) -> None:
        """Be ready no more: what was typed stays, and nothing more comes."""
        self._awaited = False
        self._let_go()

    def sort(self, by: Callable[[T], Any] | None, descending: bool = False) -> None:
        """List in the order of `by`, equal ones as they were given; None lists as given."""
        self._order = None if by is None else (by, descending)
        self._list()

    def find(self, row_id: str) -> T | None:
        """Return the value with this id, listed or not."""
        return self._values.get(row_id)

    def index(self, row_id: str | None) -> int | None:
        """Return where the value with this id is listed, None when it is not."""
        if row_id is None:
            return None
        if self._places is None:
            self._places = {self._row_id(value): at for at, value in enumerate(self.listed)}
        return self._places.get(row_id)

    def row_id_at(self, index: int) -> str | None:
        """Return the id of the value listed there, None outside the list."""
        return self._row_id(self.listed[index]) if 0 <= index < len(self.listed) else None

    def highlights(self, value: T) -> Highlights:
        """Return what the filter found in a value."""
        query = self._query
        if query is EVERYTHING:
            return NO_HIGHLIGHTS
        text = searchable(self._search(value))
        exact = tuple(word for word in query.words if word in text)
        missed = [word for word in query.words if word not in exact]
        close = frozenset[str]().union(*map(self._finder.close, missed))
        columns = tuple((self._prefixes[name].column, wanted) for name, wanted in query.asked)
        return Highlights(exact, close, columns)

    def _let_go(self) -> None:
        if not self._query.words and not self._awaited:
            self._finder.forget()

    def _list(self) -> None:
        listed: Iterable[T] = self._finder.rows
        if self._query.words:
            listed = self._found(self._query.words)
        for name, wanted in self._query.asked:
            listed = filter(self._test(name, wanted), listed)
        for name, wanted in self._query.denied:
            listed = filterfalse(self._prefixes[name].test(wanted), listed)
        if self._query.missing:
            having = self._finder.having(self._query.missing)
            listed = (value for value in listed if self._row_id(value) not in having)
        if self._order is not None:
            by, descending = self._order
            listed = sorted(listed, key=by, reverse=descending)
        self.listed = tuple(listed)
        self._places = None

    def _test(self, name: str, wanted: str) -> Test[T]:
        """Return the test of a prefix; what may be meant counts where no row has it as typed."""
        prefix = self._prefixes[name]
        exact = prefix.test(wanted)
        if prefix.guess is None or any(map(exact, self._finder.rows)):
            return exact
        return prefix.guess(wanted)

    def _found(self, words: tuple[str, ...]) -> list[T]:
        """Return the values that have the words: the best first, or as given if sorted anyway."""
        begun, inside, meant = self._finder.find(words)
        if self._order is None:
            return begun + inside + meant
        found = set(map(self._row_id, begun + inside + meant))
        return [value for row_id, value in self._values.items() if row_id in found]
