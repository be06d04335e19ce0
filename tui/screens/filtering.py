"""A screen whose lists are filtered: the line, what is typed in it, and how it goes away."""

from collections.abc import Iterable
from typing import Any, cast

from textual import on

from tui.screens.base import ConsoleScreen
from tui.screens.filter_line import FilterLine
from widgets.bars import HintLine
from widgets.board import Board


class Filtering(ConsoleScreen[None]):
    """A screen with a `FilterLine`, which stands in the place of the keys while it is open."""

    _filtered: Board[Any] | None = None

    @property
    def filtered(self) -> Board[Any] | None:
        """The list whose filter is being typed, None while the line is away."""
        open_now = self.composed and self.query_one(FilterLine).display
        return self._filtered if open_now else None

    def board(self, pane: str = "") -> Board[Any]:
        """Return the list of a pane, of the current one if none is named."""
        raise NotImplementedError

    def filter(self) -> None:
        """Open the filter line for the current list."""
        self._filtered = board = self.board()
        board.expect_filter()
        board.leads = True
        self.query_one(HintLine).display = False
        line = self.query_one(FilterLine)
        line.open(board.filter_text, board.prefixes, self.frame.keymap.shown("back"))

    def clear_filter(self) -> bool:
        """List everything again; returns False when nothing is filtered or about to be."""
        if not (self.query_one(FilterLine).display or self.board().filter_text):
            return False
        self.board().filter_text = ""
        self._leave_line()
        return True

    def hide_filter_line(self) -> None:
        """Take the line away; what was typed stays."""
        for board in cast("Iterable[Board[Any]]", self.query(Board)):
            board.leads = False
            board.end_filter()
        self.query_one(FilterLine).close()
        self.query_one(HintLine).display = True

    @on(FilterLine.Typed)
    def _filter_typed(self, event: FilterLine.Typed) -> None:
        self.board().filter_text = event.text
        self.refresh_hints()

    @on(FilterLine.Stepped)
    def _stepped(self, event: FilterLine.Stepped) -> None:
        self.board().action_move(event.by)

    @on(FilterLine.Kept)
    def _leave_line(self) -> None:
        board = self.board()
        self.hide_filter_line()
        board.focus()
