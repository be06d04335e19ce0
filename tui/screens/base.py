"""What every screen of the console shares: the live book, and keys that act or say why not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from msgspec import Struct, field
from textual import events, on
from textual.actions import SkipAction
from textual.app import App
from textual.containers import Container, Horizontal, Vertical
from textual.geometry import Region, Size
from textual.reactive import Reactive, var
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from services.domain.book import BoardOrder, Book, DeskInfo
from services.domain.models import Product
from services.domain.money import Prices
from services.domain.phrase import Phrase
from services.local_files.lock_pin import LockPin
from services.settings.load import Settings
from services.system.clock import Clock, SystemClock
from tui.actions import key_hints, moved_keys
from tui.actions.action import SCREENS, Action, ActionContext
from tui.actions.keymap import Keymap, show
from tui.actions.table import ACTIONS, BY_ID
from tui.terminal import gc_pauses
from tui.terminal.adapter import LinkCompositor, draw_through, forget_drawn_lines
from tui.terminal.capabilities import TerminalCapabilities
from tui.terminal.link import TerminalLink
from tui.terminal.screen_diff import ScreenFrame
from widgets.bars.key_hints import HintLine
from widgets.bars.link_strip import LineFigures, LinkStrip
from widgets.bars.status_bar import StatusBar
from widgets.drawing import style
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import discreet
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.frame import Frame, PaneName, Sides

ResultT = TypeVar("ResultT")
Handler = Callable[[], object]

NO_BOOK = Book(info=DeskInfo(profile="", environment="", operator="", base_url=""))
ANSWERS = frozenset({"ask.yes", "ticket.arm", "ticket.go", "setup.go"})
"""What only a key does: no click says yes, buys or writes."""

LAST_HINTS = ("refresh", "palette", "help")
"""What the key line names last; a narrow one has room for the help alone, which names them all."""

BOXES = Size(112, 30)
"""Room from which the parts of an opened screen are in boxes."""

SMALLEST_WIDTH = 60
SMALLEST_HEIGHT = 18
MESSAGE_SECONDS = 8.0
WIDTHS = [(0, "-narrow"), (80, "-roomy"), (100, "-airy"), (160, "-wide")]


class ConsoleContext(Struct, frozen=True):
    """What does not change while a console runs: settings, keys, and whether it may buy at all.

    `pin` is where this operator's lock PIN is kept, if he has one; None where none can be kept.
    `state_dir` is where command lines are kept; None: in memory alone. `terminal` is what this one
    can show, `line` what is known of the way to it, `picture` what is on it.
    """

    settings: Settings
    keymap: Keymap
    read_only: bool = False
    pin: LockPin | None = None
    state_dir: Path | None = None
    terminal: TerminalCapabilities = TerminalCapabilities()
    line: TerminalLink = field(default_factory=TerminalLink)
    picture: ScreenFrame = field(default_factory=ScreenFrame)
    clock: Clock = field(default_factory=SystemClock)


class Refusal(Struct, frozen=True):
    """An action that could not be done, and the sentence why."""

    action: Action
    why: str


class ConsoleScreen(Screen[ResultT], inherit_bindings=False):
    """A screen whose keys come from the table of actions.

    The app assigns `book`, `now` (UTC), `privacy` and `context`, which holds the settings; a screen
    hands them down by `data_bind`. It assigns `figures` of the line as well, which are on a line
    of their own while there are any.
    A subclass names its `PLACE`, tells its `situation` and maps action ids to `handlers`; what it
    does not handle goes up to the app as `Asked`.
    """

    PLACE: ClassVar[str] = ""
    HAS_STRIP: ClassVar[bool] = True
    BESIDE_DESK: ClassVar[bool] = False
    """Whether the desk goes on living at its left where the terminal is wide."""

    FRAMES_ITSELF: ClassVar[bool] = False
    """Whether it draws frames of its own around what is beside the desk."""

    of_find = False
    """Whether it shows what was looked for; the next search takes its place."""

    book: var[Book] = var(NO_BOOK)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    figures: var[LineFigures | None] = var[LineFigures | None](None)
    context: var[ConsoleContext] = var[ConsoleContext](
        lambda: ConsoleContext(Settings(), Keymap()), init=False
    )
    low_balance: var[Decimal] = var(Decimal(0))
    prices: var[Prices] = var(Prices())
    language: var[str] = var("en")

    # Textual would paint the whole screen at each change of the focus; panes paint their own part.
    focused = Reactive[Widget | None](None, repaint=False)

    class Asked(FieldMessage):
        """An action that belongs to the whole console: palette, help, privacy, leaving."""

        screen: "ConsoleScreen[Any]"
        action_id: str

    class Opening(FieldMessage):
        """Another screen is to be opened; `instead` of this one."""

        screen: "ConsoleScreen[Any]"
        instead: bool

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__()
        compositor = LinkCompositor(context.line, context.picture, self.hold_paint, self.cursor_at)
        draw_through(self, compositor)
        self.set_reactive(ConsoleScreen.context, context)
        self.set_reactive(ConsoleScreen.low_balance, context.settings.ui.low_balance)
        self.set_reactive(ConsoleScreen.prices, context.settings.prices)
        self.set_reactive(ConsoleScreen.language, context.settings.ui.customer_language)
        self._standing = False
        self._message = ""
        self._refused: Refusal | None = None
        self._shown_at = Size()
        self._message_timer: Timer | None = None
        self._paint_timer: Timer | None = None

    def on_mount(self) -> None:
        if not (self.console.is_running and self.is_attached and self.query(HintLine)):
            # Textual composes nothing more into a console that is closing, not even what was begun,
            # and still says that it is running.
            return
        self._standing = True
        self.show_aside()
        self.begin()
        self.refresh_hints()
        self.watch_figures(self.figures)

    async def mount_composed_widgets(self, widgets: list[Widget]) -> None:
        """Leave room for the desk beside what is between the first line and the keys."""
        if self.BESIDE_DESK and widgets:
            above, *opened, keys = widgets
            widgets = [above, Horizontal(Vertical(*opened, id="opened"), id="beside"), keys]
        await super().mount_composed_widgets(widgets)

    def on_unmount(self) -> None:
        """Let go of what was drawn here: Textual keeps the lines of the last thousand widgets."""
        forget_drawn_lines()
        gc_pauses.collect_soon()

    def on_screen_suspend(self) -> None:
        """Take the keys off the screen while a dialog that has other keys lies on top."""
        self._hide_keys(True)

    def on_screen_resume(self) -> None:
        self._hide_keys(False)

    def begin(self) -> None:
        """Set the widgets up, once they are composed."""

    @property
    def console(self) -> App[Any]:
        return cast("App[Any]", self.app)  # pyright: ignore[reportUnknownMemberType]

    @property
    def composed(self) -> bool:
        """Whether the widgets are composed: before and after that, news has nowhere to go."""
        app = self.console
        return self._standing and app.is_running and self in app.screen_stack

    @property
    def alone(self) -> bool:
        """Whether the whole terminal is for what is opened: nothing else may be seen beside it."""
        return False

    @property
    def opened_size(self) -> Size:
        """How large the screen is without the desk beside it and the frame of what is opened."""
        beside = self._aside_width()
        frame = 2 if beside and not self.FRAMES_ITSELF else 0
        return Size(self.size.width - beside - frame, self.size.height - frame)

    def opened_order(self) -> BoardOrder | None:
        """Return the order that this screen is about, None where it is about several."""
        return None

    def parts(self) -> Sequence[tuple[Canvas, PaneName]]:
        """Return the parts of an opened screen that are framed, each with its title."""
        return ()

    @property
    def sides(self) -> Sides:
        """How the parts are framed: boxes where there is room, else rules with their titles."""
        width, height = self.opened_size
        roomy = width >= BOXES.width and height >= BOXES.height
        return "both" if roomy and not style.now().coarse else "none"

    def frame_parts(self) -> None:
        """Put the parts into their frames."""
        for part, name in self.parts() if self.composed else ():
            part.frame = Frame(name, self.sides)

    def show_aside(self) -> None:
        """Show the desk beside what is opened, where the terminal is wide enough."""
        self.frame_parts()
        if not (self.BESIDE_DESK and self.composed):
            return
        from tui.screens.parts.desk_aside import DeskAside

        shown, found = bool(self._aside_width()), self.query(DeskAside)
        self.query_one("#opened").set_class(shown and not self.FRAMES_ITSELF, "-boxed")
        if not found and shown:
            self.query_one("#beside").mount(DeskAside(self), before=0)
        for aside in self.query(DeskAside):
            aside.take_room(self.size, self.context.keymap)
            order = self.opened_order()
            listed = any(order and each.line == order.line for each in self.book.orders)
            aside.point_at(order if listed else None)
            aside.display = shown

    def _aside_width(self) -> int:
        if not self.BESIDE_DESK or self.alone:
            return 0
        from tui.screens.parts.desk_aside import aside_width

        return aside_width(self.size)

    @property
    def roomy(self) -> bool:
        """Whether the terminal is large enough to show a ticket whole."""
        return self.size.width >= SMALLEST_WIDTH and self.size.height >= SMALLEST_HEIGHT

    def status_bar(self) -> StatusBar:
        """Return the top line of a screen that has one, bound to what it shows."""
        screen = ConsoleScreen
        return StatusBar(id="status").data_bind(
            screen.book, screen.now, screen.privacy, screen.low_balance, screen.prices
        )

    def place(self) -> str:
        """Return where the cursor is, in the words of the table of actions."""
        return self.PLACE

    def situation(self) -> ActionContext:
        """Return what actions have to know of this screen now."""
        info = self.book.info
        return ActionContext(
            place=self.place(),
            buying=not self.context.read_only and info.scope != "READ-ONLY",
            why_not="" if info.can_buy else discreet(info.why_not, self.privacy),
            roomy=self.roomy,
            unsettled=len(self.book.unsettled) + len(self.book.to_approve),
            unclaimed=self.book.unclaimed,
            privacy=self.privacy,
            can_copy=self.context.settings.ui.copy,
            can_print=bool(self.context.settings.ui.print_command),
        )

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does for each action id that it handles itself."""
        return {"back": self.leave_screen, "quit": self.leave_screen}

    def noted_order(self) -> BoardOrder | None:
        """Return the order that keys act on here (buy again, hand over, note); None without one."""
        return None

    def stock_in_sight(self) -> Product | None:
        """Return the product whose stock can be read here now; a screen that shows it overrides."""
        return None

    @property
    def shows_card(self) -> bool:
        """Whether a code can be read here now; a screen that shows cards overrides it."""
        return False

    def take_order(self, order: BoardOrder) -> None:
        """Take an order that was just marked or noted here; the board may not hold it."""

    def conceal(self) -> None:
        """Hide what no other person may see; a screen that shows cards overrides it."""

    def open_screen(self, screen: "ConsoleScreen[Any]", *, instead: bool = False) -> None:
        """Open another screen; where the same one is below, the way on is the way back to it."""
        self.post_message(self.Opening(screen, instead))

    def same(self, other: Screen[Any]) -> bool:
        """Tell whether another screen shows the same as this one would."""
        del other
        return False

    def leave_screen(self) -> None:
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
        if words := key_hints.sentence(event.key, self.context.keymap, self.situation()):
            self.say(words)

    def ask(self, question: "ConsoleScreen[bool]", answered: Callable[[bool | None], None]) -> None:
        question.privacy = self.privacy
        self.console.push_screen(question, answered)

    def explain(self, action: Action) -> None:
        """Say why an action cannot be done now, for as long as that is so."""
        reason = action.reason(self.situation())
        self.say(reason)
        self._refused = Refusal(action, reason)

    def say(self, sentence: str | Phrase) -> None:
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
        if self.context.line.behind():
            # The sentence is still on its way, or has only just come.
            self._end_message_in(MESSAGE_SECONDS / 2)
        else:
            self._show_message("")

    @property
    def listens(self) -> bool:
        """Whether what happens elsewhere may be said here now: no sentence is being read."""
        return not self._message

    def unsay(self) -> None:
        """Show the key line again, if a sentence is in its place."""
        if self._message_timer is not None:
            self._message_timer.stop()
            self._message_timer = None
            self._show_message("")

    @on(events.Resize)
    def _size_changed(self) -> None:
        if self.size != self._shown_at:
            self.unsay()
        self.show_aside()

    def refresh_hints(self) -> None:
        """Recompute the key line; to be called when the situation may have changed."""
        if not self.composed:
            return
        now = self.situation()
        if self._refused is not None and self._refused.action.reason(now) != self._refused.why:
            self._refused = None
            self.unsay()
        keys = [
            (self.context.keymap.shown(action.id), self.words(action))
            for action in self.hinted()
            if action.offered(now) and not action.reason(now)
        ]
        line, help_key = self.query_one(HintLine), self.context.keymap.shown("help")
        line.staying = 2 if keys and keys[-1][0] == help_key else 1
        line.hints = (*keys, self.way_out())

    def hinted(self) -> Sequence[Action]:
        """Return the actions that the key line names, the most important first.

        What leaves a narrow line first is at its end, before the help and the way out.
        """
        hinted = [action for action in ACTIONS if action.hint]
        return sorted(hinted, key=lambda action: action.id in LAST_HINTS)

    def words(self, action: Action) -> str:
        """Return what the key line calls an action; a screen may name it by what it does there."""
        return action.short or action.label

    def way_out(self) -> tuple[str, str]:
        """Return the key that leads back from here, and its word; the key line always shows it."""
        return self.context.keymap.shown("back"), BY_ID["back"].label

    def watch_figures(self, figures: LineFigures | None) -> None:
        """Show the figures of the line on a line of their own, or free it again."""
        if not (self.composed and self.HAS_STRIP):
            return
        strips = self.query(LinkStrip)
        if figures is None:
            strips.remove()
            return
        if not strips:
            self.mount(LinkStrip())
        self.query_one(LinkStrip).figures = figures

    def hold_paint(self, seconds: float) -> None:
        """Paint what is held back after so many seconds; 0: nothing is held back any more."""
        if not seconds and self._paint_timer is not None:
            self._paint_timer.stop()
            self._paint_timer = None
        elif seconds and self._paint_timer is None:
            self._paint_timer = self.set_timer(seconds, self.paint_held)

    def paint_held(self) -> None:
        """Paint what was held back, if the link takes it by now."""
        if self._paint_timer is not None:
            self.hold_paint(0)
            # One cell: with it goes out all that changed meanwhile.
            self.refresh(Region(0, 0, 1, 1))

    def cursor_at(self) -> tuple[int, int] | None:
        """Return line and column of what is chosen or typed here; None where nothing is.

        The terminal's cursor is put there: screen readers read the line that it is on.
        """
        focused = self.focused
        if isinstance(focused, Input):
            x, y = focused.cursor_screen_offset
        elif isinstance(focused, Canvas):
            x, y, _, _ = focused.content_region
            y += focused.chosen_line
        else:
            return None
        return (y, x) if self.size.region.contains(x, y) else None

    def watch_context(self, context: ConsoleContext) -> None:
        """Hand changed settings down, and name the keys as they are from now on."""
        self.low_balance = context.settings.ui.low_balance
        self.prices = context.settings.prices
        self.language = context.settings.ui.customer_language
        self.frame_parts()
        self.refresh_hints()

    def take_look(self) -> None:
        """Draw again what is drawn: how things look here has changed."""
        self.frame_parts()
        for canvas in self.query(Canvas):
            canvas.patch()

    def watch_book(self) -> None:
        """Offer other keys when the book allows other things."""
        self.refresh_hints()

    def watch_privacy(self, privacy: bool) -> None:
        """Hide or show the amounts in the sentence that is here."""
        del privacy
        self._show_message(self._message)

    def _show_message(self, sentence: str | Phrase) -> None:
        self._message = sentence
        if self.composed:
            self.query_one(HintLine).message = discreet(sentence, self.privacy)

    @on(HintLine.Clicked)
    def _key_clicked(self, event: HintLine.Clicked) -> None:
        """Do what a clicked key does, unless it answers a question or could buy."""
        event.stop()
        shown, place = self.context.keymap.shown, self.place()
        for action in ACTIONS:
            if place in action.where and shown(action.id) == event.key:
                if action.id not in ANSWERS:
                    self.action_run(action.id)
                return

    def _hide_keys(self, hidden: bool) -> None:
        if self.composed and (keys := self.query_one(HintLine)).visible is hidden:
            keys.visible = not hidden


