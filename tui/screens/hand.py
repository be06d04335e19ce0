"""What a customer is given of a card, looked at with the card masked, and where it is to go."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services import customer_text
from services.book_models import BoardOrder
from services.models import Card
from services.text import fit
from tui.actions import bindings
from tui.screens.base import Dialog, Frame, Handler
from tui.screens.strips import KeyLine
from tui.situation import Situation
from widgets.bars import HintLine
from widgets.ink import inert
from widgets.told import told

Cards = tuple[tuple[int, Card], ...]

COPIED = "to the terminal's clipboard, which is asked to forget it soon."
NOT_COPIED = "copying to the clipboard is turned off (ui.copy)."
KEPT = "into a file that only you can read, listed until you delete it."
RECORDED = "Recorded with your name before it happens, without the card."
AROUND, AROUND_NARROW = 13, 15
"""Lines of the dialog that are not the text; more where its own sentences have to be broken."""

WHOLE_SENTENCES = 72
WIDEST = 72


class HandChoice(Struct, frozen=True):
    """What is to be done: with which template, and whether into a file.

    `cards` is empty when they had to be hidden before anything was chosen.
    """

    name: str = ""
    template: str = ""
    to_file: bool = False
    cards: Cards = ()


class HandScreen(Dialog[HandChoice | None]):
    """Asks where a text for a customer is to go; dismissed with a choice, or with None.

    The cards are never drawn here. They are held for as long as they might be revealed, and dropped
    when the terminal loses the focus or something covers this.

    Args:
        order: whose cards they are.
        cards: which of them, as pairs of index and card.
    """

    PLACE = "hand"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("hand")]

    def __init__(self, frame: Frame, order: BoardOrder, cards: Cards) -> None:
        super().__init__(frame)
        ui = frame.settings.ui
        self._order = order
        self._cards = cards
        self._count = len(cards)
        self._serial = any(card.serial for _, card in cards)
        self._templates = customer_text.choices(ui.customer_template)
        own = customer_text.OWN
        self._language = own if own in self._templates else ui.customer_language

    def compose(self) -> ComposeResult:
        """Lay out the text as it will be, and the ways it can go."""
        keys = self.frame.keymap
        copied = COPIED if self.frame.settings.ui.copy else NOT_COPIED
        with Vertical(classes="dialog"):
            yield Static(told(self._title()), classes="dialog-title")
            yield Static(id="hand-text")
            yield Static(id="hand-language")
            yield Static(told(f"{keys.shown('hand.copy')}: {copied}"))
            yield Static(told(f"{keys.shown('hand.file')}: {KEPT}"))
            yield Static(told(RECORDED))
            yield KeyLine()

    def begin(self) -> None:
        """Show the text, and hold the cards no longer than they could have been looked at."""
        self._show()
        self.set_timer(self.frame.settings.ui.reveal_seconds, self.conceal)

    def situation(self) -> Situation:
        """Add that cards are held, which is what hiding ends."""
        return replace(super().situation(), revealed=bool(self._cards))

    def refresh_hints(self) -> None:
        """Show the answers."""
        if self.composed:
            keys = self.frame.keymap
            copying = ((keys.shown("hand.copy"), "Clipboard"),)
            self.query_one(HintLine).hints = (
                *(copying if self.frame.settings.ui.copy else ()),
                (keys.shown("hand.file"), "File"),
                (keys.shown("hand.language"), "Language"),
                (keys.shown("back"), "Cancel"),
            )

    def handlers(self) -> Mapping[str, Handler]:
        """Each way has a key; escape gives nothing away."""
        return {
            **super().handlers(),
            "hand.copy": partial(self._choose, to_file=False),
            "hand.file": partial(self._choose, to_file=True),
            "hand.language": self._next_language,
        }

    def conceal(self) -> None:
        """Drop the cards, and close without giving anything away."""
        self.frame.line.hurry()
        self._cards = ()
        if self.composed and self.is_current:
            self.dismiss(HandChoice())

    def on_resize(self) -> None:
        """Show as much of the text as there is room for now."""
        if self.composed:
            self._show()

    def on_screen_suspend(self) -> None:
        """Drop the cards when another screen covers this one."""
        self._cards = ()

    def on_screen_resume(self) -> None:
        """Close when the cards are gone."""
        if not self._cards:
            self.conceal()

    def watch_privacy(self, privacy: bool) -> None:
        """Drop the cards when privacy mode begins."""
        if privacy and self.composed:
            self.conceal()

    def _title(self) -> str:
        indexes = [index for index, _ in self._cards]
        which = f"card {indexes[0] + 1}" if len(indexes) == 1 else f"{len(indexes)} cards"
        return f"Text for the customer: {which}"

    def _choose(self, *, to_file: bool) -> None:
        template = self._templates[self._language]
        self.dismiss(HandChoice(self._language, template, to_file, self._cards))

    def _next_language(self) -> None:
        names = list(self._templates)
        self._language = names[(names.index(self._language) + 1) % len(names)]
        self._show()

    def _show(self) -> None:
        """Write the text of one card, itself masked, and what it is written in."""
        template = self._templates[self._language]
        text = customer_text.masked(template, self._order, serial=self._serial)
        width = max(20, min(WIDEST, self.size.width - 8))
        lines = [f"  {fit(inert(line), width).rstrip()}" for line in text.split("\n")]
        around = AROUND if self.size.width >= WHOLE_SENTENCES else AROUND_NARROW
        if len(lines) > (most := max(2, self.size.height - around)):
            lines = [*lines[: most - 1], "  ..."]
        if self._count > 1:
            lines.append(f"  ... and so on for each of the {self._count} cards.")
        key = self.frame.keymap.shown("hand.language")
        words = f"Written {customer_text.named(self._language)}; {key} changes that for this time."
        self.query_one("#hand-text", Static).update(told(*lines))
        self.query_one("#hand-language", Static).update(told(words))
