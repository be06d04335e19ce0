"""Setting the PIN of the lock: the old one if there is one, then the new one twice."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services.domain.errors import BadInput
from services.domain.secrets import Secret
from services.local_files.lock_pin import check
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, Dialog, Handler
from tui.screens.lock import NO_PIN, NO_SIGN, TOO_LONG
from tui.screens.parts.pin_entry import PinEntry
from tui.screens.parts.strips import KeyLine
from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import inert_content
from widgets.drawing.ink import DOT

OLD, NEW, AGAIN = "The old PIN", "The new PIN", "The new PIN again"
WIDTH = 20
FORGOTTEN = "The terminal lost the focus, so what was typed is forgotten. Type it again."
PASSING = frozenset({NO_PIN, NO_SIGN, FORGOTTEN, TOO_LONG})
"""What is said of a key, and is over with the next one."""


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

    def __init__(self, context: ConsoleContext, *, asks_old: bool) -> None:
        super().__init__(context)
        self._steps = [OLD, NEW, AGAIN] if asks_old else [NEW, AGAIN]
        self._typed: dict[str, Secret] = {}
        self._entry = PinEntry()
        self._said = (
            "At least four characters. It is never shown or logged; only a hash of it is kept."
        )

    def compose(self) -> ComposeResult:
        """Lay out the question, the dots, and what is said of them."""
        with Vertical(classes="dialog"):
            yield Static(inert_content("The PIN of the lock"), classes="dialog-title")
            yield Static(id="pin-line")
            yield Static(id="pin-said")
            yield KeyLine()

    def begin(self) -> None:
        self._show()

    def refresh_hints(self) -> None:
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
        match self._entry.hear(event.key, event.character):
            case "entered":
                self._entered(self._entry.take())
            case "empty":
                self._said = NO_PIN
            case "ignored":
                self._said = NO_SIGN
            case "full":
                self._said = TOO_LONG
            case "typed":
                self._said = self._said if self._said not in PASSING else ""
        self._show()

    def conceal(self) -> None:
        """Forget what was typed when the terminal loses the focus, and say so."""
        if self._entry.count:
            self._said = FORGOTTEN
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
        self.query_one("#pin-line", Static).update(inert_content(f"{step.ljust(WIDTH)} {dots}"))
        self.query_one("#pin-said", Static).update(inert_content(self._said))
