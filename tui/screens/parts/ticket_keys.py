"""The keys of a ticket: the digits, and what counts as a person's yes.

A yes is a deliberate `y`, then enter, and never a held key or a paste.
"""

from decimal import Decimal
from typing import Literal

from textual import events
from textual.widgets import Input

from services.domain import money
from services.domain.typed import digits
from tui.actions.keymap import Keymap

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
    "early",
    "together",
    "again",
    "cancelled",
    "armed",
    "disarmed",
    "typed",
    "erased",
    "wrong",
    "confirmed",
]
"""What one key press came to.

`early` and `together` are ignored: too soon after the review opened, or too close to the key
before. `again` is an enter that would cancel, pressed after a yes that was ignored.
"""

Hint = tuple[str, str]


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

    def press(self, event: events.Key, keys: Keymap, keyboard: str) -> tuple[KeyResult, str]:
        """Take a key as it was pressed, on a keyboard as in the settings.

        Returns:
            What it came to, and a sentence on it where the review itself does not show it.
        """
        if event.key == "backspace":
            self.erase()
            return "erased", ""
        go, yes = (keys.presses(f"ticket.{name}", event.key) for name in ("go", "arm"))
        was_armed = self.armed
        character = digits.typed(event.character or "", keyboard)
        result = self.hear("enter" if go else "yes" if yes else "other", character, event.time)
        return result, self._words(result, keys, was_armed=was_armed)

    def hints(self, keys: Keymap, does: str) -> tuple[Hint, ...]:
        """Return the keys of the review and what they do; `does` is what a yes does."""
        back, go = (keys.shown("back"), "Close"), keys.shown("ticket.go")
        if self.armed:
            return (go, does), back
        yes = keys.shown("ticket.arm") if self._total is None else "the cost"
        return (f"{yes} then {go}", does), (f"{go} alone", "Back"), back

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

    def _words(self, result: KeyResult, keys: Keymap, *, was_armed: bool) -> str:
        go = keys.shown("ticket.go")
        first = keys.shown("ticket.arm") if self._total is None else "type the cost"
        how = f"{first}, then {go}"
        match result:
            case "early":
                return f"Read first: {how}."
            case "together":
                return f"Two keys at once, as from a paste or a held key, do not count: {how}."
            case "again":
                return f"That {go} did nothing: the yes before it came too soon. To buy: {how}."
            case "wrong" if self._total is not None and self.typed:
                total = f"{money.show(self._total)} DZD"
                return f"It costs {total}, not {self.typed}. Correct it, then {go}."
            case "wrong":
                return f"A yes is not enough for this cost: {how}."
            case "disarmed":
                said = "That took the yes back" if was_armed else "That key does nothing"
                return f"{said}. To buy: {how}."
            case "cancelled":
                return "Back to the ticket. Nothing was sent."
            case _:
                return ""


def taken(keys: Keymap) -> frozenset[str]:
    """Return the keys that are not typed where a number is asked for."""
    actions = ("ticket.more", "ticket.less", "ticket.add")
    return frozenset(key for action in actions for key in keys.pressed(action))


def counted_by(keys: Keymap) -> str:
    """Name the keys for one card more and one less."""
    return f"{keys.shown('ticket.more')} and {keys.shown('ticket.less')}: one more, one less"


class QuantityInput(Input):
    """A line for a number that leaves the keys for more and less to the ticket.

    Args:
        value: what is in it first.
        taken: the keys that are not typed here.
        keyboard: the `ui.keyboard` setting, whose digit row types digits here.
    """

    def __init__(self, value: str, taken: frozenset[str], keyboard: str) -> None:
        super().__init__(value, id="quantity", compact=True, max_length=12)
        self.cursor_blink = False
        self.taken = taken
        self.keyboard = keyboard

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in self.taken and super().check_consume_key(key, character)

    def on_key(self, event: events.Key) -> None:
        if event.character is not None:
            event.character = digits.typed(event.character, self.keyboard)

    def on_paste(self, event: events.Paste) -> None:
        """Take a number that was copied somewhere, without its groups of thousands."""
        first = next(iter(event.text.splitlines()), "")
        found = [amount for amount in money.readings(first) if amount % 1 == 0]
        if found:
            event.text = f"{found[-1]:.0f}"
