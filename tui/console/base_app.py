"""The app under the console and the set-up: keys in order, no traceback, a terminal that may go."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.driver import Driver

from services.domain.errors import Refused
from services.domain.phrase import Phrase
from services.domain.text import clean
from tui.actions.keymap import Keymap
from tui.console.link_monitor import LinkMonitor
from tui.screens.base import ConsoleContext, ConsoleScreen
from tui.terminal import themes
from tui.terminal.adapter import on_defect, without_toasts
from tui.terminal.background import BackgroundQuestion
from tui.terminal.capabilities import in_ascii
from tui.terminal.clipboard import PendingClears
from tui.terminal.input import is_press
from widgets.drawing import style

if TYPE_CHECKING:
    from tui.terminal.driver import ConsoleDriver

ResultT = TypeVar("ResultT")
TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseUp, events.MouseScrollDown)
LONGEST_PASTE = 500
HUNG_UP = 129
"""What a shell expects of a process that ended because its line was dropped."""

SIZE_SECONDS = 0.1
"""So long (s) after the terminal reported another size, its size is read again."""

ROUNDS = 4
"""A key acts, what it asks for rises to the app, a screen opens there, and takes the focus."""

LONGEST_WAIT = 0.5
"""Seconds after which the next key goes on whatever became of the one before."""

Typed = events.Key | events.Paste


class BaseApp(App[ResultT], inherit_bindings=False):
    """What the console and the set-up have in common, apart from what they are for.

    Args:
        context: how it looks, its keys and its clock.

    Attributes:
        crash: the defect that ended it, None while there was none.
        last_words: a sentence that is printed once the screen is gone.
        copied: what was sent to a clipboard and is not forgotten yet.
        link: the link to the terminal.
        typed: the keys that wait for those before them to have their effect.
        touched_at: when the operator did something last, in steady seconds.
        question: what the terminal was asked before there was an app.
    """

    CSS_PATH = "desk.tcss"
    TITLE = "carddesk"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__(ansi_color=True)
        self.question = BackgroundQuestion(0)
        for theme in themes.SIXTEEN if context.terminal.sixteen else themes.THEMES:
            self.register_theme(theme)
        self.context = context
        self.clock = context.clock
        self.crash: Exception | None = None
        on_defect(self, self.broke)
        without_toasts(self)
        self.last_words = ""
        self.copied = PendingClears()
        self.terminal: ConsoleDriver | None = None
        self.link = LinkMonitor(self)
        self.typed = TypeAhead(self, super().on_event)
        self.touched_at = context.clock.steady()
        self.take_keys(context.keymap)
        self.take_theme(context.settings.ui.theme)
        style.take(style.Look())
        self.take_signs(context.settings.ui.ascii)
        self.link.show_look()

    def get_driver_class(self) -> type[Driver]:
        from tui.terminal.driver import ConsoleDriver

        return ConsoleDriver

    # Keys and the mouse.

    def _meant(self, mouse: events.MouseEvent) -> bool:
        """Tell whether the mouse is on the screen, or drags something that began there.

        Beyond it there is nothing: Textual would take the focus away, and with it every key.
        """
        on_screen = self.size.region.contains(int(mouse.screen_x), int(mouse.screen_y))
        return on_screen or self.mouse_captured is not None

    async def on_event(self, event: events.Event) -> None:
        """Decide what a key is, and hand keys and pastes on one after the other."""
        if isinstance(event, events.Key) and not is_press(event):
            return
        if isinstance(event, events.MouseEvent) and not self._meant(event):
            return
        if isinstance(event, events.InputEvent | events.Paste):
            self.touched_at = self.clock.steady()
        if isinstance(event, events.AppBlur):
            # What is hidden now must not be shown again by a key from before.
            self.typed.forget()
        if isinstance(event, TOUCHES) and not event.is_forwarded:
            # It is answered at once, on whatever link.
            self.link.line.key()
        if event.is_forwarded or not isinstance(event, events.Key | events.Paste):
            await super().on_event(event)
            return
        if isinstance(event, events.Paste):
            # Textual measures a flood of combining marks for half a minute.
            event = events.Paste(clean(event.text, LONGEST_PASTE))
        elif (latin := self._live_keymap.latin(event.key)) != event.key:
            event = events.Key(latin, None)
        await self.typed.take(event)

    def take_keys(self, keymap: Keymap) -> None:
        """Answer to the keys of another keyboard from now on."""
        self._live_keymap = keymap
        self.set_keymap(keymap.overlay())
        self.typed.moves = keymap.moves()

    # Screens.

    def say(self, sentence: str | Phrase) -> None:
        """Show a sentence on the screen on top."""
        if isinstance(self.screen, ConsoleScreen):
            self.screen.say(sentence)

    def hand_down(self, name: str, value: object) -> None:
        for screen in self.console_screens():
            setattr(screen, name, value)

    def console_screens(self) -> list[ConsoleScreen[Any]]:
        """Return the screens, the one on top last; none while the app ends."""
        # A book may still arrive while the screens are being taken down.
        screens = self.screen_stack if self.is_running else []
        return [screen for screen in screens if isinstance(screen, ConsoleScreen)]

    # How it looks.

    def refresh_css(self, animate: bool = True) -> None:
        """Style all again; before there is a screen, take the colours that all will be styled by.

        Textual would read every style sheet once for the theme and once for the first screen.
        """
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def take_theme(self, name: str) -> None:
        """Draw in the colours of another theme from now on."""
        self.theme = "ansi" if self.no_color else themes.drawn(name, self.context.terminal.ground)
        self.ansi_color = self.current_theme.ansi

    def take_signs(self, setting: str) -> None:
        """Draw lines and signs as the terminal can show them, or as the setting says."""
        ascii_alone = in_ascii(setting, self.context.terminal)
        style.take(style.now()._replace(ascii=ascii_alone))
        self.set_class(ascii_alone, "-ascii")
        self.redraw_canvases()

    def redraw_canvases(self) -> None:
        """Draw what is on every screen again: how things look here has changed."""
        for screen in self.console_screens():
            screen.take_look()

    # The terminal.

    def to_terminal(self, sequence: str) -> None:
        """Send the terminal a whole sequence: as a frame is, after the one before, never inside."""
        if self.terminal is not None:
            self.terminal.write(sequence)

    def on_resize(self) -> None:
        """Draw all again, and read the size once more when a storm of sizes is over.

        A terminal that has its old size again may have lost what was on it.
        """
        self.link.redraw()
        self.set_timer(SIZE_SECONDS, self.check_size)

    def check_size(self) -> None:
        """Take the size that the terminal has, whatever it reported."""
        if self.terminal is not None:
            self.terminal.check_size()

    def suspend_process(self) -> None:
        """Hide cards and stop as ctrl+z does, or say why not."""
        if self.terminal is None or not self.terminal.can_suspend:
            self.say("Suspending is off: whatever started carddesk does not allow it.")
        else:
            self.terminal.suspend()

    def end_threads(self) -> None:
        """End what reads and writes the terminal; the app has ended, or never will in order."""
        if self.terminal is not None:
            self.terminal.end()

    def paint_held(self) -> None:
        """Paint what was held back until the terminal had answered."""
        if isinstance(self.screen, ConsoleScreen):
            self.screen.paint_held()

    # What must not be kept or shown.

    @property
    def clipboard(self) -> str:
        """Nothing, ever: a card that was copied could be pasted onto the screen again."""
        return ""

    def copy_to_clipboard(self, text: str) -> None:
        """Do nothing: inputs would copy what is in them, and that may be a key."""
        del text

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """Draw the screen as SVG; every other way to a screenshot passes here.

        Raises:
            Refused: a card is on the screen.
        """
        if any(screen.shows_card for screen in self.console_screens()):
            raise Refused(
                "A card is on the screen, and a picture would keep it",
                advice="Hide the card, then take the picture.",
            )
        return super().export_screenshot(title=title, simplify=simplify)

    def hide_cards(self) -> None:
        """Hide cards on every screen; no key from before shows one again."""
        self.typed.forget()
        for screen in self.console_screens():
            screen.conceal()

    # The end.

    def leave(self, exit_code: int = 0, sentence: str = "") -> None:
        """Close the screens; the sentence is printed once they are gone."""
        self.last_words = sentence
        self.exit(return_code=exit_code)

    def broke(self, error: Exception | None) -> None:
        """End after a defect, without a word of Textual's."""
        self.crash = self.crash or error
        self.exit(return_code=1)


