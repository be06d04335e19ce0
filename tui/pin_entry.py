"""A PIN as it is typed: sign by sign, never shown, and never from a paste."""

from typing import Literal

from services.lock_pin import LONGEST
from services.secrets import Secret
from tui.confirmation import BURST_SECONDS

Heard = Literal["ignored", "typed", "pasted", "entered"]


class PinEntry:
    """Listens to the keys of one PIN; `count` is all that may be drawn of it."""

    def __init__(self) -> None:
        self._signs: list[str] = []
        self._last_at = 0.0

    @property
    def count(self) -> int:
        """How many signs were typed."""
        return len(self._signs)

    def hear(self, key: str, character: str | None, at: float) -> Heard:
        """Take one key press.

        Args:
            key: as Textual names it.
            character: what it types, if it types anything.
            at: when it was pressed, in steady seconds.
        """
        since, self._last_at = at - self._last_at, at
        if key == "enter":
            if not self._signs:
                return "ignored"
            if since < BURST_SECONDS:
                # Unbracketed, a paste is keys, the last at the heels of those before it.
                self.forget()
                return "pasted"
            return "entered"
        if key == "backspace":
            self._signs[-1:] = []
        elif key == "escape":
            self.forget()
        elif character is not None and character.isprintable() and len(self._signs) < LONGEST:
            self._signs.append(character)
        else:
            return "ignored"
        return "typed"

    def take(self) -> Secret:
        """Return what was typed, and forget it."""
        pin = Secret("".join(self._signs))
        self.forget()
        return pin

    def forget(self) -> None:
        """Drop what was typed."""
        self._signs.clear()
