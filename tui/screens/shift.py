"""The shift report: what was sold since the last closing; closing it, and the shifts before."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from services.domain.errors import Failure
from services.domain.shop import shift_words
from tui.actions.action import Action, ActionContext
from tui.actions.table import BY_ID, bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.parts.filter import export_handlers
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import CloseShiftRequest, ShiftOutRequest, ShiftRequest
from widgets.sheets.shift import ShiftSheet

if TYPE_CHECKING:
    from services.domain.shop.shift import ShiftReport

HINTED = (
    "shift", "right", "copy", "write", "export.csv", "left", "print", "undelivered", "privacy",
    "help",
)  # fmt: skip
WORDS = {"shift": "Close the shift", "left": "Before", "right": "After"}
STILL_READING = "The report is still being read."
CLOSED = "This shift is closed; l goes to the one that goes on."


class ShiftScreen(ConsoleScreen[None]):
    """Shows the shift that goes on, then the closed ones; the key that opened it closes it."""

    PLACE = "shift"
    BESIDE_DESK = FRAMES_ITSELF = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("shift")]

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__(context)
        self._last = 0
        self._followed: tuple[object, object] = (None, None)
        self._asked: int | None = None

    def compose(self) -> ComposeResult:
        yield self.status_bar()
        yield ShiftSheet(id="shift").data_bind(ConsoleScreen.privacy)
        yield KeyLine(id="hints")

    def begin(self) -> None:
        self.sheet.focus()
        self.ask_again()

    @property
    def sheet(self) -> ShiftSheet:
        return self.query_one(ShiftSheet)

    def situation(self) -> ActionContext:
        """Add whether the shift that is shown can be closed."""
        base = super().situation()
        if not self.composed:
            return base
        report = self.sheet.report
        why = STILL_READING if report is None or self.sheet.busy else ""
        return replace(base, why_not_closed=CLOSED if report and report.closed else why)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **super().handlers(),
            "shift": self.close_shift,
            "refresh": self.ask_again,
            "left": partial(self.step, -1),
            "right": partial(self.step, 1),
            "copy": partial(self.put_out, "copy"),
            "write": partial(self.put_out, "file"),
            "print": partial(self.put_out, "print"),
            **export_handlers(self.put_out),
        }

    def hinted(self) -> Sequence[Action]:
        """Name what can be done with this report; the ways to others only where there are any."""
        there = {"left": (self._asked or self._last) > 1, "right": self._asked is not None}
        return [BY_ID[name] for name in HINTED if there.get(name, True)]

    def words(self, action: Action) -> str:
        return WORDS.get(action.id) or super().words(action)

    def ask_again(self) -> None:
        """Read the shift that is shown again."""
        self.sheet.busy = self._asked is None
        early = partial(self.show_report, early=True)
        self.post_message(ShiftRequest(self._asked, early, reply=self.show_report))

    def step(self, by: int) -> None:
        """Go to the shift before or after; the last one is the one that goes on."""
        current = self._asked or self._last
        wanted = current + by
        if not self._last or not 1 <= wanted <= self._last:
            self.say("No shift was closed before." if by < 0 else "This is the shift that goes on.")
            return
        self._asked = wanted if wanted < self._last else None
        self.ask_again()

    def close_shift(self) -> None:
        """Ask, then close the shift that goes on."""
        if (report := self.sheet.report) is None:
            return
        lines = [
            line for line in (shift_words.open_sentence(report), shift_words.STAYS) if line
        ]  # fmt: skip
        words = shift_words.account_words(report)
        question = AskScreen(
            self.context,
            f"Close shift {report.number}, {shift_words.span(report)}?",
            [*([shift_words.sentence_of(words)] if words else []), *lines],
            yes="Close the shift",
        )
        self.ask(question, partial(self._answered, report.number))

    def put_out(self, way: str) -> None:
        if (report := self.sheet.report) is None:
            self.say(STILL_READING)
        else:
            self.post_message(ShiftOutRequest(report, way, reply=self._done))

    def show_report(
        self, report: "ShiftReport | None", error: Failure | None = None, *, early: bool = False
    ) -> None:
        """Take a report, or why there is none; `early`: its account is still being read."""
        if not self.composed:
            return
        sheet = self.sheet
        sheet.busy, sheet.error = early, error
        if report is not None:
            sheet.report = report
            if not report.closed:
                self._last = report.number
        self.refresh_hints()

    def watch_book(self) -> None:
        """Read the journal's part again when an order moved on; the account stays as it was."""
        super().watch_book()
        book, before = self.book, self._followed
        self._followed = (book.orders, book.info)
        if not self.composed or self._asked is not None or self.sheet.busy:
            return
        if self.sheet.error is not None and book.info is not before[1]:
            self.ask_again()
        elif book.orders is not before[0]:
            self.post_message(ShiftRequest(None, reply=self._follow))

    def _follow(self, report: "ShiftReport | None", _: Failure | None) -> None:
        if not self.composed or report is None or self._asked is not None:
            return
        held = self.sheet.report
        if held is not None and held.number == report.number:
            report = replace(report, account=held.account, not_read=held.not_read)
        self.show_report(report)

    def same(self, other: Screen[Any]) -> bool:
        """Tell whether another screen is the report as well."""
        return isinstance(other, ShiftScreen)

    def _answered(self, number: int, yes: bool | None) -> None:
        if yes:
            self.post_message(CloseShiftRequest(number, reply=self._taken))

    def _taken(self, report: "ShiftReport | None", error: Failure | None) -> None:
        if not self.composed:
            return
        if report is None:
            self.say(error.sentence() if error else "")
            self._asked = None
            self.ask_again()
            return
        self._asked, self._last = report.number, report.number + 1
        self.show_report(report)
        self.say(f"Shift {report.number} is closed. A new one goes on from now.")

    def _done(self, sentence: str | None, error: Failure | None) -> None:
        if self.composed and (said := error.sentence() if error else sentence):
            self.say(said)
