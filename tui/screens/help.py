"""Help: every key by topic; it does the one that is pressed, or says why that cannot be done."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from services.domain.text import fold
from tui.actions import key_hints, moved_keys, topics
from tui.actions.action import Action, ActionContext
from tui.actions.keymap import Keymap, show
from tui.actions.table import ACTIONS, BY_ID, bindings
from tui.actions.topics import Together
from tui.screens.base import ConsoleContext, Dialog, Handler
from tui.screens.parts.filter import FilterLine
from tui.screens.parts.strips import DetailStrip, KeyLine
from widgets.bars.key_hints import HintLine
from widgets.board.row_line import CHANGED, changed_sign
from widgets.drawing.ink import Cell, Line
from widgets.sheets.key_help import KeyEntry, KeyHelp

CLOSES = frozenset({"back", "quit", "help"})
"""What help does itself, where it is chosen: it closes."""

AROUND = 3
"""Lines of the screen that stay: the first one, what the chosen key does, and the keys of help."""

SIGNS = (
    (("○", "handling", "busy"), "ordered, the vendor gets the cards (its word: HANDLING)"),
    (("●", "ready", "good"), "all cards are here"),
    (("◐", "some came", "warn"), "the rest is refunded"),
    (("✓", "handed over", "dim"), ("↺", "refunded", "dim")),
    (("?", "no answer: do not buy again", "alert"), ("!", "late or refused: read it", "warn")),
    ((CHANGED, "changed just now", "plain"), ("·", "before a key: not here, not now", "dim")),
    (("▌", "row that keys act on", "key"), ("▏", "row of another pane", "dim")),
    (("*", "pinned", "key"), ("~", "bought lately", "dim"), ("w", "watched", "key")),
)
"""Each line: signs with their words and inks, or one of them and what it means."""

WORDS = (
    ("price", "what the customer pays"),
    ("cost", "what we pay"),
    ("margin", "price less cost"),
    ("value", "what the card is worth"),
    ("on hold", "paid, cards not here yet"),
    ("handed over", "the customer has the cards"),
    ("came back", "refunded"),
    ("connected", "the vendor answers"),
)


def entries(keymap: Keymap, now: ActionContext) -> tuple[KeyEntry, ...]:
    """Return every key by topic, with whether it can be pressed at this place now."""
    return tuple(_entry(each, keymap, now) for each in topics.of_place(now))


def why_not(action: Action, keymap: Keymap, now: ActionContext, key: str = "") -> str:
    """Say why an action cannot be done at a place now; empty where it can."""
    if action.offered(now):
        return action.reason(now)
    if action.id == "ask.yes":
        return "Nothing is asked now: it answers a question, and no other key says yes."
    way = key_hints.sentence(key or next(iter(keymap.pressed(action.id))), keymap, now)
    return way or f"{keymap.shown(action.id)} does not work here."


class HelpScreen(Dialog[str | None]):
    """Lists all keys, the chosen one explained in full; dismissed with the action to be done.

    Args:
        now: the situation it was opened in.
    """

    PLACE = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help")]

    def __init__(self, context: ConsoleContext, now: ActionContext) -> None:
        super().__init__(context)
        self._now = now
        self._all = entries(context.keymap, now)

    def compose(self) -> ComposeResult:
        with Vertical(id="help-box"):
            yield KeyHelp(id="key-help")
            yield DetailStrip()
            yield FilterLine()
            yield KeyLine()

    def begin(self) -> None:
        sheet = self.sheet
        sheet.place = self._now.place
        sheet.legend = legend()
        sheet.entries = self._all
        self._fit()
        sheet.focus()

    @property
    def sheet(self) -> KeyHelp:
        return self.query_one(KeyHelp)

    def handlers(self) -> Mapping[str, Handler]:
        """Filter the keys; escape lists all again, then closes."""
        return {
            **super().handlers(),
            "filter": self.filter,
            "left": partial(self._beside, -1),
            "right": partial(self._beside, 1),
            **dict.fromkeys(("part.next", "part.previous"), self.turn),
            "back": self.back,
        }

    def back(self) -> None:
        """Undo the filter, or close."""
        line = self.query_one(FilterLine)
        if line.display or self.sheet.typed:
            self._list("")
            self._leave_line()
        else:
            self.leave_screen()

    def turn(self) -> None:
        """Show the signs in the place of the keys, or the keys again, where both have no room."""
        if self.sheet.turns:
            self.sheet.turned = not self.sheet.turned
            self.refresh_hints()

    def filter(self) -> None:
        self.sheet.turned = False
        self.query_one(HintLine).display = False
        self.query_one(FilterLine).open(self.sheet.typed, {}, self.context.keymap.shown("back"))

    def refresh_hints(self) -> None:
        if self.composed:
            shown = self.context.keymap.shown
            self.query_one(HintLine).hints = (
                (shown("filter"), "Filter"),
                ("enter", "Do it"),
                *(((shown("part.next"), self.sheet.other_page),) if self.sheet.turns else ()),
                (shown("palette"), "All commands by name"),
                (shown("back"), "Close"),
            )

    def on_key(self, event: events.Key) -> None:
        """Do what a key does on the screen below, or say why it cannot be done there."""
        event.prevent_default()
        keys = self.context.keymap
        if isinstance(self.focused, Input) or event.key in self.active_bindings:
            return
        # What is done closes the help: the key must not be heard once more by what lay below.
        event.stop()
        meant = [action for action in ACTIONS if keys.presses(action.id, event.key)]
        fitting = [action for action in meant if action.offered(self._now)] or meant
        if fitting:
            self._do(fitting[0], event.key)
        elif words := moved_keys.sentence(event.key, keys, self._now.place):
            self.say(words)
        else:
            self._name_keys(show(event.key))

    def on_resize(self) -> None:
        self._fit()
        self.refresh_hints()

    def _do(self, action: Action, key: str = "") -> None:
        if action.id in CLOSES:
            self.leave_screen()
        elif reason := why_not(action, self.context.keymap, self._now, key):
            self.say(reason)
        elif action.in_widget and action.id != "open":
            self.say(f"{action.help}: close the help, then press it.")
        else:
            self.dismiss(action.id)

    @on(KeyHelp.Opened)
    def _opened(self, event: KeyHelp.Opened) -> None:
        self._do(BY_ID[event.id])

    @on(KeyHelp.Highlighted)
    def _highlighted(self, event: KeyHelp.Highlighted) -> None:
        if self.composed:
            action = BY_ID.get(event.id)
            self.query_one(DetailStrip).words = self._explained(action) if action else ""

    @on(FilterLine.Typed)
    def _filter_typed(self, event: FilterLine.Typed) -> None:
        self._list(event.text)

    @on(FilterLine.Stepped)
    def _stepped(self, event: FilterLine.Stepped) -> None:
        self.sheet.action_move(event.by)

    @on(FilterLine.Kept)
    def _leave_line(self) -> None:
        self.query_one(FilterLine).close()
        self.query_one(HintLine).display = True
        self.sheet.focus()

    def _list(self, typed: str) -> None:
        words = fold(typed).split()
        self.sheet.typed = typed
        self.sheet.entries = tuple(
            entry for entry in self._all if all(word in _searchable(entry) for word in words)
        )

    def _beside(self, by: int) -> None:
        self.sheet.step(by)

    def _explained(self, action: Action) -> str:
        keys = self.context.keymap
        reason = why_not(action, keys, self._now)
        arabic = keys.arabic(action.id)
        also = f" ({arabic})" if arabic else ""
        text = f"{keys.all_shown(action.id)}: {action.help}{also}"
        return f"{text}. Not now: {reason}" if reason else text

    def _fit(self) -> None:
        """Take the lines it needs from the bottom; the first line of the screen stays in sight."""
        if self.composed:
            wanted = self.sheet.wanted(self.size.width)
            self.sheet.styles.height = max(2, min(wanted, self.size.height - AROUND))


def _entry(each: Together, keymap: Keymap, now: ActionContext) -> KeyEntry:
    first = each.actions[0]
    keys = " ".join(keymap.shown(action.id) for action in each.actions)
    if len(keys) > 6:
        keys = keymap.shown(first.id)
    possible = any(not why_not(action, keymap, now) for action in each.actions)
    return KeyEntry(first.id, each.topic, keys, each.words, possible)


def _searchable(entry: KeyEntry) -> str:
    action = BY_ID[entry.id]
    return fold(f"{entry.keys} {entry.topic} {entry.words} {action.label} {action.help}")


def _sign(line: tuple[tuple[str, str, str] | str, ...]) -> Line:
    cells: list[Cell] = []
    for each in line:
        if isinstance(each, str):
            said = Cell(f" {each}", "dim")
        else:
            sign, words, ink = each
            said = Cell(f"{changed_sign() if sign is CHANGED else sign} {words}", ink)
        cells += [Cell("   ")] if cells and not isinstance(each, str) else []
        cells.append(said)
    return tuple(cells)


def legend() -> tuple[Line, ...]:
    """Return what the signs and the words of every screen mean, each whole."""
    return (
        *map(_sign, SIGNS),
        *((Cell(word, "strong"), Cell(f" {meaning}", "dim")) for word, meaning in WORDS),
    )
