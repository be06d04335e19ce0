"""What counts as a person's yes: a deliberate `y`, then enter, and never a held key or a paste."""

from decimal import Decimal
from typing import Literal

from services.domain import money

IGNORE_KEYS_SECONDS = 0.4
"""How long a review ignores every key: keys typed ahead do not count."""

REPEAT_SECONDS = 0.25
"""The same key again within this time is a held key or a double tap."""

BURST_SECONDS = 0.03
"""Different keys closer together than this were pasted: no hand is that quick."""

TOTAL_SIGNS = frozenset("0123456789.,' \u2019\u066b\u066c\u00a0\u202f\u2009")
"""What a total is typed with: digits, decimal marks and what groups thousands."""

LONGEST_TOTAL = 24

KeyResult = Literal[
    "early", "together", "again", "cancelled", "armed", "disarmed", "typed", "wrong", "confirmed"
]
"""What one key press came to.

`early` and `together` are ignored: too soon after the review opened, or too close to the key
before. `again` is an enter that would cancel, pressed after a yes that was ignored.
"""


class Confirmation:
    """Listens to the keys of one review.

    `y` arms it, and enter then confirms. Where the total has to be typed, typing it arms it. Enter
    before that is the default, which is to cancel, unless a yes was pressed and ignored before;
    any other key disarms.

    Args:
        opened_at: when the review was first shown, in steady seconds.
        total: what has to be typed, in DZD, or None.
        missed: whether a yes was pressed before the review opened.
    """

    def __init__(
        self, opened_at: float, total: Decimal | None = None, *, missed: bool = False
    ) -> None:
        self.typed = ""
        self.armed = False
        self._total = total
        self._opened_at = opened_at
        self._last_at = opened_at
        self._last_key = ""
        self._missed = missed

    def listening(self, at: float) -> bool:
        """Whether keys count yet."""
        return at - self._opened_at >= IGNORE_KEYS_SECONDS

    def hear(self, key: Literal["yes", "enter", "other"], character: str, at: float) -> KeyResult:
        """Take one key press.

        Args:
            key: which of the keys that mean something here it is.
            character: what it would type, its digits as 0 to 9; empty for none.
            at: when it was pressed, in steady seconds.
        """
        since, self._last_at = at - self._last_at, at
        least = REPEAT_SECONDS if key == self._last_key else BURST_SECONDS
        self._last_key = key
        digit = self._total is not None and len(character) == 1 and character in TOTAL_SIGNS
        if not self.listening(at):
            self._missed |= digit or key == "yes"
            return "early"
        if digit:
            # Digits alone buy nothing, and a slow line delivers honest ones in bursts.
            self.typed = (self.typed + character)[:LONGEST_TOTAL]
            self.armed = self._matches()
            return "typed"
        if since < least:
            self._missed |= self.armed or key == "yes"
            self.armed = False
            return "together"
        if key == "enter":
            return self._enter()
        return self._arm() if key == "yes" else self._disarm()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self.armed = self._total is not None and self._matches()

    def forget(self) -> None:
        self.typed, self.armed = "", False

    def _enter(self) -> KeyResult:
        if self.armed:
            return "confirmed"
        if self.typed:
            return "wrong"
        return "again" if self._missed else "cancelled"

    def _arm(self) -> KeyResult:
        self.armed = self._total is None or self._matches()
        self._missed = False
        return "armed" if self.armed else "wrong"

    def _disarm(self) -> KeyResult:
        self.armed = self._missed = False
        return "disarmed"

    def _matches(self) -> bool:
        return self._total is not None and money.same(self.typed, self._total)
