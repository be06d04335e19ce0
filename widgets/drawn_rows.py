"""The rows in sight as they were drawn last: only what looks different is laid out again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from widgets import look
from widgets.columns import Placed
from widgets.ink import Cell, DrawnLine
from widgets.row_line import LaidRow, lay_row, row_line
from widgets.sought import Sought

T = TypeVar("T")


class View(Struct, frozen=True):
    """What a row's cells depend on beside its value: the time (UTC), and privacy mode."""

    now: datetime | None = None
    privacy: bool = False


class _Drawn(NamedTuple, Generic[T]):
    """A row as it was last drawn, and what from."""

    value: T
    now: datetime | None
    cells: Mapping[str, Cell]
    row: LaidRow
    sought: Sought
    line: DrawnLine


class DrawnRows(Generic[T]):
    """Draws rows, and remembers those that are in sight.

    Args:
        cells: a value as cells by column id.
        sought: what a filter found in a value.
    """

    def __init__(
        self,
        cells: Callable[[T, View], Mapping[str, Cell]],
        sought: Callable[[T], Sought],
    ) -> None:
        self._cells = cells
        self._sought = sought
        self._drawn_for: object = None
        self._held: dict[tuple[str, str], _Drawn[T]] = {}
        self._drawn: dict[tuple[str, str], _Drawn[T]] = {}

    def forget(self) -> None:
        """Draw everything anew: what cells are made of changed, the values did not."""
        self._drawn_for = None

    def begin(self, placed: tuple[Placed, ...], width: int, privacy: bool) -> None:
        """Begin a picture of lines so wide, with these columns; rows out of sight are forgotten."""
        drawn_for = (placed, width, privacy, look.now())
        self._held = self._drawn if self._drawn_for == drawn_for else {}
        self._drawn, self._drawn_for = {}, drawn_for

    def line(
        self,
        key: str,
        value: T,
        view: View,
        *,
        cursor_ink: str,
        placed: Sequence[Placed],
        width: int,
    ) -> DrawnLine:
        """Return the line of a row; `cursor_ink` is the ink of the cursor if it stands here."""
        held = self._held.get((key, cursor_ink))
        sought = self._sought(value)
        if held is not None and held.value is value and held.now == view.now:
            cells, row = held.cells, held.row
        else:
            cells = self._cells(value, view)
            # Of the rows that grow older few look different for it.
            if held is not None and held.cells == cells:
                row = held.row
            else:
                row = lay_row(cells, placed, width, cursor_ink=cursor_ink, masked=view.privacy)
        same = held is not None and held.row is row and held.sought == sought
        line = held.line if held is not None and same else row_line(row, sought)
        self._drawn[key, cursor_ink] = _Drawn(value, view.now, cells, row, sought, line)
        return line
