"""One line of text from the operator, such as a note."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from services.domain.text import clean
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, Dialog, Handler
from tui.screens.parts.strips import KeyLine
from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import inert_content

LONGEST_NOTE = 200


class PromptScreen(Dialog[str | None]):
    """Asks for one line; dismissed with the cleaned text, or with None when left by escape.

    Args:
        title: what is asked for.
        value: what is there already.
        hidden: show a mask for what is typed, and hand it back as it is.
    """

    PLACE = "prompt"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompt")]

    def __init__(
        self, context: ConsoleContext, title: str, value: str = "", *, hidden: bool = False
    ) -> None:
        super().__init__(context)
        self._hidden = hidden
        self._title = title
        self._value = value

    def compose(self) -> ComposeResult:
        """Lay out the title, the line and its keys."""
        with Vertical(classes="dialog"):
            yield Static(inert_content(self._title), classes="dialog-title")
            # What is there already is gone on with: one letter typed must not erase it.
            line = Input(
                self._value,
                max_length=LONGEST_NOTE,
                compact=True,
                password=self._hidden,
                select_on_focus=False,
            )
            line.cursor_blink = False
            yield line
            yield KeyLine()

    def refresh_hints(self) -> None:
        if self.composed:
            go = "Go on" if self._hidden else "Save"
            self.query_one(HintLine).hints = (("enter", go), ("esc", "Cancel"))

    def handlers(self) -> Mapping[str, Handler]:
        """Escape keeps what was there before."""
        return {"back": self.leave_screen}

    def on_input_submitted(self, event: Input.Submitted) -> None:
        typed = event.value if self._hidden else clean(event.value, LONGEST_NOTE)
        self.dismiss(typed.strip())
