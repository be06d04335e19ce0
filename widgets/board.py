"""The line-drawn list that orders, stock, catalogue and log share: cursor, filter, sort, scroll."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from widgets.canvas import Canvas
from widgets.columns import Column, Placed, place
from widgets.drawn_rows import DrawnRows, View
from widgets.heading import Heading, heading_line
from widgets.ink import Cell, DrawnLine, fitted, wrap
from widgets.query import Prefix
from widgets.row_line import MARKER, UNMARKED, sort_sign, titles
from widgets.rows import Rows

__all__ = ["NAVIGATION", "Board", "View"]

T = TypeVar("T")

NAVIGATION: list[BindingType] = [
    Binding("j,down", "move(1)", "Down", show=False, id="nav.down"),
    Binding("k,up", "move(-1)", "Up", show=False, id="nav.up"),
    Binding("g,home", "top", "First", show=False, id="nav.top"),
    Binding("G,end", "bottom", "Last", show=False, id="nav.bottom"),
    Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="nav.half_down"),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="nav.half_up"),
    Binding("pagedown", "page(1)", "Page down", show=False, id="nav.page_down"),
    Binding("pageup", "page(-1)", "Page up", show=False, id="nav.page_up"),
]
"""The keys that every list and every scrolling text here answers to, by the ids of the keymap."""


class Board(Canvas, Generic[T], can_focus=True):
    """A list of values, one line each, under a heading, a subject if any, and column titles.

    The cursor stands on a key, not on a line: it follows its row through insertions, removals and
    sorting. Cells may hold any text; here it becomes inert, is fitted, and masked where private.

    Right-to-left text is drawn in the last column, wherever it came from. `way_back` says how to
    see all rows where the filter lists none; `leads` draws the cursor as the one that keys act on
    although a line beside the board has the focus.

    Args:
        columns: from left to right.
        key: a value's stable name.
        cells: a value as cells by column id, a pure function.
        search: the text that a filter looks in.
        sort_keys: by column id, what to sort by where the cell's text will not do.
        prefixes: by name, what a filter can look in alone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *NAVIGATION,
        Binding("enter", "open", "Open", show=False, id="open"),
    ]
    DEFAULT_CSS = "Board { height: 1fr; width: 1fr; }"
    DRAWN_FROM = (
        *("heading", "subject", "now", "privacy", "placeholder", "stale", "why", "legend", "leads"),
    )
    way_back = "esc shows everything again."

    heading: var[str] = var("")
    subject: var[str] = var("")
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    placeholder: var[str] = var("")
    stale: var[str] = var("")
    why: var[str] = var("")
    legend: var[str] = var("")
    leads: var[bool] = var(False)
    filter_text: var[str] = var("")
    sort: var[str] = var("")

    @dataclass
    class Opened(Message):
        """A row was opened, with enter or a double click."""

        board: "Board[Any]"
        key: str

        @property
        def control(self) -> "Board[Any]":
            """The board it happened on."""
            return self.board

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row, or on none."""

        board: "Board[Any]"
        key: str | None

        @property
        def control(self) -> "Board[Any]":
            """The board it happened on."""
            return self.board

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        key: Callable[[T], str],
        cells: Callable[[T, View], Mapping[str, Cell]],
        search: Callable[[T], str],
        sort_keys: Mapping[str, Callable[[T], Any]] | None = None,
        prefixes: Mapping[str, Prefix[T]] | None = None,
        heading: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._cells = cells
        self._key = key
        self._sort_keys = sort_keys or {}
        self.prefixes: Final[Mapping[str, Prefix[T]]] = prefixes or {}
        self._rows = Rows(key, search, self.prefixes)
        self._cursor: str | None = None
        self._cursor_index = 0
        self._drawn_rows = DrawnRows(cells, self._rows.sought)
        self.set_reactive(Board.heading, heading)

    @property
    def highlighted_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._cursor

    @property
    def highlighted(self) -> T | None:
        """The value under the cursor."""
        return None if self._cursor is None else self._rows.find(self._cursor)

    @property
    def listed(self) -> tuple[T, ...]:
        """The values as they stand on the board: filtered and sorted."""
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
        return max(1, self.size.height - self._header)

    @property
    def allow_vertical_scroll(self) -> bool:
        """Whether the wheel has anything to scroll."""
        return self.max_scroll_y > 0

    @property
    def max_scroll_y(self) -> int:
        """The first row on the screen when scrolled to the end."""
        return max(0, self.shown - self.page)

    def show_rows(self, values: Sequence[T]) -> None:
        """Show these values; only the cells that differ are drawn again."""
        if self._rows.replace(values):
            self._settle()

    def forget_drawn(self) -> None:
        """Draw every row in sight anew: what its cells are made of changed, its value did not."""
        self._drawn_rows.forget()

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns from now on."""
        self._columns = tuple(columns)
        self.patch()

    def find(self, key: str) -> T | None:
        """Return the value with this key, listed or not."""
        return self._rows.find(key)

    def move_to(self, key: str) -> bool:
        """Put the cursor on this row; returns False when it is not listed."""
        index = self._rows.index(key)
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
        shown = [slot.column.id for slot in self._placed(self.size.width) if slot.column.title]
        now = self.sort.removeprefix("-")
        after = shown.index(now) + 1 if now in shown else 0
        self.sort = "" if after == len(shown) else shown[after]

    def sort_reversed(self) -> None:
        """Turn the order of the column that is sorted by around."""
        if self.sort:
            self.sort = self.sort.removeprefix("-") if self.sort[0] == "-" else f"-{self.sort}"

    def watch_filter_text(self, text: str) -> None:
        """List what matches, and stand on what matches best."""
        self._rows.filter(text)
        if self._rows.ranked:
            self._set_cursor(0)
            self._scroll_by_rows(-self.scroll_offset.y)
            self.patch()
        else:
            self._settle()

    def watch_sort(self, sort: str) -> None:
        """List in this order: a column's id, `-` before it for descending, empty for as given."""
        column = sort.removeprefix("-")
        by = self._sort_keys.get(column, self._cell_text(column)) if column else None
        self._rows.sort(by, sort.startswith("-"))
        self._settle()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move(self._cursor_index + by)

    def action_page(self, by: float) -> None:
        """Move the cursor by pages."""
        self._move(self._cursor_index + int(by * self.page))

    def action_top(self) -> None:
        """Move the cursor to the first row."""
        self._move(0)

    def action_bottom(self) -> None:
        """Move the cursor to the last row."""
        self._move(self.shown - 1)

    def action_open(self) -> None:
        """Tell that the row under the cursor was opened."""
        if self._cursor is not None:
            self.post_message(self.Opened(self, self._cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row that was clicked; a double click opens it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._header:
            return
        key = self._rows.key_at(self.scroll_offset.y + offset.y - self._header)
        if key is not None and self.move_to(key) and event.chain == 2:
            self.action_open()

    def on_resize(self) -> None:
        """Keep the row under the cursor in sight."""
        self._reveal_cursor()

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return heading, column titles, and the rows in sight or the words in their place."""
        placed = self._placed(width)
        lines = [self._heading_line(width, placed), titles(placed, width, self.sort)]
        if self.subject:
            lines.insert(1, fitted((Cell(f" {self.subject}", "strong"),), width))
        if not self.shown:
            return lines + self._words(width)
        top = self.scroll_offset.y
        view = View(self.now, self.privacy)
        cursor_ink = "cursor" if self.has_focus or self.leads else "cursor-blurred"
        self._drawn_rows.begin(placed, width, self.privacy)
        for value in self._rows.listed[top : top + height - self._header]:
            key = self._key(value)
            ink = cursor_ink if key == self._cursor else ""
            lines.append(
                self._drawn_rows.line(key, value, view, cursor_ink=ink, placed=placed, width=width)
            )
        return lines

    @property
    def _header(self) -> int:
        """How many lines stand above the rows: heading, subject if any, column titles."""
        return 3 if self.subject else 2

    def _placed(self, width: int) -> tuple[Placed, ...]:
        return place(self._columns, width - len(MARKER) - 1)

    def _heading_line(self, width: int, placed: Sequence[Placed]) -> DrawnLine:
        by = self.sort.removeprefix("-")
        # What a title says the heading need not say again.
        told = not by or any(slot.column.id == by for slot in placed)
        title = next((each.title for each in self._columns if each.id == by), by)
        return heading_line(
            Heading(
                title=self.heading,
                focused=self.has_focus,
                stale=self.stale,
                why=self.why,
                filter_text=self.filter_text,
                sort="" if told else f"by {title} {sort_sign(self.sort)}",
                legend=self.legend,
                shown=self.shown,
                total=self.total,
                place=self._cursor_index + 1,
            ),
            width,
        )

    def _words(self, width: int) -> list[DrawnLine]:
        words = self.placeholder
        if self.total and self.filter_text:
            words = f"Nothing here matches {self.filter_text!r}. {self.way_back}"
        inner = max(1, width - 2 * len(UNMARKED))
        return [
            fitted((Cell(UNMARKED), Cell(text, "dim")), width) for text in ["", *wrap(words, inner)]
        ]

    def _cell_text(self, column: str) -> Callable[[T], str]:
        return lambda value: self._cells(value, View()).get(column, Cell("")).text

    def _settle(self) -> None:
        """Let the cursor follow its row, or stay on its line when the row is gone, and draw."""
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

    def _move(self, index: int) -> None:
        self._set_cursor(index)
        self._reveal_cursor()
        self.patch()

    def _set_cursor(self, index: int) -> None:
        self._cursor_index = max(0, min(index, self.shown - 1))
        key = self._rows.key_at(self._cursor_index)
        if key != self._cursor:
            self._cursor = key
            self.post_message(self.Highlighted(self, key))

    def _reveal_cursor(self) -> None:
        if not self.is_mounted or not self.size:
            return
        top = self.scroll_offset.y
        first = max(self._cursor_index - self.page + 1, min(top, self._cursor_index))
        self._scroll_by_rows(min(first, self.max_scroll_y) - top)

    def _scroll_by_rows(self, rows: int) -> None:
        if rows and self.is_mounted:
            self.scroll_to(y=self.scroll_offset.y + rows, animate=False, force=True)
