"""The locked console: nothing of the desk can be seen, and work behind it goes on."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.base import ConsoleScreen
from tui.screens.strips import KeyLine
from widgets.bars import HintLine

NOTICE = (
    "Orders are tracked on behind this.",
    "Any key opens it. That hides the desk from passers-by and keeps nobody out: lock the "
    "session itself when you leave the room.",
)


class LockScreen(ConsoleScreen[None]):
    """Covers every other screen whole until a key is pressed; that key does nothing else."""

    PLACE = "lock"

    def compose(self) -> ComposeResult:
        """Lay out the notice."""
        with Vertical(classes="dialog"):
            yield Static(Content("carddesk is locked"), classes="dialog-title")
            for line in NOTICE:
                yield Static(Content(line))
            yield KeyLine()

    def refresh_hints(self) -> None:
        """Name the one thing that can be done."""
        if self.composed:
            self.query_one(HintLine).hints = (("any key", "Open"),)

    def say(self, sentence: str) -> None:
        """Say nothing: what is told to the operator is not for who stands here now."""

    def on_key(self, event: events.Key) -> None:
        """Open at any key."""
        event.stop()
        event.prevent_default()
        self.leave_screen()
