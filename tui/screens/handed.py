"""The files with cards that were handed over and are still on this disk: to be deleted."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services.handed import NOT_SHREDDED, OLD, Handed
from tui.actions import bindings
from tui.screens.ask import AskScreen
from tui.screens.base import ConsoleScreen, Dialog, Frame, Handler
from tui.screens.errands import DeleteHanded, HandedWanted
from tui.screens.filter_line import FilterLine
from tui.screens.filtering import Filtering
from tui.screens.strips import KeyLine
from tui.situation import Situation
from widgets.bars import HintLine
from widgets.board import Board, View
from widgets.cells import local_time, old, since
from widgets.columns import Column
from widgets.ink import Cell
from widgets.told import told

COLUMNS = (
    Column("name", "file", least=28),
    Column("since", "written", 19, leaves=1),
    Column("age", "age", 5, "right"),
)
NONE_LEFT = "No file with a card for a customer is on this disk."


class HandedScreen(Filtering, Dialog[None]):
    """Lists the handed files of this user, the oldest first, and deletes those he says."""

    PLACE = "handed"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("handed")]

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.files = Board[Handed](
            COLUMNS,
            key=lambda file: file.name,
            cells=_cells,
            search=lambda file: file.name,
            heading="Files with cards",
        )
        self.files.placeholder = "Looking ..."

    def compose(self) -> ComposeResult:
        """Lay out the list and what deleting can and cannot do."""
        with Vertical(classes="dialog", id="handed-box"):
            yield self.files.data_bind(ConsoleScreen.now)
            yield Static(told(self._where()), id="handed-where")
            yield FilterLine()
            yield KeyLine()

    def begin(self) -> None:
        """Look which files there are."""
        self.files.focus()
        self.post_message(HandedWanted(self))

    def situation(self) -> Situation:
        """Add how many files there are."""
        return replace(super().situation(), files=len(self.files.listed))

    def handlers(self) -> Mapping[str, Handler]:
        """Deleting asks first; escape lists everything again, then closes."""
        return {
            **super().handlers(),
            "handed.delete": self._delete_one,
            "handed.delete_all": self._delete_all,
            "filter": self.filter,
            "back": self.back,
        }

    def board(self, pane: str = "") -> Board[Handed]:
        """Return the list."""
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
        keys = self.frame.keymap
        deleting = (
            (keys.shown("handed.delete"), "Delete"),
            (keys.shown("handed.delete_all"), "Delete all"),
        )
        self.query_one(HintLine).hints = (
            *(deleting if self.files.listed else ()),
            *(((keys.shown("filter"), "Filter"),) if self.files.total else ()),
            (keys.shown("back"), "Close"),
        )

    def show_handed(self, files: tuple[Handed, ...], error: str) -> None:
        """Take the files, oldest first, or the sentence why they cannot be listed."""
        if not self.composed:
            return
        self.files.placeholder = error or NONE_LEFT
        self.files.show_rows(files)
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
        question = AskScreen(self.frame, title, lines, yes="Delete")
        self.ask(question, partial(self._answered, names))

    def _answered(self, names: Sequence[str], yes: bool | None) -> None:
        if yes:
            self.post_message(DeleteHanded(self, names))

    def _where(self) -> str:
        folder = self.frame.state_dir
        place = f"They lie in {folder / 'handed'}. " if folder is not None else ""
        return f"{place}{NOT_SHREDDED}"


def _cells(file: Handed, view: View) -> dict[str, Cell]:
    ink = "warn" if old(file.since, view.now, OLD) else "plain"
    return {
        "name": Cell(file.name, ink),
        "since": Cell(local_time(file.since), "dim"),
        "age": Cell(since(file.since, view.now), ink),
    }
