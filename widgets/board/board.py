"""The line-drawn list that orders, stock, catalogue and log share: cursor, filter, sort, scroll."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.timer import Timer

from services.domain.errors import Failure
from services.domain.local_time import local_minute
from widgets.board.columns import Column, Placed, place
from widgets.board.filter_query import Prefix
from widgets.board.heading import Heading, framed_parts, heading_line
from widgets.board.row_cache import DrawnRows, View
from widgets.board.row_line import MARKER, UNMARKED, RowCell, cell_text, sort_sign, titles
from widgets.board.rows import Rows
from widgets.drawing.canvas import NAVIGATION, Canvas
from widgets.drawing.cells import old, why_forms
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.fit import Part
from widgets.drawing.frame import Around, Scrolled
from widgets.drawing.ink import Cell, DrawnLine, fitted, wrap

__all__ = ["NAVIGATION", "Board", "View"]

T = TypeVar("T")

CHANGED_FOR = timedelta(seconds=5)
"""So long what changed in a row is seen."""

UNCHANGED: frozenset[str] = frozenset()
SLID_SECONDS = 0.6
"""So long (s) after the rows moved under the cursor a key may have been meant for another row."""


class Board(Canvas, Generic[T], can_focus=True):
    """A list of values, one line each, under a heading, a subject if any, and column titles.

    Until the operator moves in it the list stays at its top, and the cursor on the first row or on
    the one that it was pointed at; back at the top it does so again. Elsewhere the cursor is on
    a row id, not on a line: it follows its row through insertions, removals and sorting. Cells may
    hold any text; here it becomes inert, is fitted, and masked where private.

    Right-to-left text is drawn in the last column, wherever it came from. `way_back` says how to
    see all rows where the filter lists none; `leads` draws the cursor as the one that keys act on
    although a line beside the board has the focus, `quiet` draws none.

    Args:
        columns: from left to right.
        row_id: a value's stable name.
        cells: a value as cells by column id, a pure function.
        search: the text that a filter looks in.
        sort_keys: by column id, what to sort by where the cell's text will not do.
        prefixes: by name, what a filter can look in alone.
        newest_first: say in the heading how many newer rows came above those in sight.
        news: of a value before and now, the columns in which something changed that is to be seen.
    """

    NO_ROW: ClassVar[str] = "Nothing is highlighted."
    """Why nothing can be opened where no row is highlighted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *NAVIGATION,
        Binding("enter", "open", "Open", show=False, id="open"),
    ]
    DEFAULT_CSS = "Board { height: 1fr; width: 1fr; }"
    DRAWN_FROM = (
        *(
            "heading",
            "subject",
            "privacy",
            "placeholder",
            "stale",
            "why",
            "legend",
            "leads",
            "quiet",
        ),
    )
    way_back = "esc shows everything again."

    heading: var[str] = var("")
    subject: var[str] = var("")
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    placeholder: var[str] = var("")
    stale: var[str] = var("")
    why: var[tuple[str, ...]] = var[tuple[str, ...]](())
    legend: var[str] = var("")
    leads: var[bool] = var(False)
    quiet: var[bool] = var(False)
    filter_text: var[str] = var("")
    sort: var[str] = var("")

    class Opened(FieldMessage):
        """A row was opened, with enter or a double click."""

        board: "Board[Any]"
        row_id: str

        @property
        def control(self) -> "Board[Any]":
            return self.board

    class Highlighted(FieldMessage):
        """The cursor is on another row, or on none."""

        board: "Board[Any]"
        row_id: str | None

        @property
        def control(self) -> "Board[Any]":
            return self.board

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        row_id: Callable[[T], str],
        cells: Callable[[T, View], Mapping[str, RowCell]],
        search: Callable[[T], str],
        sort_keys: Mapping[str, Callable[[T], Any]] | None = None,
        prefixes: Mapping[str, Prefix[T]] | None = None,
        heading: str = "",
        newest_first: bool = False,
        news: Callable[[T, T], frozenset[str]] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._newest_first = newest_first
        self._cells = cells
        self._row_id = row_id
        self._sort_keys = sort_keys or {}
        self.prefixes: Final[Mapping[str, Prefix[T]]] = prefixes or {}
        self._rows = Rows(row_id, search, self.prefixes)
        self._cursor: str | None = None
        self._cursor_index = 0
        self._moved = False
        self._held: str | None = None
        self._awaited = False
        self._newer: set[str] = set()
        self._news = news
        self._fresh: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._slid: Timer | None = None
        self._drawn_rows = DrawnRows(cells, self._rows.highlights)
        self.set_reactive(Board.heading, heading)

    @property
    def highlighted_row_id(self) -> str | None:
        return self._cursor

    @property
    def chosen_line(self) -> int:
        """The line of the highlighted row; that of the heading where it is out of sight."""
        line = self._cursor_index - self.scroll_offset.y
        in_sight = self.shown > 0 and 0 <= line < self.page
        return self._above + line if in_sight else 0

    @property
    def chosen(self) -> str | None:
        """The id of the row that the operator chose, None where the cursor follows the newest."""
        return self._cursor if self._moved else self._held

    @property
    def highlighted(self) -> T | None:
        return None if self._cursor is None else self._rows.find(self._cursor)

    def describe(self, row: T) -> str:
        """Say in one line what a row is, in full; a list that a screen describes overrides it."""
        del row
        return ""

    def counting(self) -> bool:
        """Whether a row shows seconds that pass; a list of which none does looks at each minute."""
        return True

    @property
    def described(self) -> str:
        """What the highlighted row is, in full; empty where none is."""
        row = self.highlighted
        return "" if row is None else self.describe(row)

    def show_age(
        self, title: str, read_at: datetime | None, error: Failure | None, fresh: timedelta
    ) -> None:
        """Say in the heading when the rows were read, and whether they are stale, and why.

        Args:
            title: what is listed.
            read_at: when it was read (UTC), None when it was not.
            error: why it could not be read the last time, None when it could.
            fresh: how long it is not stale.
        """
        self.heading = title
        at = f"read {local_minute(read_at)}" if read_at else ""
        self.title_facts = (Part((Cell(at, "dim"),), leaves=4, end=True),) if at else ()
        failed = error is not None and read_at is not None
        aged = read_at is not None and old(read_at, self.now, fresh)
        self.stale = "read failed: stale" if failed else "stale" if aged else ""
        self.why = why_forms(error, self.privacy) if failed else ()

    def nothing_to_open(self) -> str:
        """Say why the key that opens a row opens nothing here; empty when there is a row."""
        return "" if self.highlighted is not None else self.NO_ROW

    @property
    def listed(self) -> tuple[T, ...]:
        """The values as they are on the board: filtered and sorted."""
        return self._rows.listed

    @property
    def shown(self) -> int:
        """How many rows are listed."""
        return len(self._rows.listed)

    @property
    def total(self) -> int:
        """How many rows there are, listed or not."""
        return self._rows.total

    @property
    def page(self) -> int:
        """How many rows fit the board."""
        return max(1, self.room.height - self._header)

    @property
    def allow_vertical_scroll(self) -> bool:
        return self.max_scroll_y > 0

    @property
    def max_scroll_y(self) -> int:
        """The first row on the screen when scrolled to the end."""
        return max(0, self.shown - self.page)

    @property
    def slid(self) -> bool:
        """Whether another row came under the cursor by itself, only just now."""
        return self._slid is not None

    def show_rows(self, values: Sequence[T]) -> None:
        """Show these values; only the cells that differ are drawn again."""
        before, were = self._cursor, self.total
        if not self._rows.replace(values):
            if self._cursor is None:
                # They were there before the list began again.
                self._settle()
            return
        self._note_changes()
        if were and not self._at_top:
            self._newer |= self._rows.added
        self._settle()
        if self._cursor is None:
            self._steady()
        elif before not in (None, self._cursor) and self._cursor != self._held:
            self._slide()

    def begin_again(self) -> None:
        """Be at the top, with nothing chosen: what is shown next is another list."""
        self._moved, self._held, self._cursor, self._cursor_index = False, None, None, 0
        self._newer.clear()
        self._steady()
        self._scroll_by_rows(-self.scroll_offset.y)

    def point_at(self, row_id: str) -> None:
        """Put the cursor on this row, now or once it is there, and follow the newest rows again.

        A filter that might hide it is taken off.
        """
        self.filter_text = ""
        self.begin_again()
        self._held, self._awaited = row_id, True
        self._settle()

    def hold(self) -> None:
        """Keep the cursor on its row, which was chosen, whatever comes above it."""
        self._steady()
        if not self._moved:
            self._held = self._cursor

    def forget_drawn(self) -> None:
        """Draw every row in sight again: what its cells are made of changed, its value did not."""
        self._drawn_rows.forget()

    def show_columns(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self.patch()

    def find(self, row_id: str) -> T | None:
        """Return the value with this row id, listed or not."""
        return self._rows.find(row_id)

    def move_to(self, row_id: str) -> bool:
        """Put the cursor on this row; returns False when it is not listed."""
        index = self._rows.index(row_id)
        if index is None:
            return False
        self._move(index)
        return True

    @property
    def sorts(self) -> tuple[Column, ...]:
        """The columns that the list can be sorted by, whether they are shown or not."""
        return tuple(column for column in self._columns if column.title)

    def expect_filter(self) -> None:
        """Get ready for a filter that is about to be typed."""
        self._rows.expect_filter()

    def end_filter(self) -> None:
        """Be ready for a filter no more; what was typed stays."""
        self._rows.end_filter()

    def sort_next(self) -> None:
        """Sort by the next column that is shown, and after the last one as given."""
        shown = [slot.column.id for slot in self._placed(self.room.width) if slot.column.title]
        now = self.sort.removeprefix("-")
        after = shown.index(now) + 1 if now in shown else 0
        self.sort = "" if after == len(shown) else shown[after]

    def sort_reversed(self) -> None:
        """Turn the order of the column that is sorted by around."""
        if self.sort:
            self.sort = self.sort.removeprefix("-") if self.sort[0] == "-" else f"-{self.sort}"

    def watch_filter_text(self, before: str, text: str) -> None:
        """List what matches, with the cursor on what matches best."""
        if before == text:
            return
        self._rows.filter(text)
        if self._rows.ranked:
            self._set_cursor(0)
            self._scroll_by_rows(-self.scroll_offset.y)
            self.patch()
        else:
            self._follow_row()
        # What was found is chosen: it keeps the cursor when the filter is gone.
        self._moved = self._moved or self._cursor_index > 0
        self._held, self._awaited = self._cursor, True

    def watch_sort(self, sort: str) -> None:
        """List in this order: a column's id, `-` before it for descending, empty for as given."""
        column = sort.removeprefix("-")
        by = self._sort_keys.get(column, self._cell_text(column)) if column else None
        self._rows.sort(by, sort.startswith("-"))
        self._awaited = True
        self._settle()

    def action_move(self, by: int) -> None:
        self._move(self._cursor_index + by)

    def action_page(self, by: float) -> None:
        self._move(self._cursor_index + int(by * self.page))

    def action_top(self) -> None:
        self._move(0)

    def action_bottom(self) -> None:
        self._move(self.shown - 1)

    def action_open(self) -> None:
        """Choose the row under the cursor, and say that it was opened."""
        if self._cursor is not None:
            self.hold()
            self.post_message(self.Opened(self, self._cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row that was clicked; a double click opens it.

        A click on the title of a column sorts by it, then the other way around, then as given.
        """
        offset = event.get_content_offset(self)
        above = self._above
        if offset is not None and offset.y == above - 1:
            self._sort_at(offset.x - (self.frame is not None and self.frame.sides == "both"))
        if offset is None or not above <= offset.y < above + self.page:
            return
        row_id = self._rows.row_id_at(self.scroll_offset.y + offset.y - above)
        if row_id is not None and self.move_to(row_id) and event.chain == 2:
            self.action_open()

    def _sort_at(self, x: int) -> None:
        end = len(MARKER)
        for slot in self._placed(self.room.width):
            end += slot.width + slot.gap
            if x < end and slot.column.title:
                by = slot.column.id
                self.sort = {by: f"-{by}", f"-{by}": ""}.get(self.sort, by)
            if x < end:
                return

    def on_mount(self) -> None:
        """Follow the time as far as it is drawn: a whole list drawn each second is work."""
        self.watch(self, "now", self._grow_older, init=False)

    def _grow_older(self, before: datetime | None, now: datetime | None) -> None:
        if self.counting() or self._fresh or _minute(before) != _minute(now):
            self.patch()

    def on_resize(self) -> None:
        """Keep the row under the cursor in sight."""
        self._reveal_cursor()

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return heading, column titles, and the rows in sight or the words in their place."""
        placed = self._placed(width)
        lines = [titles(placed, width, self.sort)]
        if self.frame is None:
            subject = fitted((Cell(f" {self.subject}", "strong"),), width)
            head = heading_line(self._heading(placed), width)
            lines = [head, *([subject] if self.subject else ()), *lines]
        if not self.shown:
            return lines + self._words(width)
        top = self.scroll_offset.y
        view = View(self.now, self.privacy, {slot.column.id: slot.width for slot in placed})
        cursor_ink = "row" if self.has_focus or self.leads else "row-blurred"
        self._drawn_rows.begin(placed, width, self.privacy)
        fresh = self._fresh_rows()
        for value in self._rows.listed[top : top + height - self._header]:
            row_id = self._row_id(value)
            ink = cursor_ink if row_id == self._cursor and not self.quiet else ""
            lines.append(
                self._drawn_rows.line(
                    row_id,
                    value,
                    view,
                    cursor_ink=ink,
                    changed=fresh.get(row_id, UNCHANGED),
                    placed=placed,
                    width=width,
                )
            )
        return lines

    @property
    def _above(self) -> int:
        """How many lines of the widget are above the rows."""
        return self._header + (self.frame is not None)

    @property
    def _header(self) -> int:
        """How many lines are above the rows, the frame not counted."""
        if self.frame is not None:
            return 1
        return 3 if self.subject else 2

    def _placed(self, width: int) -> tuple[Placed, ...]:
        return place(self._columns, width - len(MARKER) - 1)

    def around(self) -> Around:
        """Say in the frame what the heading of a list without one says."""
        heading = self._heading(self._placed(self.room.width))
        rows = Scrolled(self._header, self.scroll_offset.y, self.page, self.shown)
        return Around(framed_parts(heading), heading.focused, self.legend, rows)

    def _heading(self, placed: Sequence[Placed]) -> Heading:
        by = self.sort.removeprefix("-")
        # What a title says the heading need not say again.
        title_shown = not by or any(slot.column.id == by for slot in placed)
        title = next((each.title for each in self._columns if each.id == by), by)
        return Heading(
            title=self.heading,
            focused=self.has_focus or self.leads,
            stale=self.stale,
            why=self.why,
            filter_text=self.filter_text,
            sort="" if title_shown else f"by {title} {sort_sign(self.sort)}",
            legend=self.legend,
            shown=self.shown,
            total=self.total,
            place=self._cursor_index + 1,
            newer=self._newer_above(),
            subject=self.subject,
            facts=self.title_facts,
        )

    def _words(self, width: int) -> list[DrawnLine]:
        words = self.placeholder
        if self.total and self.filter_text:
            words = f"Nothing here matches {self.filter_text!r}. {self.way_back}"
        inner = max(1, width - 2 * len(UNMARKED))
        return [
            fitted((Cell(UNMARKED), Cell(text, "dim")), width) for text in ["", *wrap(words, inner)]
        ]

    def _note_changes(self) -> None:
        if self._news is None or self.now is None:
            return
        for before, value in self._rows.changed:
            if columns := self._news(before, value):
                self._fresh[self._row_id(value)] = (self.now + CHANGED_FOR, columns)

    def _fresh_rows(self) -> Mapping[str, frozenset[str]]:
        """Return by row id the columns that changed just now."""
        now = self.now
        self._fresh = {
            row_id: seen
            for row_id, seen in self._fresh.items()
            if now is not None and now < seen[0]
        }
        return {row_id: columns for row_id, (_, columns) in self._fresh.items()}

    def _cell_text(self, column: str) -> Callable[[T], str]:
        return lambda value: cell_text(self._cells(value, View()).get(column, Cell("")))

    @property
    def _at_top(self) -> bool:
        """Whether the list follows what comes first, as the operator has not moved in it."""
        return not self._moved and self.scroll_offset.y == 0

    def _newer_above(self) -> int:
        """Count the newer rows above those in sight, without those that were in sight once."""
        if not self._newer:
            return 0
        top = self.scroll_offset.y
        places = {row_id: self._rows.index(row_id) for row_id in self._newer}
        page = range(top, top + self.page)
        self._newer -= {row_id for row_id, at in places.items() if at in page}
        above = sum(at is not None and at < top for at in places.values())
        return above if self._newest_first and not self.sort else 0

    def _settle(self) -> None:
        """Stay at the top; else let the cursor follow its row, or its line when that is gone."""
        if self._at_top:
            self._settle_at_top()
        else:
            self._follow_row()

    def _follow_row(self) -> None:
        before, top = self._cursor_index, self.scroll_offset.y
        in_sight = top <= before < top + self.page
        index = self._rows.index(self._cursor)
        if index is None:
            self._set_cursor(0 if self.filter_text else before)
        else:
            self._cursor_index = index
            # At the top new rows push the list down in sight; elsewhere the view holds still.
            self._scroll_by_rows(index - before if top else 0)
        if in_sight:
            self._reveal_cursor()
        else:
            self._scroll_by_rows(min(0, self.max_scroll_y - self.scroll_offset.y))
        self.patch()

    def _settle_at_top(self) -> None:
        held = self._rows.index(self._held)
        self._set_cursor(held or 0)
        if self._awaited and held is not None:
            self._awaited = False
            self._reveal_cursor()
        self.patch()

    def _slide(self) -> None:
        self._steady()
        if self.is_mounted:
            self._slid = self.set_timer(SLID_SECONDS, self._steady)

    def _steady(self) -> None:
        if self._slid is not None:
            self._slid.stop()
            self._slid = None

    def _move(self, index: int) -> None:
        """Go where the operator goes; the first row is where newer ones are followed."""
        self._steady()
        self._set_cursor(index)
        self._moved, self._held = self._cursor_index > 0, None
        self._reveal_cursor()
        self.patch()

    def _set_cursor(self, index: int) -> None:
        self._cursor_index = max(0, min(index, self.shown - 1))
        row_id = self._rows.row_id_at(self._cursor_index)
        if row_id != self._cursor:
            self._cursor = row_id
            self.post_message(self.Highlighted(self, row_id))

    def _reveal_cursor(self) -> None:
        if not self.is_mounted or not self.size:
            return
        top = self.scroll_offset.y
        first = max(self._cursor_index - self.page + 1, min(top, self._cursor_index))
        self._scroll_by_rows(min(first, self.max_scroll_y) - top)

    def _scroll_by_rows(self, rows: int) -> None:
        if rows and self.is_mounted:
            self.scroll_to(y=self.scroll_offset.y + rows, animate=False, force=True)


def _minute(time: datetime | None) -> datetime | None:
    return time and time.replace(second=0, microsecond=0)
