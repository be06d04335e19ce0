"""The palette: every action and every setting by name, `area: Verb`, typed or chosen."""

from typing import ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from services.settings.load import Settings
from tui.actions.action import ActionContext
from tui.actions.table import bindings
from tui.palette.parser import PaletteChoice, PaletteCommand, called, hides, nearest, read
from tui.screens.base import WIDTHS, ConsoleContext, Dialog
from tui.screens.parts.strips import DetailStrip, KeyLine
from widgets.bars.key_hints import HintLine
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.board.side_by_side import SideBySide
from widgets.drawing.ink import Cell

LONGEST_COMMAND = 500
"""Characters, as many as one paste has."""

BESIDE = 112
"""Columns from which what lies below is seen beside it."""

COLUMNS = (
    Column("title", "command", least=27, most=40),
    Column("keys", "key", 13, leaves=1, searched=False),
    # Cut short it would explain nothing: the whole of it is below, of the row that is chosen.
    Column("help", "", least=34, leaves=2, searched=False),
)


class PaletteInput(Struct, frozen=True):
    """The command that was chosen, and the line as history should keep it."""

    command: PaletteCommand
    line: str


class PaletteScreen(Dialog[PaletteInput | None]):
    """Asks for a command; dismissed with it, or with None.

    Args:
        now: the situation it was opened in.
        history: the lines typed before, the newest last.
        line: what is typed already.
    """

    PLACE = "palette"
    # Wider than other dialogs, it leaves no room worth seeing beside it below so many columns.
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [
        (at if at != 100 else BESIDE, name) for at, name in WIDTHS
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("palette"),
        # A line is being typed: only the arrows are left to move with, whatever the keymap says.
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("tab", "complete", show=False, priority=True),
    ]

    def __init__(
        self,
        context: ConsoleContext,
        now: ActionContext,
        history: tuple[str, ...] = (),
        line: str = "",
    ) -> None:
        super().__init__(context)
        self._begun = line
        self._now = now
        self._history = history
        self._recalled = len(history)
        self.board = SideBySide[PaletteChoice](
            COLUMNS,
            row_id=lambda row: row.id,
            cells=_cells,
            search=lambda row: f"{row.title} {row.line} {row.also}",
            heading="Commands",
        )
        self.board.leads = True
        self.board.way_back = "Empty the line to see every command."

    def compose(self) -> ComposeResult:
        """Lay out the line and the commands that match it."""
        with Vertical(classes="dialog", id="palette-box"):
            line = Input(
                placeholder="type a command, tab completes",
                compact=True,
                max_length=LONGEST_COMMAND,
                select_on_focus=False,
            )
            line.cursor_blink = False
            yield line
            yield self.board
            yield DetailStrip()
            yield KeyLine()

    @property
    def line(self) -> Input:
        return self.query_one(Input)

    def begin(self) -> None:
        self._write(self._begun)
        self._read(self._begun)
        self.line.focus()

    def refresh_hints(self) -> None:
        if self.composed:
            self.query_one(HintLine).hints = (
                ("enter", "Run"),
                ("tab", "Complete"),
                ("up/down", "Select, history"),
                (self.context.keymap.shown("back"), "Close"),
            )

    def action_step(self, by: int) -> None:
        """Move to the command below or above; up on an empty line brings back the one before."""
        if self._recalling(by):
            self._recalled = max(0, min(self._recalled + by, len(self._history)))
            back = self._history[self._recalled :][:1]
            self._write(back[0] if back else "")
        else:
            self.board.action_move(by)

    def action_complete(self) -> None:
        """Write the chosen command out, up to where its argument begins."""
        if (row := self.board.highlighted) is not None:
            self._write(row.line)

    def _recalling(self, by: int) -> bool:
        """Whether an arrow goes through the lines typed before, not through the list."""
        if not self.line.value:
            return by < 0 and bool(self._history)
        return self._history[self._recalled :][:1] == (self.line.value,)

    def _write(self, text: str) -> None:
        self.line.value = text
        self.line.cursor_position = len(text)

    def _read(self, text: str) -> None:
        settings: Settings = self.context.settings
        found = read(text, self.context.keymap, self._now, settings)
        self.board.show_rows(found.choices)
        self.board.filter_text = found.needle
        if found.needle and not self.board.shown:
            self.board.show_rows(called(found.needle, found.choices) or found.choices)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.line.password = hides(event.value)
        self.unsay()
        self._read(event.value)

    @on(Input.Submitted)
    def _chosen(self) -> None:
        row = self.board.highlighted
        if row is None:
            self.say(nearest(self.line.value, self._now))
        elif row.reason:
            self.say(row.reason)
        elif row.command is None:
            self._write(row.line)
        else:
            self.dismiss(PaletteInput(row.command, row.line))

    @on(Board.Highlighted)
    def _row_highlighted(self) -> None:
        row = self.board.highlighted
        why = f". Not now: {row.reason}" if row and row.reason else ""
        self.query_one(DetailStrip).words = f"{row.help}{why}" if row else ""

    @on(Board.Opened)
    def _clicked(self) -> None:
        self._chosen()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep typing where the line is, wherever the mouse went."""
        if event.widget is self.board:
            self.line.focus()


def _cells(row: PaletteChoice, _: View) -> dict[str, Cell]:
    ink = "dim" if row.reason else "plain"
    return {
        "title": Cell(row.title, ink),
        "keys": Cell(row.keys, "key"),
        "help": Cell(row.reason or row.help, ink),
    }
