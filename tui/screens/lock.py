"""The locked console: nothing of the desk can be seen, and work behind it goes on."""

from datetime import datetime, timedelta

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from services.domain.errors import Failure
from services.domain.phrase import Phrase
from services.local_files.lock_pin import FORGOTTEN, LONGEST, PinAttempt
from tui.screens.base import ConsoleContext, ConsoleScreen
from tui.screens.parts.pin_entry import PinEntry
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import UnlockRequest
from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import inert_content
from widgets.drawing.cells import due
from widgets.drawing.ink import DOT

GOES_ON = "Orders are still followed, and a purchase that was sent goes on."
CURTAIN = (
    "No PIN is set: any key unlocks. {key} sets one once it is open; or lock the computer when you "
    "leave the room."
)
LOCKED = f"A PIN opens it. Forgotten? {FORGOTTEN}"
LOCKS = "This key locks. Any other key unlocks."
NO_PIN = "No PIN is typed yet. Type it, then press enter."
NO_SIGN = "That key is not part of a PIN. Type the PIN, then press enter."
TOO_LONG = f"A PIN has at most {LONGEST} characters: this one was not taken. Backspace deletes one."


class LockScreen(ConsoleScreen[None]):
    """Covers every other screen whole, until the PIN was typed or, without one, a key pressed.

    The key that opened it does nothing else.
    """

    PLACE = "lock"
    HAS_STRIP = False

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__(context)
        self._entry = PinEntry()
        self._said = ""
        self._busy = False
        self._wait_until: datetime | None = None
        self._wrong = 0

    @property
    def listens(self) -> bool:
        """Nothing is said of purchases here."""
        return False

    def compose(self) -> ComposeResult:
        """Lay out the notice, the dots of the PIN and what is said of it."""
        with Vertical(classes="dialog"):
            yield Static(inert_content("carddesk is locked"), classes="dialog-title")
            yield Static(inert_content(GOES_ON))
            yield Static(id="lock-how")
            yield Static(id="lock-pin")
            yield Static(id="lock-said")
            yield KeyLine()

    def begin(self) -> None:
        self._show()

    def refresh_hints(self) -> None:
        if self.composed:
            keys = (("enter", "Unlock"), ("esc", "Start again"))
            self.query_one(HintLine).hints = keys if self._asks() else (("any key", "Unlock"),)

    def say(self, sentence: str | Phrase) -> None:
        """Say nothing: a message for the operator is not for who is here now."""

    def watch_now(self) -> None:
        if self._wait_until is not None and self.now is not None:
            if self.now >= self._wait_until:
                self._wait_until, self._said = None, "Type the PIN."
            else:
                self._said = self._waiting(self._wait_until)
            self._show()

    def on_key(self, event: events.Key) -> None:
        """Take a key for the PIN; without one, open."""
        event.stop()
        event.prevent_default()
        if self._busy or self._wait_until is not None:
            return
        store = self.context.pin
        if store is None or not store.is_set():
            if not self.context.keymap.presses("lock", event.key):
                self.dismiss()
                return
            # Held a little too long, it must not open what it has just locked.
            self._said = LOCKS
            self._show()
            return
        match self._entry.hear(event.key, event.character):
            case "entered":
                self._busy = True
                self._said = "Checking …"
                pin = self._entry.take()
                self.post_message(UnlockRequest(store, pin, reply=self.show_attempt))
            case "typed":
                self._said = ""
            case "empty":
                self._said = NO_PIN
            case "ignored":
                self._said = NO_SIGN
            case "full":
                self._said = TOO_LONG
        self._show()

    def show_attempt(self, attempt: PinAttempt | None, error: Failure | None) -> None:
        """Open, or say when the next attempt is possible, or why the PIN was not compared."""
        self._busy = False
        if attempt is None:
            self._said = str(error.sentence()) if error else ""
            self._show()
            return
        if attempt.opened:
            self.dismiss()
            return
        self._wrong = attempt.wrong
        self._said = f"Wrong PIN, {attempt.wrong} in a row."
        if attempt.wait and self.now is not None:
            self._wait_until = self.now + timedelta(seconds=attempt.wait)
            self._said = self._waiting(self._wait_until)
        self._show()

    def _asks(self) -> bool:
        return self.context.pin is not None and self.context.pin.is_set()

    def _waiting(self, until: datetime) -> str:
        when = due(until, self.now)
        return f"{self._wrong} wrong PINs in a row. The next one is taken {when}."

    def _show(self) -> None:
        """Write what is to be read; of the PIN only how long it is by now."""
        if not self.composed:
            return
        asks = self._asks()
        self._write(
            "#lock-how",
            LOCKED if asks else CURTAIN.format(key=self.context.keymap.shown("lock.pin")),
        )
        self._write("#lock-pin", f"PIN: {DOT * self._entry.count}" if asks else "")
        self._write("#lock-said", self._said)
        self.refresh_hints()

    def _write(self, selector: str, text: str) -> None:
        line = self.query_one(selector, Static)
        if str(line.content) != text:
            line.update(inert_content(text))
