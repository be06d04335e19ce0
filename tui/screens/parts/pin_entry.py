"""A PIN as it is typed: character by character, and never shown."""

from typing import Literal

from services.domain.secrets import Secret
from services.local_files.lock_pin import LONGEST

PinResult = Literal["ignored", "empty", "full", "typed", "entered"]


class PinEntry:
    """Listens to the keys of one PIN; `count` is all that may be drawn of it."""

    def __init__(self) -> None:
        self._typed: list[str] = []

    @property
    def count(self) -> int:
        """How many characters were typed."""
        return len(self._typed)

    def hear(self, key: str, character: str | None) -> PinResult:
        """Take one key press: the key as Textual names it, and what it types, if anything."""
        if key == "enter":
            return "entered" if self._typed else "empty"
        if key == "backspace":
            del self._typed[-1:]
        elif key == "escape":
            self.forget()
        elif character is None or not character.isprintable():
            return "ignored"
        elif len(self._typed) == LONGEST:
            return "full"
        else:
            self._typed.append(character)
        return "typed"

    def take(self) -> Secret:
        """Return what was typed, and forget it."""
        pin = Secret("".join(self._typed))
        self.forget()
        return pin

    def forget(self) -> None:
        self._typed.clear()
