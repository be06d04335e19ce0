"""Setting the PIN of the lock: the old one if there is one, then the new one twice."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services.errors import BadInput
from services.lock_pin import check
from services.secrets import Secret
from tui.actions import bindings
from tui.pin_entry import PinEntry
from tui.screens.base import Dialog, Frame, Handler
from tui.screens.lock import PASTED
from tui.screens.strips import KeyLine
from widgets.bars import HintLine
from widgets.ink import DOT
from widgets.told import told

OLD, NEW, AGAIN = "The PIN until now", "The new PIN", "The new PIN again"
WIDTH = 20


class PinChange(NamedTuple):
    """What was typed: the PIN until now (None where there was none) and the new one."""

    old: Secret | None
    new: Secret


class PinScreen(Dialog[PinChange | None]):
    """Asks for a PIN; dismissed with what was typed, or with None when left by escape.

    Args:
        asks_old: whether there is a PIN that has to be typed first.
    """

    PLACE = "prompt"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompt")]

    def __init__(self, frame: Frame, *, asks_old: bool) -> None:
        super().__init__(frame)
        self._steps = [OLD, NEW, AGAIN] if asks_old else [NEW, AGAIN]
        self._typed: dict[str, Secret] = {}
        self._entry = PinEntry()
        self._said = "At least four signs. Nothing of it is shown, logged or kept but its hash."

    def compose(self) -> ComposeResult:
        """Lay out the question, the dots, and what is said of them."""
        with Vertical(classes="dialog"):
            yield Static(told("The PIN of the lock"), classes="dialog-title")
            yield Static(id="pin-line")
            yield Static(id="pin-said")
            yield KeyLine()

    def begin(self) -> None:
        """Ask for the first."""
        self._show()

    def refresh_hints(self) -> None:
        """Show how to go on or to leave."""
        if self.composed:
            self.query_one(HintLine).hints = (("enter", "Go on"), ("esc", "Cancel"))

    def handlers(self) -> Mapping[str, Handler]:
        """Escape leaves everything as it was."""
        return {"back": self.leave_screen}

    def on_key(self, event: events.Key) -> None:
        """Take a key for the PIN; escape and leaving are bound, and never come here."""
        if event.key == "escape":
            return
        event.stop()
        event.prevent_default()
        match self._entry.hear(event.key, event.character, event.time):
            case "entered":
                self._entered(self._entry.take())
            case "pasted":
                self._said = PASTED
            case _:
                pass
        self._show()

    def on_paste(self, event: events.Paste) -> None:
        """Refuse a paste: what is in a clipboard is no secret."""
        event.stop()
        event.prevent_default()
        self._entry.forget()
        self._said = PASTED
        self._show()

    def conceal(self) -> None:
        """Forget what was typed when the terminal loses the focus."""
        self._entry.forget()
        self._show()

    def _entered(self, pin: Secret) -> None:
        step = self._steps[len(self._typed)]
        try:
            if step == NEW:
                check(pin)
        except BadInput as bad:
            self._said = bad.sentence()
            return
        if step == AGAIN and pin != self._typed[NEW]:
            del self._typed[NEW]
            self._said = "The two are not the same. Type the new PIN again."
            return
        self._typed[step], self._said = pin, ""
        if len(self._typed) == len(self._steps):
            self.dismiss(PinChange(self._typed.get(OLD), self._typed[NEW]))

    def _show(self) -> None:
        if not self.composed or len(self._typed) == len(self._steps):
            return
        step = self._steps[len(self._typed)]
        dots = DOT * self._entry.count
        self.query_one("#pin-line", Static).update(told(f"{step.ljust(WIDTH)} {dots}"))
        self.query_one("#pin-said", Static).update(told(self._said))
