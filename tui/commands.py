"""The command line and palette: every action by name, `area: Verb`, from the same table as keys."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui.actions import ACTIONS, bindings
from tui.keymap import Keymap
from tui.screens.base import Dialog, Frame
from tui.screens.help import HelpRow
from tui.screens.strips import KeyLine
from tui.situation import Situation
from widgets.bars import HintLine
from widgets.board import Board, View
from widgets.columns import Column
from widgets.ink import Cell

HIDDEN_AREAS = frozenset({"move", "ticket", "answer"})
COLUMNS = (
    Column("title", "command", 28),
    Column("keys", "key", 14, leaves=1),
    Column("help", "", least=16, leaves=2),
)


def commands(keymap: Keymap, now: Situation) -> tuple[HelpRow, ...]:
    """Return the commands that this place offers; each with its keys, and why it cannot run now."""
    return tuple(
        HelpRow(action, keymap.all_shown(action.id), action.reason(now))
        for action in ACTIONS
        if action.offered(now) and action.area not in HIDDEN_AREAS and action.id != "palette"
    )


class PaletteScreen(Dialog[str | None]):
    """Asks for a command; dismissed with its action id, or with None.

    Args:
        now: the situation it was opened in.
    """

    PLACE = "palette"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("palette"),
        # A line is being typed: only the arrows are left to move with, whatever the keymap says.
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, frame: Frame, now: Situation) -> None:
        super().__init__(frame)
        self._now = now
        self.board = Board[HelpRow](
            COLUMNS,
            key=lambda row: row.action.id,
            cells=_cells,
            search=lambda row: f"{row.action.title} {row.action.id}",
            heading="Commands",
        )

    def compose(self) -> ComposeResult:
        """Lay out the line and the commands that match it."""
        with Vertical(classes="dialog", id="palette-box"):
            line = Input(placeholder="command", compact=True)
            line.cursor_blink = False
            yield line
            yield self.board
            yield KeyLine()

    def begin(self) -> None:
        """Fill the list and wait for a word."""
        self.board.show_rows(commands(self.frame.keymap, self._now))
        self.query_one(Input).focus()

    def refresh_hints(self) -> None:
        """Say how to choose."""
        if self.composed:
            self.query_one(HintLine).hints = (
                ("enter", "Run"),
                ("up/down", "Choose"),
                (self.frame.keymap.shown("back"), "Close"),
            )

    def action_step(self, by: int) -> None:
        """Move to the command below or above."""
        self.board.action_move(by)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.board.filter_text = event.value.strip().removeprefix(":")

    @on(Input.Submitted)
    def _chosen(self) -> None:
        row = self.board.highlighted
        if row is None:
            self.say("No command of that name works here.")
        elif row.reason:
            self.say(row.reason)
        else:
            self.dismiss(row.action.id)

    @on(Board.Opened)
    def _clicked(self) -> None:
        self._chosen()


def _cells(row: HelpRow, _: View) -> dict[str, Cell]:
    ink = "dim" if row.reason else "plain"
    return {
        "title": Cell(row.action.title, ink),
        "keys": Cell(row.keys, "key"),
        "help": Cell(row.reason or row.action.help, ink),
    }
