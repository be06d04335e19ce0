"""The locked console: nothing of the desk can be seen, and work behind it goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from services.lock_pin import FORGOTTEN, Attempt, LockPin
from services.secrets import Secret
from tui.confirmation import REPEAT_SECONDS
from tui.pin_entry import PinEntry
from tui.screens.base import ConsoleScreen, Frame
from tui.screens.strips import KeyLine
from widgets.bars import HintLine
from widgets.cells import remaining
from widgets.ink import DOT
from widgets.told import told

GOES_ON = "Orders are tracked on behind this, and a purchase that was sent goes on."
CURTAIN = (
    "Any key opens it. That hides the desk from passers-by and keeps nobody out: set a PIN "
    "(carddesk lock-pin set), or lock the session itself when you leave the room."
)
LOCKED = f"A PIN opens it. Forgotten? {FORGOTTEN}"
PASTED = "That came in one piece, like a paste. Type it by hand, and then enter."
TOGETHER = "Several keys came at once, like a paste. Press one, alone."


class LockScreen(ConsoleScreen[str]):
    """Covers every other screen whole, until the PIN was typed or, without one, a key pressed.

    Dismissed with the key that opened it, which does nothing else.

    Args:
        piled_up: tells whether further keys wait behind the one that is being handled.
    """

    PLACE = "lock"
    HAS_STRIP = False

    class PinTried(Message):
        """A PIN was typed; it is to be compared, and `show_attempt` told what came of it."""

        def __init__(self, screen: "LockScreen", store: LockPin, pin: Secret) -> None:
            super().__init__()
            self.screen, self.store, self.pin = screen, store, pin

    def __init__(self, frame: Frame, piled_up: Callable[[], bool]) -> None:
        super().__init__(frame)
        self._piled_up = piled_up
        self._entry = PinEntry()
        self._said = ""
        self._busy = False
        self._wait_until: datetime | None = None
        self._wrong = 0
        self._quiet: Timer | None = None
        self._together = False

    def compose(self) -> ComposeResult:
        """Lay out the notice, the dots of the PIN and what is said of it."""
        with Vertical(classes="dialog"):
            yield Static(told("carddesk is locked"), classes="dialog-title")
            yield Static(told(GOES_ON))
            yield Static(id="lock-how")
            yield Static(id="lock-pin")
            yield Static(id="lock-said")
            yield KeyLine()

    def begin(self) -> None:
        """Say what opens it."""
        self._show()

    def refresh_hints(self) -> None:
        """Name what can be done."""
        if self.composed:
            keys = (("enter", "Open"), ("esc", "Start again"))
            self.query_one(HintLine).hints = keys if self._asks() else (("any key", "Open"),)

    def say(self, sentence: str) -> None:
        """Say nothing: what is told to the operator is not for who stands here now."""

    def watch_now(self) -> None:
        """Count the wait down."""
        if self._wait_until is not None and self.now is not None:
            if self.now >= self._wait_until:
                self._wait_until, self._said = None, "Type the PIN."
            else:
                self._said = self._waiting(self._wait_until)
            self._show()

    def on_key(self, event: events.Key) -> None:
        """Take a key for the PIN; without one, open when it stays alone for a moment."""
        event.stop()
        event.prevent_default()
        if self._busy or self._wait_until is not None:
            return
        store = self.frame.pin
        if store is None or not store.is_set():
            self._pressed(event.key)
            return
        match self._entry.hear(event.key, event.character, event.time):
            case "entered":
                self._busy = True
                self._said = "Checking ..."
                self.post_message(self.PinTried(self, store, self._entry.take()))
            case "pasted":
                self._said = PASTED
            case "typed":
                self._said = ""
            case "ignored":
                return
        self._show()

    def on_paste(self, event: events.Paste) -> None:
        """Refuse a paste: it may be anybody's, and it may hold anything."""
        event.stop()
        event.prevent_default()
        self._entry.forget()
        self._said = PASTED if self._asks() else TOGETHER
        self._show()

    def show_attempt(self, attempt: Attempt) -> None:
        """Open, or say how it stands with the next attempt."""
        self._busy = False
        if attempt.opened:
            self.dismiss("enter")
            return
        self._wrong = attempt.wrong
        self._said = f"Wrong PIN, {attempt.wrong} in a row."
        if attempt.wait and self.now is not None:
            self._wait_until = self.now + timedelta(seconds=attempt.wait)
            self._said = self._waiting(self._wait_until)
        self._show()

    def show_trouble(self, sentence: str) -> None:
        """Say why the PIN could not be compared."""
        self._busy, self._said = False, sentence
        self._show()

    def _asks(self) -> bool:
        return self.frame.pin is not None and self.frame.pin.is_set()

    def _waiting(self, until: datetime) -> str:
        left = remaining(until, self.now)
        return f"{self._wrong} wrong PINs in a row. The next one is taken in {left}."

    def _pressed(self, key: str) -> None:
        """Open once it is certain that the key was pressed alone, and is no part of a paste."""
        if self._quiet is not None:
            self._quiet.stop()
            self._together = True
        self._quiet = self.set_timer(REPEAT_SECONDS, lambda: self._settled(key))

    def _settled(self, key: str) -> None:
        together, self._together, self._quiet = self._together or self._piled_up(), False, None
        if self._asks():
            return
        if together:
            self._said = TOGETHER
            self._show()
        else:
            self.dismiss(key)

    def _show(self) -> None:
        """Write what is to be read; of the PIN only how long it is by now."""
        if not self.composed:
            return
        asks = self._asks()
        self._write("#lock-how", LOCKED if asks else CURTAIN)
        self._write("#lock-pin", f"PIN: {DOT * self._entry.count}" if asks else "")
        self._write("#lock-said", self._said)
        self.refresh_hints()

    def _write(self, selector: str, text: str) -> None:
        line = self.query_one(selector, Static)
        if str(line.content) != text:
            line.update(told(text))
