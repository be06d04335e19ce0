"""The driver of the terminal, which outlives the terminal and counts and times what it writes."""

from threading import Event, Thread
from time import monotonic
from typing import IO, Any, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.key_reader import KeyReader
from tui.line import Line
from tui.line_app import LineApp
from tui.screens.base import ConsoleScreen
from tui.steady_app import SteadyApp
from tui.terminal import Patient

WHERE_IS_THE_CURSOR = "\x1b[6n"
LONGEST_ANSWER = 1.0
"""The terminal is waited for so long (s) before it is left to others: to answer, and to take."""


class ConsoleDriver(LinuxDriver):
    """Textual's driver, writing through a stream that does not fail when nobody is there."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)  # pyright: ignore[reportUnknownMemberType]
        stream = Patient(self._file)
        self._file = cast("IO[str]", stream)
        self._console = app if isinstance(app, LineApp) else None
        self._line = self._console.line if self._console else Line("off")
        self._line.blocked = stream.blocked
        self._has_mouse = mouse
        self._mouse = mouse and not self._line.thin
        self._open_questions = 0
        self._answered = Event()
        self._sync_asked_at = 0.0
        self._unflushed = False
        self._keys = KeyReader(self.fileno, self.exit_event)

    def run_input_thread(self) -> None:
        """Read the keys until the console leaves or is suspended."""
        self._keys.run(XTermParser(self._debug), self.process_message)

    # Counting and timing.

    def write(self, data: str) -> None:
        """Write, and count it."""
        self._line.meter.wrote(len(data) if data.isascii() else len(data.encode()))
        self._unflushed = True
        super().write(data)

    def flush(self) -> None:
        """Count the picture that ends here."""
        if self._unflushed:
            self._line.meter.frame()
        self._unflushed = False
        super().flush()

    def ask(self) -> None:
        """Ask the terminal something that it answers once it has drawn what was written before."""
        self._line.asked()
        self._open_questions += 1
        self.write(WHERE_IS_THE_CURSOR)

    def process_message(self, message: Message) -> None:
        """Take the terminal's answers out of what was typed. This runs in the reader's thread."""
        if isinstance(message, events.CursorPosition):
            self._open_questions = max(0, self._open_questions - 1)
            self._answered.set()
            self._tell(self._line.answered, monotonic())
            return
        if isinstance(message, TerminalSupportsSynchronizedOutput) and self._sync_asked_at:
            # Textual asks at the start what the terminal can do: a round trip that costs nothing.
            self._tell(self._line.took, monotonic() - self._sync_asked_at)
            self._sync_asked_at = 0.0
        super().process_message(message)

    def _tell(self, noted: Any, value: float) -> None:
        if self._console is not None:
            self._console.call_later(self._console.answered, noted, value)

    def _request_terminal_sync_mode_support(self) -> None:
        self._sync_asked_at = monotonic()
        super()._request_terminal_sync_mode_support()

    def start_application_mode(self) -> None:
        """Take the terminal over, of which it is not known what stands on it."""
        self._line.forget_questions()
        self._open_questions = 0
        super().start_application_mode()
        if self._console is not None:
            self._console.picture_lost()
        if self._line.wants_answer():
            self.ask()

    def disable_input(self) -> None:
        """Read no more keys, once the terminal's answer is here: a shell would take it for keys."""
        if self.exit_event.is_set():
            return
        while self._open_questions and (left := LONGEST_ANSWER - self._line.waits) > 0:
            self._answered.clear()
            if self._open_questions and not self._answered.wait(left):
                break
        self._keys.stop()
        super().disable_input()

    def end(self) -> None:
        """End the threads that read and write, whatever became of the app that started them.

        Neither is the loop's: a process whose terminal is gone would wait for them for ever.
        """
        self._keys.stop()
        self.exit_event.set()
        self.close()

    def stop_application_mode(self) -> None:
        """Give the terminal back with nothing on it, a clipboard first: nobody clears it later."""
        if isinstance(self._app, SteadyApp):
            self._app.copied.clear_now()
        self._wipe()
        super().stop_application_mode()

    def _wipe(self) -> None:
        """Write over what is drawn: a terminal without another screen keeps it in sight.

        Line by line, since terminals keep what they are told to clear at once in their history.
        """
        rows = range(1, self._app.size.height + 1)
        self.write("\x1b[m" + "".join(f"\x1b[{row}H\x1b[K" for row in rows) + "\x1b[H")

    def close(self) -> None:
        """Wait for what is still being written, but not for ever: a terminal may take nothing."""
        # The purchases in flight are still to be brought to an end, whatever the terminal does.
        closing = Thread(target=super().close, daemon=True)
        closing.start()
        closing.join(LONGEST_ANSWER)

    def check_size(self) -> None:
        """Tell the app of a size that it does not know of.

        Linux sends the signal before it changes the size: who is quick reads the one before.
        """
        size = Size(*self._get_terminal_size())
        if not self._in_band_window_resize and size != self._app.size:
            self.send_message(events.Resize(size, size))

    # What the mouse may send.

    def spare_mouse(self, spared: bool) -> None:
        """Ask the terminal to report the mouse no more, or again if that was wanted at all."""
        if spared and self._mouse:
            self._disable_mouse_support()
            self._mouse = False
        elif not spared and self._has_mouse and not self._mouse:
            self._mouse = True
            self._enable_mouse_support()
            if self._mouse_pixels:
                self._enable_mouse_pixels()

    def _sigtstp_application(self, *arguments: Any) -> None:
        """Hide cards before the process stops: going on, Textual draws all that was there."""
        for screen in self._app.screen_stack:
            if isinstance(screen, ConsoleScreen):
                screen.conceal()
        super()._sigtstp_application(*arguments)  # pyright: ignore[reportUnknownMemberType]
