"""What every screen of the console shares: the live book, and keys that act or say why not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from msgspec import Struct, field
from rich.console import RenderableType
from textual import events, on
from textual._styles_cache import StylesCache
from textual.actions import SkipAction
from textual.app import App
from textual.containers import Container
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive, var
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from services.book_models import BoardOrder, Book, DeskInfo
from services.lock_pin import LockPin
from services.settings import Settings
from tui import elsewhere
from tui.action import SCREENS, Action
from tui.actions import ACTIONS, BY_ID
from tui.below import Below
from tui.garbage import Tidying
from tui.keymap import Keymap
from tui.line import Line
from tui.situation import Situation
from tui.spans import TightCompositor
from tui.terminal import Abilities
from widgets.bars import HintLine
from widgets.cells import discreet
from widgets.line_strip import LineFigures, LineStrip

ResultT = TypeVar("ResultT")
Handler = Callable[[], object]

NO_BOOK = Book(info=DeskInfo(profile="", environment="", operator="", base_url=""))
LAST_HINTS = ("refresh", "palette", "help")
"""What the key line names last; a narrow one has room for the help alone, which names them all."""

SMALLEST_WIDTH = 60
SMALLEST_HEIGHT = 18
MESSAGE_SECONDS = 8.0
WIDTHS = [(0, "-narrow"), (80, "-roomy")]


class Frame(Struct, frozen=True):
    """What does not change while a console runs: settings, keys, and whether it may buy at all.

    `pin` is where this operator's lock PIN is kept, if he has one; None where none can be kept.
    `state_dir` is where command lines are kept; None: in memory alone. `terminal` is what this one
    can show, `line` what is known of the way to it. `tidying` clears away what closed screens left.
    """

    settings: Settings
    keymap: Keymap
    read_only: bool = False
    pin: LockPin | None = None
    state_dir: Path | None = None
    terminal: Abilities = Abilities()
    line: Line = field(default_factory=Line)
    tidying: Tidying = field(default_factory=Tidying)


class Refusal(Struct, frozen=True):
    """An action that could not be done, and the sentence why."""

    action: Action
    why: str


class ConsoleScreen(Screen[ResultT], inherit_bindings=False):
    """A screen whose keys come from the table of actions.

    The app assigns `book`, `now` (UTC) and `privacy`; a screen hands them down by `data_bind`. It
    assigns `figures` of the line as well, which stand on a line of their own while there are any.
    A subclass names its `PLACE`, tells its `situation` and maps action ids to `handlers`; what it
    does not handle goes up to the app as `Asked`.
    """

    PLACE: ClassVar[str] = ""
    HAS_STRIP: ClassVar[bool] = True

    book: var[Book] = var(NO_BOOK)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    figures: var[LineFigures | None] = var[LineFigures | None](None)

    # Textual would paint the whole screen at each change of the focus; panes paint their own part.
    focused = Reactive[Widget | None](None, repaint=False)

    class Asked(Message):
        """An action that belongs to the whole console: palette, help, privacy, leaving."""

        def __init__(self, screen: "ConsoleScreen[Any]", action_id: str) -> None:
            super().__init__()
            self.screen = screen
            self.action_id = action_id

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._compositor = TightCompositor()
        self.frame = frame
        self._standing = False
        self._message = ""
        self._refused: Refusal | None = None
        self._shown_at = Size()
        self._message_timer: Timer | None = None
        self._paint_timer: Timer | None = None

    def on_mount(self) -> None:
        """Set up what stands now."""
        if not (self.console.is_running and self.is_attached and self.query(HintLine)):
            # Textual composes nothing more into a console that is closing, not even what was begun,
            # and still says that it stands.
            return
        self._standing = True
        self.begin()
        self.refresh_hints()
        self.watch_figures(self.figures)

    def on_unmount(self) -> None:
        """Let go of what was drawn here: Textual keeps the lines of the last thousand widgets."""
        StylesCache.get_inner_outer.cache_clear()
        self.frame.tidying.closed()

    def on_screen_suspend(self) -> None:
        """Take the keys off the screen while a dialog that has other keys lies on top."""
        self._hide_keys(True)

    def on_screen_resume(self) -> None:
        """Show the keys again."""
        self._hide_keys(False)

    def begin(self) -> None:
        """Set the widgets up, once they stand."""

    @property
    def console(self) -> App[Any]:
        """The app that this screen is shown by."""
        return cast("App[Any]", self.app)  # pyright: ignore[reportUnknownMemberType]

    @property
    def composed(self) -> bool:
        """Whether the widgets stand: before and after that, news has nowhere to go."""
        app = self.console
        return self._standing and app.is_running and self in app.screen_stack

    @property
    def roomy(self) -> bool:
        """Whether the terminal is large enough to show a ticket whole."""
        return self.size.width >= SMALLEST_WIDTH and self.size.height >= SMALLEST_HEIGHT

    def place(self) -> str:
        """Return where the cursor is, in the words of the table of actions."""
        return self.PLACE

    def situation(self) -> Situation:
        """Return what actions have to know of this screen now."""
        info = self.book.info
        return Situation(
            place=self.place(),
            buying=not self.frame.read_only and info.scope != "READ-ONLY",
            why_not="" if info.can_buy else info.why_not,
            roomy=self.roomy,
            unsettled=len(self.book.unsettled),
            unclaimed=self.book.unclaimed,
            privacy=self.privacy,
            can_copy=self.frame.settings.ui.copy,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does for each action id that it handles itself."""
        return {"back": self.leave_screen, "quit": self.leave_screen}

    def noted_order(self) -> BoardOrder | None:
        """Return the order that a note would be written on, None where there is none."""
        return None

    @property
    def shows_card(self) -> bool:
        """Whether a code can be read here now; a screen that shows cards overrides it."""
        return False

    def take_order(self, order: BoardOrder) -> None:
        """Take an order that was just marked or noted here; the board may not hold it."""

    def conceal(self) -> None:
        """Hide what nobody else may see; a screen that shows cards overrides it."""

    def leave_screen(self) -> None:
        """Close this screen without a result."""
        self.dismiss(None)

    def action_run(self, action_id: str) -> None:
        """Do an action of the table, or say in a sentence why it cannot be done now."""
        action, now = BY_ID[action_id], self.situation()
        if not action.offered(now):
            raise SkipAction
        if action.reason(now):
            self.explain(action)
            return
        handler = self.handlers().get(action_id)
        if handler is None:
            self.post_message(self.Asked(self, action_id))
        else:
            handler()

    def on_key(self, event: events.Key) -> None:
        """Say where a key works that does nothing here."""
        if self.place() not in SCREENS or not event.is_printable or isinstance(self.focused, Input):
            return
        if words := elsewhere.sentence(event.key, self.frame.keymap, self.situation()):
            self.say(words)

    def ask(self, question: "ConsoleScreen[bool]", answered: Callable[[bool | None], None]) -> None:
        """Put a question on top of this screen."""
        question.privacy = self.privacy
        self.console.push_screen(question, answered)

    def explain(self, action: Action) -> None:
        """Say why an action cannot be done now, for as long as that is so."""
        reason = action.reason(self.situation())
        self.say(reason)
        self._refused = Refusal(action, reason)

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the key line for some seconds.

        It goes sooner when the size changes: it may speak of what was seen before.
        """
        self._refused = None
        self._shown_at = self.size
        self._show_message(sentence)
        self._end_message_in(MESSAGE_SECONDS)

    def _end_message_in(self, seconds: float) -> None:
        if self._message_timer is not None:
            self._message_timer.stop()
        self._message_timer = self.set_timer(seconds, self._end_message)

    def _end_message(self) -> None:
        if self.frame.line.behind():
            # The sentence is still on its way, or has only just come.
            self._end_message_in(MESSAGE_SECONDS / 2)
        else:
            self._show_message("")

    def unsay(self) -> None:
        """Show the key line again, if a sentence stands in its place."""
        if self._message_timer is not None:
            self._message_timer.stop()
            self._message_timer = None
            self._show_message("")

    @on(events.Resize)
    def _size_changed(self) -> None:
        if self.size != self._shown_at:
            self.unsay()

    def refresh_hints(self) -> None:
        """Recompute the key line; to be called when the situation may have changed."""
        if not self.composed:
            return
        now = self.situation()
        if self._refused is not None and self._refused.action.reason(now) != self._refused.why:
            self._refused = None
            self.unsay()
        keys = [
            (self.frame.keymap.shown(action.id), action.label)
            for action in self.hinted()
            if action.offered(now) and not action.reason(now)
        ]
        line, help_key = self.query_one(HintLine), self.frame.keymap.shown("help")
        line.staying = 2 if keys and keys[-1][0] == help_key else 1
        line.hints = (*keys, self.way_out())

    def hinted(self) -> Sequence[Action]:
        """Return the actions that the key line names, the most important first.

        What leaves a narrow line first stands at its end, before the help and the way out.
        """
        hinted = [action for action in ACTIONS if action.hint]
        return sorted(hinted, key=lambda action: action.id in LAST_HINTS)

    def way_out(self) -> tuple[str, str]:
        """Return the key that leads back from here, and its word; the key line always shows it."""
        return self.frame.keymap.shown("back"), BY_ID["back"].label

    def watch_figures(self, figures: LineFigures | None) -> None:
        """Show the figures of the line on a line of their own, or free it again."""
        if not (self.composed and self.HAS_STRIP):
            return
        strips = self.query(LineStrip)
        if figures is None:
            strips.remove()
            return
        if not strips:
            self.mount(LineStrip())
        self.query_one(LineStrip).figures = figures

    def _screen_resized(self, size: Size) -> None:
        # A screen that opens has been laid out at its size, is then told of that size as of a new
        # one, and tells the screens below: each would be laid out, and all of it painted, again.
        if size != self._compositor.size:
            super()._screen_resized(size)

    def _on_timer_update(self) -> None:
        # What opens or closes wants a layout and all of it painted: with the layout a part would
        # be painted first, and right after it everything.
        if self._layout_required and self._repaint_required and self.is_current:
            self._dirty_widgets.add(self)
            self._repaint_required = False
        super()._on_timer_update()

    def paint_held(self) -> None:
        """Paint what was held back, if the line lets it through by now."""
        if self._paint_timer is not None:
            self._paint_timer.stop()
            self._paint_timer = None
            if self.is_attached:
                self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        """Paint, or hold it back: what is painted later holds what changes until then."""
        on_top = self.is_attached and self is self.console.screen
        line = self.frame.line
        if on_top and (wait := line.wait()):
            self._dirty_widgets.clear()
            if self._paint_timer is None:
                self._paint_timer = self.set_timer(wait, self.paint_held)
            return
        super()._compositor_refresh()
        if on_top:
            line.painted()

    def watch_book(self) -> None:
        """Offer other keys when the book allows other things."""
        self.refresh_hints()

    def watch_privacy(self, privacy: bool) -> None:
        """Hide or show the amounts in the sentence that stands here."""
        del privacy
        self._show_message(self._message)

    def _show_message(self, sentence: str) -> None:
        self._message = sentence
        if self.composed:
            self.query_one(HintLine).message = discreet(sentence, self.privacy)

    def _hide_keys(self, hidden: bool) -> None:
        if self.composed:
            self.query_one(HintLine).visible = not hidden


class Dialog(ConsoleScreen[ResultT], ModalScreen[ResultT]):
    """A screen that lies on top of another one and keeps its keys to itself.

    It lies on a band as wide as the terminal: beside a box, halves of words would be left standing.
    """

    HAS_STRIP = False
    HORIZONTAL_BREAKPOINTS = WIDTHS

    def render(self) -> RenderableType:
        """Return what lies below."""
        drawn = super().render()
        if isinstance(drawn, BackgroundScreen) and drawn.color.is_transparent:
            # A screen promises less than other widgets, of which a Visual is taken as well.
            return cast("RenderableType", Below(cast("Screen[Any]", drawn.screen)))  # pyright: ignore[reportUnknownMemberType]
        return drawn

    async def mount_composed_widgets(self, widgets: list[Widget]) -> None:
        """Lay the band under what was composed."""
        if widgets:
            await super().mount_composed_widgets([Container(*widgets, classes="band")])
