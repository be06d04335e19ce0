"""What a watch is to speak of: three lines to set, and the way to take it off."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import ClassVar, Final, Literal

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services.domain.errors import BadInput
from services.domain.local_time import local_day_name
from services.domain.typed import digits
from services.domain.watching.watch import GoodsWatch, WatchedFor
from tui.actions.action import ActionContext
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, Dialog, Handler
from tui.screens.parts.strips import KeyLine
from widgets.bars.key_hints import HintLine
from widgets.drawing import style
from widgets.drawing.canvas import inert_content

WatchAnswer = WatchedFor | Literal["remove"]

LABEL: Final = 30
LONGEST: Final = 6
COSTS: Final = ("", "1", "2", "5", "10", "20")
LEFT: Final = ("", "1", "5", "10", "20", "50", "100")
ROWS: Final = ("back in stock", "cost moves by more than", "fewer in stock than")
EXPLAINED: Final = (
    "Read about once a minute, behind what you wait for. It is said on the message line, in the log"
    " and as ui.tell and ui.tell_command have it."
)


class WatchScreen(Dialog[WatchAnswer | None]):
    """Asks what a watch is to speak of; dismissed with that, with `remove`, or with None.

    Args:
        goods: what is watched, by its name.
        now_words: how many there are now, in words.
        held: the watch that there is; None for a new one.
    """

    PLACE = "watch"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("watch")]

    def __init__(
        self, context: ConsoleContext, goods: str, now_words: str, held: GoodsWatch | None
    ) -> None:
        super().__init__(context)
        self._goods = goods
        self._now_words = now_words
        self._held = held
        wants = held.wants if held else WatchedFor()
        self._back = wants.back
        self._typed = ["", _shown(wants.percent), _shown(wants.below)]
        self._row = 0
        self._fresh = True

    def compose(self) -> ComposeResult:
        title = f"{'Watched' if self._held else 'Watch'}: {self._goods}"
        with Vertical(classes="dialog"):
            yield Static(inert_content(title), classes="dialog-title")
            yield Static(id="watch-rows")
            yield Static(inert_content(*self._facts()), id="watch-facts")
            yield KeyLine()

    def begin(self) -> None:
        self._show()

    def situation(self) -> ActionContext:
        return replace(super().situation(), watched=self._held is not None)

    def refresh_hints(self) -> None:
        if self.composed:
            keys = self.context.keymap
            off = ((keys.shown("off"), "Watch no more"),) if self._held else ()
            self.query_one(HintLine).hints = (
                (keys.shown("watch.set"), "Keep" if self._held else "Watch"),
                (f"{keys.shown('nav.down')}/{keys.shown('nav.up')}", "Line"),
                (f"{keys.shown('left')}/{keys.shown('right')}", "Other value"),
                *off,
                (keys.shown("back"), "Cancel"),
            )

    def handlers(self) -> Mapping[str, Handler]:
        """Enter sets the watch; escape leaves all as it was."""
        return {
            "watch.set": self._set,
            "off": partial(self.dismiss, "remove"),
            "left": partial(self._step, -1),
            "right": partial(self._step, 1),
            "back": self.leave_screen,
        }

    def on_key(self, event: events.Key) -> None:
        """Take the keys that move and type; name the others that work here."""
        keys = self.context.keymap
        if keys.presses("nav.down", event.key) or event.key == "tab":
            self._go(1)
        elif keys.presses("nav.up", event.key) or event.key == "shift+tab":
            self._go(-1)
        elif event.key == "space" and not self._row:
            self._step(1)
        elif event.key == "backspace" and self._row:
            self._type(self._typed[self._row][:-1])
        elif self._row and (sign := self._sign(event)):
            self._type(sign if self._fresh else self._typed[self._row] + sign)
        else:
            super().on_key(event)
            return
        event.stop()
        event.prevent_default()

    def _sign(self, event: events.Key) -> str:
        """Return the digit or the point that a key types here; nothing for another key."""
        typed = digits.typed(event.character or "", self.context.settings.ui.keyboard)
        if len(typed) == 1 and typed.isascii() and typed.isdigit():
            return typed
        # A stock has no decimals.
        return "." if self._row == 1 and typed in (".", ",", ";", ":") else ""

    def _type(self, text: str) -> None:
        self._typed[self._row], self._fresh = text[:LONGEST], False
        self._show()

    def _go(self, by: int) -> None:
        self._row, self._fresh = (self._row + by) % len(ROWS), True
        self._show()

    def _step(self, by: int) -> None:
        """Change the row: yes or no, or the next usual number."""
        if not self._row:
            self._back = not self._back
        else:
            usual = COSTS if self._row == 1 else LEFT
            self._typed[self._row] = _beside(usual, self._typed[self._row], by)
            self._fresh = True
        self._show()

    def _set(self) -> None:
        try:
            self.dismiss(self._wanted().checked())
        except BadInput as bad:
            self.say(bad.failure.message)

    def _wanted(self) -> WatchedFor:
        """Read what is typed; raises BadInput."""
        _, percent, below = self._typed
        try:
            return WatchedFor(
                self._back,
                Decimal(percent) if percent else None,
                int(below) if below else None,
            )
        except (InvalidOperation, ValueError):
            raise BadInput(f'"{percent}" is not a number of per cents') from None

    def _show(self) -> None:
        mark = ">" if style.now().ascii else "▌"
        _, percent, below = self._typed
        values = [
            "yes" if self._back else "no",
            f"{percent} %" if percent else "off",
            below or "off",
        ]
        lines = [
            f"{mark if at == self._row else ' '} {label.ljust(LABEL)}{value}"
            for at, (label, value) in enumerate(zip(ROWS, values, strict=True))
        ]
        self.query_one("#watch-rows", Static).update(inert_content(*lines))

    def _facts(self) -> Sequence[str]:
        lines = ["", self._now_words] if self._now_words else [""]
        if self._held is not None:
            when = local_day_name(self._held.since, self.context.clock.now())
            lines.append(f"Set {when} by {self._held.by}.")
            if self._held.gone:
                lines.append("The vendor does not list it any more.")
        return [*lines, "", EXPLAINED]


def _shown(amount: Decimal | int | None) -> str:
    return "" if amount is None else f"{Decimal(amount).normalize():f}"


def _beside(usual: Sequence[str], text: str, by: int) -> str:
    """Return the usual number before or after what is typed."""
    now = float(text) if text.replace(".", "", 1).isdigit() else 0.0
    numbers = [float(each or 0) for each in usual]
    if by > 0:
        after = [each for each, number in zip(usual, numbers, strict=True) if number > now]
        return after[0] if after else text
    before = [each for each, number in zip(usual, numbers, strict=True) if number < now]
    return before[-1] if before else ""
