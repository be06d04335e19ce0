"""A question before something that cannot be undone; doing nothing is the default."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.actions import bindings
from tui.screens.base import Dialog, Frame, Handler
from tui.screens.strips import KeyLine
from widgets.bars import HintLine
from widgets.cells import discreet
from widgets.told import told


class AskScreen(Dialog[bool]):
    """Asks a question and is dismissed with True only by the key `y`.

    Args:
        title: the question, in a few words.
        lines: what the operator has to know before answering.
        yes: what `y` does, in a verb.
        no: what every other way out does, in a verb.
    """

    PLACE = "ask"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ask")]

    def __init__(
        self, frame: Frame, title: str, lines: Sequence[str], *, yes: str, no: str = "No"
    ) -> None:
        super().__init__(frame)
        self._title = title
        self._lines = tuple(lines)
        self._answers = (yes, no)

    def compose(self) -> ComposeResult:
        """Lay out the question and its two answers."""
        with Vertical(classes="dialog"):
            yield Static(told(self._title), classes="dialog-title")
            for line in self._lines:
                yield Static(told(discreet(line, self.privacy)))
            yield KeyLine()

    def refresh_hints(self) -> None:
        """Show the two answers."""
        if self.composed:
            yes, no = self._answers
            keys = self.frame.keymap
            self.query_one(HintLine).hints = (
                (keys.shown("ask.no"), no),
                (keys.shown("ask.yes"), yes),
            )

    def handlers(self) -> Mapping[str, Handler]:
        """Every way out but yes is no."""
        return {"ask.yes": self.agree, "ask.no": self.refuse, "back": self.refuse}

    def agree(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def refuse(self) -> None:
        """Answer no."""
        self.dismiss(False)
