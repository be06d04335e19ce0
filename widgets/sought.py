"""What a filter found in a row, and where that stands in the row's cells."""

from typing import NamedTuple

from services.matching import Span, spans


class Sought(NamedTuple):
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
        alone = [told for name, told in self.columns if name == column]
        return spans(text, (*self.exact, *alone), self.close)


NOTHING_SOUGHT = Sought()
