"""What counts as a person's yes: a deliberate `y`, then enter, and never a held key or a paste."""

from decimal import Decimal
from typing import Literal

from services import money

DEAF_SECONDS = 0.4
"""How long a review ignores every key: whoever was still typing did not mean it."""

REPEAT_SECONDS = 0.25
"""The same key again within this time is a held key or a double tap."""

BURST_SECONDS = 0.03
"""Different keys closer together than this were pasted: no hand is that quick."""

Heard = Literal["ignored", "cancelled", "armed", "disarmed", "typed", "wrong", "confirmed"]


class Confirmation:
    """Listens to the keys of one review.

    `y` arms it, and enter then confirms. Where the total has to be typed, typing it to the last
    digit arms it. Enter before that is the default, which is to cancel; any other key disarms.

    Args:
        opened_at: when the review was first shown, in steady seconds.
        total: what has to be typed, in DZD, or None.
    """

    def __init__(self, opened_at: float, total: Decimal | None = None) -> None:
        self.typed = ""
        self.armed = False
        self._total = total
        self._opened_at = opened_at
        self._last_at = opened_at
        self._last_key = ""

    def listening(self, at: float) -> bool:
        """Whether keys count yet."""
        return at - self._opened_at >= DEAF_SECONDS

    def hear(self, key: Literal["yes", "enter", "other"], character: str, at: float) -> Heard:
        """Take one key press.

        Args:
            key: which of the keys that mean something here it is.
            character: what it would type, empty for none.
            at: when it was pressed, in steady seconds.
        """
        since, self._last_at = at - self._last_at, at
        least = REPEAT_SECONDS if key == self._last_key else BURST_SECONDS
        self._last_key = key
        if not self.listening(at):
            return "ignored"
        if self._total is not None and len(character) == 1 and character in "0123456789., ":
            # Digits alone buy nothing, and a slow line delivers honest ones in bursts.
            self.typed = (self.typed + character)[:20]
            self.armed = self._matches()
            return "typed"
        if since < least:
            self.armed = False
            return "ignored"
        if key == "enter":
            return "confirmed" if self.armed else "cancelled"
        return self._arm() if key == "yes" else self._disarm()

    def erase(self) -> None:
        """Take the last digit back."""
        self.typed = self.typed[:-1]
        self.armed = self._total is not None and self._matches()

    def forget(self) -> None:
        """Take back everything that was typed and pressed."""
        self.typed, self.armed = "", False

    def _arm(self) -> Heard:
        self.armed = self._total is None or self._matches()
        return "armed" if self.armed else "wrong"

    def _disarm(self) -> Heard:
        self.armed = False
        return "disarmed"

    def _matches(self) -> bool:
        try:
            return money.parse(self.typed) == self._total
        except ValueError:
            return False
