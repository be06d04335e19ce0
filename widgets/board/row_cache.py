"""The rows in sight as they were drawn last: only what looks different is laid out again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from widgets.board.columns import Placed
from widgets.board.finder import Highlights
from widgets.board.row_line import LaidRow, RowCell, lay_row, row_line
from widgets.drawing import style
from widgets.drawing.ink import DrawnLine

T = TypeVar("T")


class View(Struct, frozen=True):
    """What a row's cells depend on beside its value: the time (UTC), and privacy mode.

    `room` is how wide each column is that is shown, in cells.
    """

    now: datetime | None = None
    privacy: bool = False
    room: Mapping[str, int] = MappingProxyType({})


class _Drawn(NamedTuple, Generic[T]):
    """A row as it was last drawn, and what from."""

    value: T
    now: datetime | None
    cells: Mapping[str, RowCell]
    row: LaidRow
    highlights: Highlights
    line: DrawnLine


class DrawnRows(Generic[T]):
    """Draws rows, and remembers those that are in sight.

    Args:
        cells: a value as cells by column id.
        highlights: what a filter found in a value.
    """

    def __init__(
        self,
        cells: Callable[[T, View], Mapping[str, RowCell]],
        highlights: Callable[[T], Highlights],
    ) -> None:
        self._cells = cells
        self._highlights = highlights
        self._drawn_for: object = None
        self._held: dict[tuple[str, str, frozenset[str]], _Drawn[T]] = {}
        self._drawn: dict[tuple[str, str, frozenset[str]], _Drawn[T]] = {}

    def forget(self) -> None:
        """Draw everything again: what cells are made of changed, the values did not."""
        self._drawn_for = None

    def begin(self, placed: tuple[Placed, ...], width: int, privacy: bool) -> None:
        """Begin a picture of lines so wide, with these columns; rows out of sight are forgotten."""
        drawn_for = (placed, width, privacy, style.now())
        self._held = self._drawn if self._drawn_for == drawn_for else {}
        self._drawn, self._drawn_for = {}, drawn_for

    def line(
        self,
        row_id: str,
        value: T,
        view: View,
        *,
        cursor_ink: str,
        changed: frozenset[str],
        placed: Sequence[Placed],
        width: int,
    ) -> DrawnLine:
        """Return the line of a row.

        Args:
            row_id: of the row.
            value: what is drawn.
            view: what it depends on beside its value.
            cursor_ink: the ink of the cursor if it is here.
            changed: the columns of which something changed just now.
            placed: the columns that are shown.
            width: of the line, in terminal cells.
        """
        name = (row_id, cursor_ink, changed)
        held = self._held.get(name)
        highlights = self._highlights(value)
        if held is not None and held.value is value and held.now == view.now:
            cells, row = held.cells, held.row
        else:
            cells = self._cells(value, view)
            # Of the rows that grow older few look different for it.
            if held is not None and held.cells == cells:
                row = held.row
            else:
                row = lay_row(
                    cells,
                    placed,
                    width,
                    cursor_ink=cursor_ink,
                    masked=view.privacy,
                    changed=changed,
                )
        same = held is not None and held.row is row and held.highlights == highlights
        line = held.line if held is not None and same else row_line(row, highlights)
        self._drawn[name] = _Drawn(value, view.now, cells, row, highlights, line)
        return line
