"""A list in columns side by side, where it has more rows than fit below one another."""

from typing import TypeVar

from textual import events

from widgets.board.board import Board
from widgets.drawing.ink import DrawnLine, fitted

T = TypeVar("T")

LEAST = 46
"""Cells that a column of the list takes at least."""

MOST = 3


class SideBySide(Board[T]):
    """A board that goes on at the right of its last line; down leads over the end of a column."""

    @property
    def page(self) -> int:
        """How many rows fit the board."""
        return self._high * self._across

    @property
    def chosen_line(self) -> int:
        """The line of the highlighted row; that of the heading where it is out of sight."""
        at = self._cursor_index - self.scroll_offset.y
        return self._above + at % self._high if self.shown and 0 <= at < self.page else 0

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the heading, and below it the columns from left to right."""
        across = self._across
        if across == 1:
            return super().draw(width, height)
        each = width // across
        whole = super().draw(each, self._header + self.page)
        head, titles, rows = super().draw(width, 0)[:1], whole[1], whole[2:]
        high, blank = self._high, fitted((), each)
        beyond = fitted((), width - each * across)
        lines = [*head, (*(titles * across), *beyond)]
        for row in range(high):
            found = [rows[at] if at < len(rows) else blank for at in range(row, self.page, high)]
            lines.append((*(piece for line in found for piece in line), *beyond))
        return lines

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row that was clicked; a double click opens it."""
        if self._across == 1:
            super().on_click(event)
            return
        event.prevent_default()
        offset = event.get_content_offset(self)
        row = -1 if offset is None else offset.y - self._above
        if offset is None or not 0 <= row < self._high:
            return
        column = min(self._across - 1, offset.x // (self.room.width // self._across))
        row_id = self._rows.row_id_at(self.scroll_offset.y + column * self._high + row)
        if row_id is not None and self.move_to(row_id) and event.chain == 2:
            self.action_open()

    @property
    def _across(self) -> int:
        """How many columns are side by side."""
        if self.shown <= super().page:
            return 1
        return max(1, min(MOST, self.room.width // LEAST))

    @property
    def _high(self) -> int:
        """How many rows are below one another."""
        most, across = super().page, self._across
        return most if across == 1 else min(most, -(-self.shown // across))
