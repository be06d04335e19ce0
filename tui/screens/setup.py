"""The set-up: one question after another; nothing is written before the last enter."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from msgspec.structs import replace
from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input, Static

from services.domain.errors import BadInput, ConfigError
from services.domain.models import KeyInfo
from services.domain.secrets import Secret
from services.settings import first_run
from services.settings.urls import vendor_url
from services.system.paths import Paths
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.parts import setup_steps
from tui.screens.parts.setup_steps import (
    ADDRESS,
    KEY,
    KEYBOARDS,
    NAME,
    REVIEW,
    STEPS,
    WELCOME,
    Answers,
)
from tui.screens.parts.strips import KeyLine
from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import inert_content
from widgets.drawing.ink import DOT, signed
from widgets.sheets.setup import SetupSheet

LONGEST_LINE = 512
TYPED = (NAME, ADDRESS, KEY)
"""The steps that are answered with a line of text; the others are answered by choosing."""


class HiddenLine(Input):
    """A line for a key: what is in it is neither shown nor handed to any clipboard."""

    def render_line(self, y: int) -> Strip:
        """Draw the dots that stand for it in the signs of this terminal."""
        strip, dot = super().render_line(y), signed(DOT)
        dots = [Segment(text.replace(DOT, dot), style) for text, style, _ in strip]
        return Strip(dots, strip.cell_length)

    def action_copy(self) -> None:
        """Copy nothing."""

    def action_cut(self) -> None:
        """Cut nothing."""


class SetupScreen(ConsoleScreen[None]):
    """Asks for what a desk needs; the app looks after the vendor and the files.

    Args:
        context: the keys and the theme.
        paths: where the answers will be kept.
        answers: what is offered as an answer at first.
    """

    PLACE = "set-up"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("set-up", "welcome")]

    class KeyGiven(Message):
        """A key is to be checked with the vendor."""

        def __init__(self, base_url: str, key: Secret) -> None:
            super().__init__()
            self.base_url, self.key = base_url, key

    class CheckDropped(Message):
        """The operator went back: whatever the check of the key finds is not wanted."""

    class Agreed(Message):
        """Everything is answered: the files are to be written."""

        def __init__(self, answers: Answers) -> None:
            super().__init__()
            self.answers = answers

    class PracticeChosen(Message):
        """The sandbox is to be opened instead."""

    def __init__(self, context: ConsoleContext, paths: Paths, answers: Answers) -> None:
        super().__init__(context)
        self._paths = paths
        self.answers = answers
        self.step = WELCOME
        self.busy = False

    def compose(self) -> ComposeResult:
        """Lay out the question, the line for an answer, and the keys."""
        with Vertical(classes="dialog", id="setup-box"):
            yield SetupSheet(id="setup")
            plain = Input(id="answer", compact=True, max_length=LONGEST_LINE)
            hidden = HiddenLine(id="key", compact=True, max_length=LONGEST_LINE, password=True)
            with Horizontal(id="line"):
                yield Static(inert_content("> "))
                for line in (plain, hidden):
                    line.cursor_blink = False
                    yield line
            yield KeyLine()

    def begin(self) -> None:
        self._go_to(WELCOME)

    def place(self) -> str:
        """Tell the first step, which nothing leads back from, from the others."""
        return "welcome" if self.step == WELCOME else self.PLACE

    def refresh_hints(self) -> None:
        if not self.composed:
            return
        shown = self.context.keymap.shown
        forward = {WELCOME: "Choose", REVIEW: "Write and open"}.get(self.step, "Next")
        hints = [(shown("setup.go"), forward)]
        if self.step not in (*TYPED, REVIEW):
            hints.insert(0, (f"{shown('nav.down')}/{shown('nav.up')}", "Move"))
        if self.step != WELCOME:
            hints.append((shown("back"), "Back"))
        self.query_one(HintLine).hints = (*hints, (shown("leave"), "Leave"))

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does itself; leaving belongs to the app."""
        return {"setup.go": self.go_on, "back": self.go_back}

    def practise(self) -> None:
        self.post_message(self.PracticeChosen())

    def go_back(self) -> None:
        """Return to the step before; a key that is being checked is forgotten."""
        if self.busy:
            self.post_message(self.CheckDropped())
            self._show_busy("")
            return
        if self.step == WELCOME:
            self.say(f"Nothing was written. {self.context.keymap.shown('leave')} leaves.")
            return
        self._go_to(STEPS[STEPS.index(self.step) - 1])

    def go_on(self) -> None:
        """Take the answer of this step, or say what is wrong with it."""
        if self.busy:
            return
        take: Mapping[str, Callable[[], bool]] = {
            "welcome": self._take_way,
            "name": self._take_name,
            "address": self._take_address,
            "key": self._take_key,
            "keyboard": self._take_keyboard,
            "buyers": self._take_buyers,
            "review": self._take_agreement,
        }
        try:
            done = take[self.step]()
        except (BadInput, ConfigError) as refused:
            self.refuse(refused.sentence())
            return
        if done:
            self._go_to(STEPS[STEPS.index(self.step) + 1])

    def show_key(self, key: Secret, info: KeyInfo) -> None:
        self._show_busy("")
        self.answers = replace(self.answers, key=key, info=info)
        self._go_to(STEPS[STEPS.index(KEY) + 1])

    def refuse(self, sentence: str) -> None:
        """Say why this step cannot be left, and keep nothing of what was typed as a key."""
        self._show_busy("")
        self.query_one("#key", Input).value = ""
        self.query_one(SetupSheet).error = sentence

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.go_on()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value:
            self.query_one(SetupSheet).error = ""

    def _take_way(self) -> bool:
        if self.query_one(SetupSheet).chosen:
            self.practise()
            return False
        return True

    def _take_name(self) -> bool:
        name = first_run.new_name(self._paths, self.query_one("#answer", Input).value)
        self.answers = replace(self.answers, name=name)
        return True

    def _take_address(self) -> bool:
        typed = self.query_one("#answer", Input).value.strip()
        try:
            base_url = vendor_url(typed)
        except ValueError as bad:
            raise BadInput(f"This address cannot be used: {bad}") from None
        if base_url != self.answers.base_url:
            # What another address said of the key does not count here.
            self.answers = replace(self.answers, base_url=base_url, key=None, info=None)
        return True

    def _take_key(self) -> bool:
        typed = self.query_one("#key", Input).value
        if not typed and self.answers.key is not None:
            return True
        key = first_run.new_key(typed)
        self._show_busy("Asking the vendor about this key …")
        self.post_message(self.KeyGiven(self.answers.base_url, key))
        return False

    def _take_keyboard(self) -> bool:
        keyboard = KEYBOARDS[self.query_one(SetupSheet).chosen][0]
        self.answers = replace(self.answers, keyboard=keyboard)
        return True

    def _take_buyers(self) -> bool:
        self.answers = replace(self.answers, exclusive=self.query_one(SetupSheet).chosen == 1)
        return True

    def _take_agreement(self) -> bool:
        self._show_busy("Writing …")
        self.post_message(self.Agreed(self.answers))
        return False

    def _show_busy(self, words: str) -> None:
        self.busy = bool(words)
        sheet = self.query_one(SetupSheet)
        sheet.busy, sheet.error = words, ""

    def _go_to(self, step: str) -> None:
        self.step = step
        sheet = self.query_one(SetupSheet)
        sheet.step = setup_steps.step(step, self.answers, self._paths)
        sheet.error = ""
        sheet.chosen = self._chosen()
        line, hidden = self.query_one("#answer", Input), self.query_one("#key", Input)
        hidden.value = ""
        line.value = {NAME: self.answers.name, ADDRESS: self.answers.base_url}.get(step, "")
        # What is offered goes at the first letter or paste.
        line.action_select_all()
        self.query_one("#line").display = step in TYPED
        line.display, hidden.display = step != KEY, step == KEY
        (hidden if step == KEY else line if step in TYPED else sheet).focus()
        self.refresh_hints()

    def _chosen(self) -> int:
        if self.step == "keyboard":
            return [name for name, *_ in KEYBOARDS].index(self.answers.keyboard)
        return int(self.answers.exclusive) if self.step == "buyers" else 0
