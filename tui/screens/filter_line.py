"""The line in which a filter is typed, and beside it what can be typed there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input

from widgets.canvas import Canvas
from widgets.ink import Cell, DrawnLine, Line, fitted, line_width
from widgets.parts import BETWEEN
from widgets.query import NOT, Prefix


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
        told = [Cell(f"{name}: {about}", "head") for name, about in self.prefixes]
        without = Cell(f"{NOT}word: without", "head")
        keys = [Cell(f"{key} {label}", "dim") for key, label in self.keys]
        names = [Cell(f"{name}:", "head") for name, _ in self.prefixes]
        return tuple(
            _joined(cells) for cells in ([*told, without, *keys], [*told, without], told, names)
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

    @dataclass
    class Typed(Message):
        """Something else is to be looked for."""

        text: str

    class Kept(Message):
        """What was typed is to stay, and the line to go."""

    @dataclass
    class Stepped(Message):
        """The cursor of the list is to move by rows."""

        by: int

    def compose(self) -> ComposeResult:
        """Lay out the input and, at its right, what may be typed."""
        yield Input(id="filter", compact=True, placeholder="filter")
        yield PrefixLine()

    @property
    def line(self) -> Input:
        """Where the filter is typed."""
        return self.query_one(Input)

    def open(self, text: str, prefixes: Mapping[str, Prefix[Any]], clear: str) -> None:
        """Show the line with what is looked for now.

        Args:
            text: the filter as it is.
            prefixes: those of the list that is filtered.
            clear: the key that clears the filter, as it is shown.
        """
        told = self.query_one(PrefixLine)
        told.prefixes = tuple((name, prefix.about) for name, prefix in prefixes.items())
        told.keys = (("enter", "keeps it"), (clear, "clears it"))
        told.styles.width = told.longest
        self.line.cursor_blink = False
        self.display = True
        self.line.value = text
        self.line.cursor_position = len(text)
        self.line.focus()

    def close(self) -> None:
        """Take the line away."""
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