class _Effect:
    """The wait for a key's effect: behind what waits in the queues from the focus up to the app.

    Args:
        app: whose keys these are.
        had: called when the key has had its effect.
    """

    def __init__(self, app: App[Any], had: Callable[["_Effect"], Awaitable[None]]) -> None:
        self._app = app
        self._had = had
        self._rounds = ROUNDS
        self._path: list[DOMNode] = []

    async def go_on(self) -> None:
        """Pass through the next queue, or end."""
        if not self._path:
            if not self._rounds:
                await self._had(self)
                return
            self._rounds -= 1
            focused = cast("DOMNode", self._app.focused or self._app.screen)
            self._path = list(focused.ancestors_with_self)
        while self._path:
            if self._path.pop(0).post_message(events.Callback(callback=self.go_on)):
                return


class TypeAhead:
    """Hands key presses and pastes on in order: each waits until the one before had its effect.

    Textual sends each key at once to whatever has the focus. On a slow line `/netflix` arrives in
    one piece, and its letters would still reach the list that `/` is about to leave.

    Moving a cursor neither opens anything nor takes the focus, so that one move need not wait for
    the one before it; anything else waits for both.

    Args:
        app: whose keys these are.
        deliver: Textual's own way of handing on an event.

    Attributes:
        moves: the keys that move a cursor, as Textual names them.
    """

    def __init__(self, app: App[Any], deliver: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self.moves = frozenset[str]()
        self._moving = False
        self._waiting: deque[Typed] = deque()
        self._effect: _Effect | None = None

    async def take(self, event: Typed) -> None:
        """Hand an event on, now or as soon as those before it have had their effect."""
        if self.busy and self._moving and not self._waiting and self._is_move(event):
            await self._hand_on(event)
            return
        self._waiting.append(event)
        if not self.busy:
            await self._next()

    def forget(self) -> None:
        """Drop the keys that have not been handed on yet."""
        self._waiting.clear()

    @property
    def busy(self) -> bool:
        """Whether a key has yet to have its effect."""
        return self._effect is not None

    async def _next(self) -> None:
        self._effect = None
        if self._waiting:
            await self._hand_on(self._waiting.popleft())

    async def _hand_on(self, event: Typed) -> None:
        """Deliver an event; the next one goes on when this one has had its effect."""
        self._moving = self._is_move(event)
        self._effect = effect = _Effect(self._app, self._had)
        await self._deliver(event)
        asyncio.get_running_loop().call_later(LONGEST_WAIT, self._give_up, effect)
        await effect.go_on()

    def _is_move(self, event: Typed) -> bool:
        return isinstance(event, events.Key) and event.key in self.moves

    async def _had(self, effect: _Effect) -> None:
        if effect is self._effect:
            await self._next()

    def _give_up(self, effect: _Effect) -> None:
        # A widget that was removed took its queue with it; the keys behind must not wait for ever.
        if effect is self._effect:
            self._app.call_later(self._had, effect)
