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

from services.text import cell_width
from widgets.canvas import Canvas
from widgets.ink import Cell, DrawnLine, fitted
from widgets.parts import BETWEEN, Part, fit_parts
from widgets.query import Prefix


class PrefixLine(Canvas):
    """Names the prefixes of a filter with what each looks in, and the keys that end it."""

    DEFAULT_CSS = "PrefixLine { height: 1; }"
    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("prefixes", "keys")

    prefixes: var[tuple[tuple[str, str], ...]] = var[tuple[tuple[str, str], ...]](())
    keys: var[tuple[tuple[str, str], ...]] = var[tuple[tuple[str, str], ...]](())

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the one line; the keys leave first when it gets narrow."""
        del height
        told = [
            Part((Cell(f"{name}: {about}", "head"), Cell(f"{name}:", "head")), leaves=1)
            for name, about in self.prefixes
        ]
        told += [Part((Cell(f"{key} {label}", "dim"),), leaves=2) for key, label in self.keys]
        return [fitted((*fit_parts(told, width - 1), Cell(" ")), width)]

    @property
    def longest(self) -> int:
        """How many cells all of it takes."""
        words = [f"{name}: {about}" for name, about in self.prefixes]
        words += [f"{key} {label}" for key, label in self.keys]
        return cell_width(BETWEEN.join(words)) + 1


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
