"""What a list is to be exported as: one key, enter for the same as the last time."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.actions import bindings
from tui.screens.base import Dialog, Frame, Handler
from tui.screens.strips import KeyLine
from widgets.bars import HintLine
from widgets.told import told

NAMES = {"csv": "CSV, for a spreadsheet", "json": "JSON, for a program"}


class ExportScreen(Dialog[str | None]):
    """Asks for a format; dismissed with `csv` or `json`, or with None.

    Args:
        what: what would be exported, in words.
        last: the format that was chosen the last time.
    """

    PLACE = "export"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("export")]

    def __init__(self, frame: Frame, what: str, last: str) -> None:
        super().__init__(frame)
        self._what = what
        self._last = last

    def compose(self) -> ComposeResult:
        """Lay out the question and its answers."""
        keys = self.frame.keymap
        with Vertical(classes="dialog"):
            yield Static(told(f"Export {self._what} as what?"), classes="dialog-title")
            for kind, name in NAMES.items():
                also = f", or {keys.shown('export.last')}" if kind == self._last else ""
                yield Static(told(f"{keys.shown(f'export.{kind}')}{also}: {name}"))
            yield Static(told("No code is in it, and only this user of the machine can read it."))
            yield KeyLine()

    def refresh_hints(self) -> None:
        """Show the answers."""
        if self.composed:
            keys = self.frame.keymap
            self.query_one(HintLine).hints = (
                (keys.shown("export.csv"), "CSV"),
                (keys.shown("export.json"), "JSON"),
                (keys.shown("back"), "Cancel"),
            )

    def handlers(self) -> Mapping[str, Handler]:
        """Each format has a key; escape writes nothing."""
        return {
            **super().handlers(),
            "export.csv": partial(self.dismiss, "csv"),
            "export.json": partial(self.dismiss, "json"),
            "export.last": partial(self.dismiss, self._last),
        }
