"""The files with cards that were handed over and are still on this disk: to be deleted."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services.domain.errors import Failure
from services.domain.local_time import local_time
from services.local_files.receipt_files import NOT_SHREDDED, OLD, ReceiptFile
from tui.actions.action import ActionContext
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Dialog, Handler
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.parts.filter import Filtering, FilterLine
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import DeleteReceiptsRequest, ReceiptsRequest
from widgets.bars.key_hints import HintLine
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.drawing.canvas import inert_content
from widgets.drawing.cells import failure_words, old, since
from widgets.drawing.ink import Cell

COLUMNS = (
    Column("name", "file", least=28),
    Column("since", "written", 19, leaves=1),
    Column("age", "since", 5, "right"),
)
NONE_LEFT = "No file with a card for a customer is on this disk."


class ReceiptFilesScreen(Filtering, Dialog[None]):
    """Lists the handed files of this user, the oldest first, and deletes those he says."""

    PLACE = "handed"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("handed")]

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__(context)
        self.files = Board[ReceiptFile](
            COLUMNS,
            row_id=lambda file: file.name,
            cells=_cells,
            search=lambda file: file.name,
            heading="Written files",
        )
        self.files.placeholder = "Looking …"

    def compose(self) -> ComposeResult:
        """Lay out the list and what deleting can and cannot do."""
        with Vertical(classes="dialog", id="handed-box"):
            yield self.files.data_bind(ConsoleScreen.now)
            yield Static(inert_content(self._where()), id="handed-where")
            yield FilterLine()
            yield KeyLine()

    def begin(self) -> None:
        self.files.focus()
        self._ask_again()

    def situation(self) -> ActionContext:
        return replace(super().situation(), files=len(self.files.listed))

    def handlers(self) -> Mapping[str, Handler]:
        """Deleting asks first; escape lists everything again, then closes."""
        return {
            **super().handlers(),
            "off": self._delete_one,
            "off.all": self._delete_all,
            "filter": self.filter,
            "back": self.back,
        }

    def board(self, pane: str = "") -> Board[ReceiptFile]:
        del pane
        return self.files

    def back(self) -> None:
        """Undo the filter, or close."""
        if not self.clear_filter():
            self.leave_screen()

    def refresh_hints(self) -> None:
        """Show what can be done with the files that there are."""
        if not self.composed:
            return
        keys = self.context.keymap
        deleting = (
            (keys.shown("off"), "Delete"),
            (keys.shown("off.all"), "Delete all"),
        )
        self.query_one(HintLine).hints = (
            *(deleting if self.files.listed else ()),
            *(((keys.shown("filter"), "Filter"),) if self.files.total else ()),
            (keys.shown("back"), "Close"),
        )

    def _show(self, files: tuple[ReceiptFile, ...] | None, error: Failure | None) -> None:
        if self.composed:
            self.files.placeholder = failure_words(error, self.privacy) or NONE_LEFT
            self.files.show_rows(files or ())
            self.refresh_hints()

    def _delete_one(self) -> None:
        if (file := self.files.highlighted) is not None:
            self._ask("Delete this file?", [file.name], [file.name])

    def _delete_all(self) -> None:
        names = [file.name for file in self.files.listed]
        title = "Delete this file?" if len(names) == 1 else f"Delete all {len(names)} files?"
        self._ask(title, names[:1] if len(names) == 1 else [], names)

    def _ask(self, title: str, lines: Sequence[str], names: Sequence[str]) -> None:
        lines = [*lines, "The customer should have it by now: this cannot be undone.", NOT_SHREDDED]
        question = AskScreen(self.context, title, lines, yes="Delete")
        self.ask(question, partial(self._answered, names))

    def _answered(self, names: Sequence[str], yes: bool | None) -> None:
        if yes:
            self.post_message(DeleteReceiptsRequest(names, reply=self._deleted))

    def _deleted(self, _: None, error: Failure | None) -> None:
        if error:
            self.say(error.sentence())
        self._ask_again()

    def _ask_again(self) -> None:
        self.post_message(ReceiptsRequest(reply=self._show))

    def _where(self) -> str:
        folder = self.context.state_dir
        place = f"They lie in {folder / 'handed'}. " if folder is not None else ""
        return f"{place}{NOT_SHREDDED}"


def _cells(file: ReceiptFile, view: View) -> dict[str, Cell]:
    ink = "warn" if old(file.since, view.now, OLD) else "plain"
    return {
        "name": Cell(file.name, ink),
        "since": Cell(local_time(file.since), "dim"),
        "age": Cell(since(file.since, view.now), ink),
    }
