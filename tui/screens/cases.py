"""The open cases, the oldest first, and the one under the cursor in full."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from tui.actions.action import Action, ActionContext
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.order import OrderScreen
from tui.screens.parts.filter import Filtering, FilterLine, export_handlers
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import (
    CaseFileRequest,
    CaseLetterRequest,
    CaseNoteRequest,
    CasesRequest,
    CloseCaseRequest,
    ExportRequest,
)
from widgets.board.board import Board
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import failure_words
from widgets.drawing.frame import PaneName
from widgets.panes.case_list import NONE_OPEN, CaseList
from widgets.sheets.case import CaseSheet

if TYPE_CHECKING:
    from services.domain.shop.case import CaseFile, CaseRow


WORDS = {"open": "The order", "copy": "Copy for the vendor", "off": "Close the case"}


class CasesScreen(Filtering):
    """Lists cases; what is done is done with the one under the cursor.

    Args:
        number: the case to begin on, 0 for the oldest.
    """

    PLACE = "cases"
    BESIDE_DESK = FRAMES_ITSELF = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("cases")]

    def __init__(self, context: ConsoleContext, number: int = 0) -> None:
        super().__init__(context)
        self._begin_on = number
        self._followed: tuple[object, object] = ((), None)
        self._failed = False
        self.cases = CaseList(id="cases")
        self.cases.placeholder = "Reading the journal …"

    def compose(self) -> ComposeResult:
        yield self.status_bar()
        yield self.cases.data_bind(ConsoleScreen.now, ConsoleScreen.privacy)
        yield CaseSheet(id="case").data_bind(ConsoleScreen.now)
        yield FilterLine()
        yield KeyLine(id="hints")

    def begin(self) -> None:
        self.cases.focus()
        self.ask_again()

    def parts(self) -> Sequence[tuple[Canvas, PaneName]]:
        row = self.cases.highlighted
        number = f"Case {row.case.number}" if row else "Case"
        bad = PaneName(self.context.keymap.shown("case"), "Bad cards")
        return ((self.cases, bad), (self.sheet, PaneName("", number)))

    @property
    def sheet(self) -> CaseSheet:
        return self.query_one(CaseSheet)

    def board(self, pane: str = "") -> Board[Any]:
        del pane
        return self.cases

    def situation(self) -> ActionContext:
        base = super().situation()
        row = self.cases.highlighted if self.composed else None
        order = row.order if row else None
        sorts = tuple((column.id, column.title) for column in self.cases.sorts)
        return replace(
            base,
            case=row is not None,
            order=order is not None,
            sort=self.cases.sort,
            sorts=sorts,
            nothing_to_open="" if order else "No case is highlighted.",
        )

    def noted_order(self) -> BoardOrder | None:
        row = self.cases.highlighted
        return row.order if row else None

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **super().handlers(),
            "open": self.open,
            "note": partial(self.ask_for, CaseNoteRequest),
            "off": partial(self.ask_for, CloseCaseRequest),
            "copy": partial(self.put_out, "copy"),
            "write": partial(self.put_out, "file"),
            "timeline": self.timeline,
            "refresh": self.ask_again,
            "filter": self.filter,
            **export_handlers(self.export),
            "sort": self.cases.sort_next,
            "sort.reverse": self.cases.sort_reversed,
            "back": self.back,
        }

    def words(self, action: Action) -> str:
        return WORDS.get(action.id) or super().words(action)

    def back(self) -> None:
        """Undo the filter, or leave."""
        if not self.clear_filter():
            self.leave_screen()

    def open(self) -> None:
        """Open the order of the case."""
        if order := self.noted_order():
            self.open_screen(OrderScreen(self.context, order))

    def timeline(self) -> None:
        if order := self.noted_order():
            from tui.screens.timeline import TimelineScreen

            self.open_screen(TimelineScreen(self.context, order))

    def ask_again(self) -> None:
        self.post_message(CasesRequest(reply=self._show))

    def ask_for(self, kind: type[CaseNoteRequest] | type[CloseCaseRequest]) -> None:
        """Have a note or an outcome asked for, and kept."""
        if (row := self.cases.highlighted) is not None:
            self.post_message(kind(row.case.number, reply=self._changed))

    def put_out(self, way: str) -> None:
        """Copy the text for the vendor, or write it into a file."""
        if (row := self.cases.highlighted) is not None:
            self.post_message(CaseLetterRequest(row.case.number, way, reply=self._said))

    def export(self, kind: str) -> None:
        self.post_message(ExportRequest(self.PLACE, self.cases.listed, kind))

    def same(self, other: Screen[Any]) -> bool:
        return isinstance(other, CasesScreen)

    def watch_book(self) -> None:
        """Read again when a mark came or went, here or elsewhere, or the account was opened."""
        super().watch_book()
        marks = tuple((order.row_id, order.cases) for order in self.book.orders if order.cases)
        before, self._followed = self._followed, (marks, self.book.info if self._failed else None)
        if self.composed and before != self._followed:
            self.ask_again()

    @on(Board.Highlighted)
    def _row_highlighted(self) -> None:
        self._describe()

    @on(Board.Opened)
    def _row_opened(self) -> None:
        self.action_run("open")

    def _describe(self) -> None:
        if not self.composed:
            return
        row = self.cases.highlighted
        self.sheet.row = row
        self.sheet.display = row is not None
        self.frame_parts()
        if row is not None:
            self.post_message(CaseFileRequest(row.case.number, reply=self._take_file))
        self.refresh_hints()

    def _show(self, rows: "tuple[CaseRow, ...] | None", error: Failure | None) -> None:
        if not self.composed:
            return
        self._failed = error is not None
        self.cases.placeholder = failure_words(error, self.privacy) or NONE_OPEN
        self.cases.show_rows(rows or ())
        if self._begin_on:
            self.cases.move_to(str(self._begin_on))
            self._begin_on = 0
        self._describe()

    def _take_file(self, file: "CaseFile | None", _: Failure | None) -> None:
        if self.composed and file is not None:
            self.sheet.file = file

    def _changed(self, sentence: str | None, error: Failure | None) -> None:
        self._said(sentence, error)
        self.ask_again()

    def _said(self, sentence: str | None, error: Failure | None) -> None:
        if self.composed and (said := error.sentence() if error else sentence):
            self.say(said)
