"""The line in which a filter is typed, and beside it what can be typed there."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input

from tui.actions.action import ACTS_ON_ROW, CHOOSES_ROW
from tui.screens.base import ConsoleScreen, Handler
from widgets.bars.key_hints import HintLine
from widgets.board.board import Board
from widgets.board.filter_query import NOT, Prefix
from widgets.drawing.canvas import Canvas
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.fit import BETWEEN
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted, line_width

LONGEST_FILTER = 500
"""Characters, as many as one paste has: ten thousand would hold every key up for seconds."""


class PrefixLine(Canvas):
    """Names the prefixes of a filter with what each looks in, and the keys that end it."""

    DEFAULT_CSS = "PrefixLine { height: 1; }"
    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("prefixes", "keys")

    prefixes: var[tuple[tuple[str, str], ...]] = var[tuple[tuple[str, str], ...]](())
    keys: var[tuple[tuple[str, str], ...]] = var[tuple[tuple[str, str], ...]](())

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the one line, at the right; the keys leave first, then what is looked in."""
        del height
        line = next((form for form in self._forms() if self._length(form) <= width), ())
        return [fitted((Cell(" " * (width - self._length(line))), *line, Cell(" ")), width)]

    @property
    def longest(self) -> int:
        """How many cells all of it takes."""
        return self._length(self._forms()[0])

    def _forms(self) -> tuple[Line, ...]:
        described = [Cell(f"{name}: {about}", "head") for name, about in self.prefixes]
        without = Cell(f"{NOT}word: without", "head")
        keys = [Cell(f"{key} {label}", "dim") for key, label in self.keys]
        names = [Cell(f"{name}:", "head") for name, _ in self.prefixes]
        return tuple(
            _joined(cells)
            for cells in ([*described, without, *keys], [*described, without], described, names)
        )

    @staticmethod
    def _length(line: Line) -> int:
        return line_width(line) + 1


def _joined(cells: list[Cell]) -> Line:
    return tuple(piece for cell in cells for piece in (Cell(BETWEEN), cell))[1:]


class FilterLine(Horizontal):
    """Where a filter is typed; arrows move through what it found meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # A line is being typed: only the arrows are left to move with, whatever the keymap says.
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]
    DEFAULT_CSS = """
    FilterLine { height: 1; width: 1fr; display: none; }
    FilterLine PrefixLine { max-width: 60%; }
    """

    class Typed(FieldMessage):
        """Something else is to be looked for."""

        text: str

    class Kept(Message):
        """What was typed is to stay, and the line to go."""

    class Stepped(FieldMessage):
        """The cursor of the list is to move by rows."""

        by: int

    @property
    def line(self) -> Input:
        return self.query_one(Input)

    def open(self, text: str, prefixes: Mapping[str, Prefix[Any]], clear: str) -> None:
        """Show the line with what is looked for now; its parts are there from the first time on.

        Args:
            text: the filter as it is.
            prefixes: those of the list that is filtered.
            clear: the key that clears the filter, as it is shown.
        """
        if not self.children:
            line = Input(
                id="filter",
                compact=True,
                placeholder="filter",
                max_length=LONGEST_FILTER,
                select_on_focus=False,
            )
            self.mount(line, PrefixLine())
        prefix_line = self.query_one(PrefixLine)
        prefix_line.prefixes = tuple((name, prefix.about) for name, prefix in prefixes.items())
        prefix_line.keys = (("enter", "keeps it"), (clear, "clears it"))
        prefix_line.styles.width = prefix_line.longest
        self.line.cursor_blink = False
        self.display = True
        self.line.value = text
        self.line.cursor_position = len(text)
        self.line.focus()

    def close(self) -> None:
        if self.display:
            self.display = False

    def action_step(self, by: int) -> None:
        """Ask for the row before or after."""
        self.post_message(self.Stepped(by))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Kept())


def export_handlers(export: Callable[[str], None]) -> dict[str, Handler]:
    """Return what the keys for each format of a file do on a screen that lists something."""
    kinds = {"export.csv": "csv", "export.json": "json", "export.excel": "xlsx"}
    return {action_id: partial(export, kind) for action_id, kind in kinds.items()}


SLID = "The list moved just now: see what is under the cursor, then press again."


class Filtering(ConsoleScreen[None]):
    """A screen with a `FilterLine`, which is in the place of the keys while it is open."""

    _filtered: Board[Any] | None = None

    @property
    def filtered(self) -> Board[Any] | None:
        """The list whose filter is being typed, None while the line is away."""
        open_now = self.composed and self.query_one(FilterLine).display
        return self._filtered if open_now else None

    def board(self, pane: str = "") -> Board[Any]:
        """Return the list of a pane, of the current one if none is named."""
        raise NotImplementedError

    def chosen_in(self) -> tuple[Board[Any], ...]:
        """Return the lists whose highlighted row an action is about."""
        return (self.board(),)

    def action_run(self, action_id: str) -> None:
        """Do an action, unless the row that it acts on only just came under the cursor."""
        if action_id in CHOOSES_ROW and self.composed:
            boards = self.chosen_in()
            slid = any(board.slid for board in boards)
            for board in boards:
                board.hold()
            if slid and action_id in ACTS_ON_ROW:
                self.say(SLID)
                return
        super().action_run(action_id)

    def filter(self) -> None:
        self._filtered = board = self.board()
        board.expect_filter()
        board.leads = True
        self.query_one(HintLine).display = False
        line = self.query_one(FilterLine)
        line.open(board.filter_text, board.prefixes, self.context.keymap.shown("back"))

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
        hints = self.query_one(HintLine)
        if not hints.display:
            # What is shown already would be laid out again.
            hints.display = True

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
