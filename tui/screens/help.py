"""Help: every key of a place, from the live keymap, and why one does nothing just now."""

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from tui.action import Action
from tui.actions import ACTIONS, bindings
from tui.keymap import Keymap
from tui.screens.base import Dialog, Frame, Handler
from tui.screens.filter_line import FilterLine
from tui.screens.filtering import Filtering
from tui.screens.strips import DetailStrip, KeyLine
from tui.situation import Situation
from widgets.bars import HintLine
from widgets.board import Board, View
from widgets.columns import Column
from widgets.ink import Cell

COLUMNS = (
    Column("keys", "key", 16),
    Column("verb", "does", 20, leaves=1),
    Column("help", "", least=20),
)

MOVES = {"pane": 1, "zoom": 1, "nav": 2}


class HelpRow(Struct, frozen=True):
    """One action as help shows it; `reason` says why it cannot work at the moment.

    `arabic` is what the Arabic layout types in place of the keys; None on another keyboard.
    """

    action: Action
    keys: str
    arabic: str | None
    reason: str

    @property
    def id(self) -> str:
        """The action's id."""
        return self.action.id

    @property
    def help(self) -> str:
        """What the action does."""
        return self.action.help

    @property
    def words(self) -> str:
        """What the action does, and why it cannot just now."""
        return f"{self.help}. Not now: {self.reason}" if self.reason else self.help


def rows(keymap: Keymap, now: Situation) -> tuple[HelpRow, ...]:
    """Return what can be pressed at this place: what one does there, then the ways to move."""
    return tuple(
        HelpRow(action, keymap.all_shown(action.id), keymap.arabic(action.id), action.reason(now))
        for action in sorted(ACTIONS, key=_moves)
        if action.offered(now)
    )


def _moves(action: Action) -> int:
    # Whoever asks for help knows the arrows, and not yet how to buy.
    return MOVES.get(action.id.partition(".")[0], 0)


class HelpScreen(Filtering, Dialog[None]):
    """Lists the keys of the place it was opened from, the chosen one explained in full.

    Args:
        now: the situation it was opened in.
    """

    PLACE = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help")]

    def __init__(self, frame: Frame, now: Situation) -> None:
        super().__init__(frame)
        self._now = now
        self._board = Board[HelpRow](
            COLUMNS,
            key=lambda row: row.id,
            cells=_cells,
            search=lambda row: f"{row.action.title} {row.help}",
            heading=f"Keys here: {now.place}",
        )

    def compose(self) -> ComposeResult:
        """Lay out the list of keys."""
        with Vertical(classes="dialog", id="help-box"):
            yield self._board
            yield DetailStrip()
            yield FilterLine()
            yield KeyLine()

    def begin(self) -> None:
        """Fill the list."""
        self._board.show_rows(rows(self.frame.keymap, self._now))
        self._board.focus()

    def board(self, pane: str = "") -> Board[HelpRow]:
        """Return the list of keys."""
        del pane
        return self._board

    def handlers(self) -> Mapping[str, Handler]:
        """Filter the list; escape lists everything again, then closes."""
        return {**super().handlers(), "filter": self.filter, "back": self.back}

    def back(self) -> None:
        """Undo the filter, or close."""
        if not self.clear_filter():
            self.leave_screen()

    def refresh_hints(self) -> None:
        """Say how to move and how to leave."""
        if self.composed:
            keys = self.frame.keymap
            self.query_one(HintLine).hints = (
                (f"{keys.shown('nav.down')}/{keys.shown('nav.up')}", "Move"),
                (keys.shown("filter"), "Filter"),
                (keys.shown("back"), "Close"),
            )

    @on(Board.Highlighted)
    def _row_highlighted(self) -> None:
        row = self._board.highlighted
        self.query_one(DetailStrip).words = row.words if row else ""


def _cells(row: HelpRow, _: View) -> dict[str, Cell]:
    ink = "dim" if row.reason else "plain"
    # In words, since a terminal without colours shows no dim ones either.
    words = f"Not now: {row.reason}" if row.reason else row.help
    if row.arabic is not None:
        # In the last column, where right-to-left letters drag no other column along.
        words = f"{row.arabic:2} {words}"
    return {
        "keys": Cell(row.keys, "key"),
        "verb": Cell(row.action.label, ink),
        "help": Cell(words, ink),
    }