class Dialog(ConsoleScreen[ResultT], ModalScreen[ResultT]):
    """A screen that lies on top of another one and keeps its keys to itself.

    Below 100 columns it lies on a band as wide as the terminal: beside a box, halves of words would
    be left standing.
    """

    HAS_STRIP = False
    HORIZONTAL_BREAKPOINTS = WIDTHS
    IS_QUESTION: ClassVar[bool] = False
    """Whether its keys are answers to a question."""

    @property
    def listens(self) -> bool:
        """Whether what happens elsewhere may be said here: never in place of a dialog's keys."""
        return False

    def on_key(self, event: events.Key) -> None:
        """Name the keys that work here when another one is pressed."""
        keys, place = self.context.keymap, self.place()
        if any(place in each.where and keys.presses(each.id, event.key) for each in ACTIONS):
            return
        if words := moved_keys.sentence(event.key, keys, place):
            self.say(words)
        elif self.IS_QUESTION or event.key not in self.active_bindings:
            self._name_keys(show(event.key))

    def on_paste(self, event: events.Paste) -> None:
        """Name the keys: what is pasted is none of them, unless it goes into a line."""
        event.stop()
        self._name_keys("A paste")

    def _name_keys(self, what: str) -> None:
        keys = ", ".join(f"{key} {label}" for key, label in self.query_one(HintLine).hints)
        self.say(f"{what} {'is no answer' if self.IS_QUESTION else 'does nothing'} here. {keys}.")

    async def mount_composed_widgets(self, widgets: list[Widget]) -> None:
        """Lay the band under what was composed."""
        if widgets:
            await super().mount_composed_widgets([Container(*widgets, classes="band")])
