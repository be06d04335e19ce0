"""An app that stands firm: keys one after the other, no traceback, a terminal that may go away."""

from typing import TypeVar

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.filter import Monochrome, NoColor

from services.errors import Refused
from services.text import clean
from tui.copied import Copied
from tui.keymap import Keymap
from tui.screens.base import ConsoleScreen, Frame
from tui.terminal import in_ascii
from tui.themes import SIXTEEN, THEMES
from tui.typeahead import TypeAhead
from widgets import look
from widgets.canvas import Canvas

ResultT = TypeVar("ResultT")
LONGEST_PASTE = 500
HUNG_UP = 129
"""What a shell expects of a process that ended because its line was dropped."""


class SteadyApp(App[ResultT], inherit_bindings=False):
    """What the console and the set-up have in common, apart from what they are for.

    Attributes:
        crash: the defect that ended it, None while there was none.
        last_words: a sentence for whoever started it, printed once the screen is gone.
        copied: what was sent to a clipboard and is not forgotten yet.
    """

    CSS_PATH = "desk.tcss"
    TITLE = "carddesk"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self, frame: Frame) -> None:
        """Take the theme and the keys of `frame`."""
        super().__init__(ansi_color=True)
        for theme in SIXTEEN if frame.terminal.sixteen else THEMES:
            self.register_theme(theme)
        if self.no_color:
            # What is without a colour of its own needs none taken off: a picture in shades of
            # grey, which is what else would be drawn, is still one in colour codes.
            self._filters = [each for each in self._filters if not isinstance(each, Monochrome)]
            self._filters.append(NoColor())
        self.frame = frame
        self.take_theme(frame.settings.ui.theme)
        look.take(look.Look())
        self.take_signs(frame.settings.ui.ascii)
        self.set_keymap(frame.keymap.overlay())
        self.crash: Exception | None = None
        self.last_words = ""
        self.copied = Copied()
        self._typed = TypeAhead(self, super().on_event, frame.keymap.moves())

    def get_driver_class(self) -> type[Driver]:
        """Draw through a driver that survives its terminal."""
        from tui.driver import ConsoleDriver

        return ConsoleDriver

    async def on_event(self, event: events.Event) -> None:
        """Hand keys on one after the other, however fast they come."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if isinstance(event, events.Paste):
                # Textual measures a flood of combining marks for half a minute.
                event = events.Paste(clean(event.text, LONGEST_PASTE))
            self.frame.tidying.pressed()
            await self._typed.take(event)
            return
        if isinstance(event, events.AppBlur):
            # What is hidden now must not be shown again by a key from before.
            self._typed.forget()
        await super().on_event(event)

    def take_theme(self, name: str) -> None:
        """Draw in the colours of another theme from now on."""
        self.theme = "ansi" if self.no_color else name
        self.ansi_color = self.current_theme.ansi

    def take_signs(self, setting: str) -> None:
        """Draw lines and signs as the terminal can show them, or as the setting says."""
        ascii_alone = in_ascii(setting, self.frame.terminal)
        look.take(look.now()._replace(ascii=ascii_alone))
        self.set_class(ascii_alone, "-ascii")
        self.redraw()

    def redraw(self) -> None:
        """Draw anew what stands on every screen: how things look here has changed."""
        for screen in self.screen_stack if self.is_running else []:
            for canvas in screen.query(Canvas):
                canvas.patch()

    def take_keys(self, keymap: Keymap) -> None:
        """Answer to another keyboard's keys from now on."""
        self.set_keymap(keymap.overlay())
        self._typed.know(keymap.moves())

    def to_terminal(self, sequence: str) -> None:
        """Send the terminal a whole sequence: as a frame is, after the one before, never inside."""
        if self._driver is not None:
            self._driver.write(sequence)

    @property
    def clipboard(self) -> str:
        """Nothing, ever: a card that was copied could be pasted onto the screen again."""
        return ""

    def copy_to_clipboard(self, text: str) -> None:
        """Do nothing: inputs would copy what stands in them, and that may be a key."""
        del text

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """Draw the screen as SVG; every other way to a screenshot passes here.

        Raises:
            Refused: a card is on the screen.
        """
        for screen in self.screen_stack:
            if isinstance(screen, ConsoleScreen) and screen.shows_card:
                raise Refused(
                    "A card is on the screen, and a picture would keep it",
                    advice="Hide the card, then take the picture.",
                )
        return super().export_screenshot(title=title, simplify=simplify)

    def end_threads(self) -> None:
        """End what reads and writes the terminal; the app has ended, or never will in order."""
        end = getattr(self._driver, "end", None)
        if end is not None:
            end()

    def leave(self, exit_code: int = 0, sentence: str = "") -> None:
        """Close the screens; whoever runs the app prints the sentence."""
        self.last_words = sentence
        self.exit(return_code=exit_code)

    def panic(self, *renderables: object) -> None:
        """Leave: Textual's reader of keys broke off, which it does when the terminal is gone."""
        del renderables
        self.leave(HUNG_UP)

    def _handle_exception(self, error: Exception) -> None:
        """Leave without Textual's traceback, which shows local variables: keys and codes."""
        if self.crash is None:
            self.crash = error
        self._return_code = 1
        if self._exception is None:
            # Textual's own test harness raises this again.
            self._exception = error
            self._exception_event.set()  # pyright: ignore[reportUnknownMemberType]
        self._close_messages_no_wait()
