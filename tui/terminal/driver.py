"""The driver of the terminal: it takes it over, reads its keys, writes pictures, gives it back."""

import asyncio
import logging
import os
import re
import selectors
import signal
import sys
import termios
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, Final, Protocol, TextIO, cast

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from services.system.logs import describe
from tui.terminal import suspension, title
from tui.terminal.background import BackgroundQuestion
from tui.terminal.capabilities import hung_up, read_single_keys, size_of, write_some
from tui.terminal.clipboard import PendingClears
from tui.terminal.input import Piece, TerminalInput, TerminalKeys
from tui.terminal.link import TerminalLink

TAKE_OVER = "\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"
GIVE_BACK = "\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""Another screen, no cursor, reports of the focus, pastes in brackets, no wrapped lines."""

PLAIN_INPUT = "\x1b[?2004l\x1b[?7h"
KEYBOARD_ON, KEYBOARD_OFF = "\x1b[>25u", "\x1b[<u"
"""The keyboard protocol: sequences that are unmistakable, for all keys, with what they type."""

MOUSE_ON = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h"
MOUSE_OFF = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
CAN_SYNCHRONIZE = "\x1b[?2026$p"
BEGIN_PICTURE, END_PICTURE = "\x1b[?2026h", "\x1b[?2026l"
LONG_PICTURE = 400
"""What is longer (characters) is announced as one picture, which the terminal shows at once."""

LAST_MOVE = re.compile(r"\x1b\[\d+;\d+H\Z")
"""What Textual ends each picture with; the frame has put the cursor to its place already."""

WHERE_IS_THE_CURSOR = "\x1b[6n"
A_SIGN = "\x1b[H\x1b[8m●\x1b[m"
"""One of the signs of a state, not to be seen; the cursor is then as many columns on as it is wide.
"""

WIDE = 2
LONGEST_ANSWER, LONGEST_WRITE = 3.0, 1.0
"""The terminal is waited for so long (s) before it is left to others: for an answer, from when it
was asked; to take what was written."""

CHUNK = 4_096
PATIENCE_SECONDS = 1.0
REST_SECONDS, ROUND_TRIPS = 1.0, 3
"""So long without a byte, more on a long line, and a sequence or a paste that began is over."""

AGAIN_SECONDS = 0.05
"""A terminal that had nothing though it said so is asked again after so long."""

_log = logging.getLogger(__name__)


class LinkWatch(Protocol):
    """What the driver asks of what watches the link to the terminal."""

    line: TerminalLink

    def signs_are_wide(self) -> None: ...
    def answered(self, at: float) -> None: ...
    def forget_frame(self) -> None: ...
    def redraw(self) -> None: ...


class TerminalHost(Protocol):
    """What the driver asks of the app that it draws for."""

    terminal: "ConsoleDriver | None"
    copied: PendingClears
    question: BackgroundQuestion

    @property
    def link(self) -> LinkWatch: ...
    @property
    def size(self) -> Size: ...
    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool: ...
    def broke(self, error: Exception) -> None: ...
    def hide_cards(self) -> None: ...


class ConsoleDriver(Driver):
    """A driver for a terminal that may be slow, suspended, or gone.

    Textual's own draws on the standard error, waits for a terminal that takes nothing, and stops
    the process with cards on the screen.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        self._in = cast("TextIO", sys.__stdin__).fileno()
        # The standard error may be a file: cards would be written into it.
        self._out = cast("TextIO", sys.__stdout__).fileno()
        super().__init__(app, debug=debug, mouse=mouse, size=size or size_of(self._out))
        self._host = cast("TerminalHost", app)
        self._host.terminal = self
        self._host_loop = asyncio.get_running_loop()
        self._line = self._host.link.line
        self._reports_mouse = mouse
        self._mouse_on = False
        self._synchronizes = False
        self._title = ""
        self._modes: list[Any] | None = None
        self._writer: TerminalWriter | None = None
        self._frame_begun = False
        self._ended = Event()
        self._keys = KeyReader(self._in, self._ended, self._line.key_wait)
        self._key_thread: Thread | None = None
        self._open_questions = 0
        self._asked_of_sign = False
        self._answered = Event()
        self._can_stop = suspension.can_stop()
        signal.signal(signal.SIGTSTP, self._stopped if self._can_stop else signal.SIG_IGN)
        signal.signal(signal.SIGCONT, self._continued)

    @property
    def can_suspend(self) -> bool:
        """Whether ctrl+z stops this process."""
        return self._can_stop

    def _in_app(self, callback: Callable[..., Any], *args: Any) -> None:
        """Call something in the app's own turn, from any thread or signal."""
        self._host_loop.call_soon_threadsafe(self._host.call_later, callback, *args)

    # Taking the terminal over, and giving it back.

    def start_application_mode(self) -> None:
        """Take the terminal over, of which it is not known what is on it."""
        suspension.wait_for_terminal(self._in)
        self._line.forget_questions()
        self._open_questions, self._synchronizes = 0, False
        self._writer = TerminalWriter(self._out)
        self._writer.start()
        self._line.blocked = self._writer.blocked
        signal.signal(signal.SIGWINCH, self._send_size)
        self._send_size()
        self.write(TAKE_OVER)
        if title.SHOWN:
            self.write(title.SAVE + (title.sequence(self._title) if self._title else ""))
        of_before, typed = self._host.question.hand_over()
        modes = read_single_keys(self._in)
        self._modes = of_before or modes
        self.write(KEYBOARD_ON)
        self._key_thread = Thread(target=self._read_keys, args=(typed,), name="terminal-input")
        self._key_thread.start()
        self.spare_mouse(self._line.slow)
        self._host.link.forget_frame()
        # Apple's terminal would write the last letter of that question.
        if os.environ.get("TERM_PROGRAM") != "Apple_Terminal":
            self.write(CAN_SYNCHRONIZE)
        # What else was asked is answered before this.
        self._asked_of_sign = True
        self.write(A_SIGN)
        self.ask()

    def disable_input(self) -> None:
        """Read no more keys, once the terminal's answer is here: a shell would take it for keys."""
        if self._key_thread is None:
            return
        while self._open_questions and self._line.waits and not hung_up(self._in):
            self._answered.clear()
            left = LONGEST_ANSWER - self._line.waits
            if self._open_questions and (left <= 0 or not self._answered.wait(left)):
                break
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        self.spare_mouse(True)
        self._keys.stop()
        self._ended.set()
        self._key_thread.join()
        self._key_thread = None
        self._ended.clear()
        with suppress(termios.error):
            termios.tcflush(self._in, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back with nothing on it, a clipboard first: it is not cleared later."""
        self._host.copied.clear_now()
        self._wipe()
        self.write(PLAIN_INPUT)
        self.disable_input()
        if self._modes is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._in, termios.TCSANOW, self._modes)
        # The keyboard's protocol belongs to the screen that is left.
        self.write(KEYBOARD_OFF + (title.RESTORE if title.SHOWN else "") + GIVE_BACK)

    def _wipe(self) -> None:
        """Write over what is drawn: a terminal without another screen keeps it in sight.

        Line by line, since terminals keep what they clear at once in their history.
        """
        rows = range(1, self._host.size.height + 1)
        self.write("\x1b[m" + "".join(f"\x1b[{row}H\x1b[K" for row in rows) + "\x1b[H")

    def close(self) -> None:
        """Wait for what is still being written, but not for ever: a terminal may take nothing."""
        if self._writer is not None:
            self._writer.stop(LONGEST_WRITE)

    def end(self) -> None:
        """End the threads that read and write, whatever became of the app that started them.

        Neither is the loop's: a process whose terminal is gone would wait for them for ever.
        """
        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        if self._can_stop:
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        self._keys.stop()
        self._ended.set()
        self.close()

    # Reading.

    def _read_keys(self, typed: bytes) -> None:
        """Read the keys, those first that were typed before; if that breaks, the console ends."""
        try:
            self._keys.run(self.process_message, typed)
        except Exception as error:
            self._in_app(self._host.broke, error)

    def process_message(self, message: Message) -> None:
        """Take the terminal's answers out of what was typed. This runs in the reader's thread."""
        if isinstance(message, events.CursorPosition):
            self._open_questions = max(0, self._open_questions - 1)
            self._answered.set()
            if self._asked_of_sign and message.x == WIDE:
                self._in_app(self._host.link.signs_are_wide)
            self._asked_of_sign = False
            self._in_app(self._host.link.answered, monotonic())
        elif isinstance(message, TerminalSupportsSynchronizedOutput):
            self._synchronizes = True
        else:
            super().process_message(message)

    # Writing.

    def write(self, data: str) -> None:
        """Write, and count it."""
        data = LAST_MOVE.sub("", data)
        if not data or self._writer is None:
            return
        if self._synchronizes and len(data) > LONG_PICTURE:
            data = f"{BEGIN_PICTURE}{data}{END_PICTURE}"
        self._line.meter.wrote(len(data) if data.isascii() else len(data.encode()))
        self._frame_begun = True
        self._writer.write(data)

    def flush(self) -> None:
        """Count the picture that ends here, and ask the terminal whether it has drawn it."""
        if not self._frame_begun:
            return
        self._frame_begun = False
        self._line.meter.frame()
        if self._line.wants_answer():
            self.ask()

    def ask(self) -> None:
        """Ask the terminal something that it answers once it has drawn what was written before."""
        self._line.asked()
        self._open_questions += 1
        self.write(WHERE_IS_THE_CURSOR)

    # Its size, and its mouse.

    def _send_size(self, *_: object) -> None:
        size = Size(*size_of(self._out))
        self.send_message(events.Resize(size, size))

    def check_size(self) -> None:
        """Tell the app of a size that it does not know of.

        Linux sends the signal before it changes the size: who is quick reads the one before.
        """
        if Size(*size_of(self._out)) != self._host.size:
            self._send_size()

    def take_title(self, words: str) -> None:
        """Say in the terminal's title what waits; nothing is sent while that is the same."""
        if words != self._title and title.SHOWN:
            self._title = words
            self.write(title.sequence(words))

    def spare_mouse(self, spared: bool) -> None:
        """Ask the terminal to report the mouse no more, or again if that was wanted at all."""
        wanted = self._reports_mouse and not spared
        if wanted != self._mouse_on:
            self._mouse_on = wanted
            self.write(MOUSE_ON if wanted else MOUSE_OFF)

    # Suspending.

    def suspend(self) -> None:
        """Give the terminal back, stop this process, and take over again once it is continued."""
        self._host.hide_cards()
        self.suspend_application_mode()
        suspension.stop(self._in)
        self.resume_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal over again and draw all of it."""
        super().resume_application_mode()
        self._host.call_later(self._host.link.redraw)

    def _stopped(self, *_: object) -> None:
        # In the app: a signal may come in the middle of what is being written.
        self._in_app(self.suspend)

    def _continued(self, *_: object) -> None:
        self._in_app(self._take_back)

    def _take_back(self) -> None:
        """Take the terminal over again: it was stopped without a word, and others had it since."""
        self._host.hide_cards()
        self._open_questions = 0
        if suspension.in_background(self._in):
            self.suspend()
            return
        self.suspend_application_mode()
        self.resume_application_mode()


class KeyReader:
    """Reads a terminal in a thread of its own: asleep until there is a key, or it is to stop.

    Textual's own looks ten times a second whether it is to end: an idle console wakes for nothing,
    and leaving waits for up to two of those checks.

    Args:
        terminal: the descriptor of the terminal.
        ended: set when the thread has to end; `stop` then wakes it.
        wait: returns for how long (s) the rest of a key's sequence may be under way.
    """

    def __init__(self, terminal: int, ended: Event, wait: Callable[[], float] = float) -> None:
        self._terminal: Final = terminal
        self._ended: Final = ended
        self._wait = wait
        self._input = TerminalInput()
        self._keys = TerminalKeys()
        self._wake_end, self._wake = os.pipe()
        os.set_blocking(self._wake_end, False)

    def stop(self) -> None:
        """Wake the thread, which then waits for `ended` to be set and returns."""
        os.write(self._wake, b"!")

    def run(self, received: Callable[[Message], None], typed: bytes = b"") -> None:
        """Read until `stop` is called, or until the terminal is gone.

        Args:
            received: takes each message.
            typed: what was read of the terminal before.
        """
        self._rest()
        self._input = TerminalInput()
        self._hand_on(self._input.feed(typed), received)
        with selectors.SelectSelector() as selector:
            selector.register(self._terminal, selectors.EVENT_READ)
            selector.register(self._wake_end, selectors.EVENT_READ)
            while not self._ended.is_set():
                ready = {key.fd for key, _ in selector.select(self._until())}
                if self._wake_end in ready:
                    self._rest()
                    self._ended.wait(PATIENCE_SECONDS)
                    continue
                if self._terminal not in ready:
                    self._hand_on(self._input.give_up(), received)
                elif raw := self._read():
                    self._hand_on(self._input.feed(raw), received)
                elif hung_up(self._terminal):
                    # The console finds that out by itself, and this thread must not keep a process
                    # alive whose terminal is gone.
                    return
                else:
                    # Another program took the byte, or ended a line that it reads.
                    self._ended.wait(AGAIN_SECONDS)

    def _hand_on(self, pieces: Iterable[Piece], received: Callable[[Message], None]) -> None:
        """Hand on what pieces mean. One that cannot be read is dropped; those behind it count."""
        for piece in pieces:
            try:
                for message in self._keys.read(piece):
                    received(message)
            except Exception as error:
                # What was typed may be a PIN, or part of a key.
                _log.warning("input was dropped: %s", describe(error))

    def _until(self) -> float | None:
        """Return for how many seconds the rest of something is waited for; None: for ever."""
        match self._input.waits:
            case "nothing":
                return None
            case "a key":
                return self._wait()
            case "the rest":
                return max(REST_SECONDS, ROUND_TRIPS * self._wait())

    def _rest(self) -> None:
        """Forget what woke it, or was to wake a reader that had ended already."""
        with suppress(BlockingIOError):
            os.read(self._wake_end, CHUNK)

    def _read(self) -> bytes:
        try:
            return os.read(self._terminal, CHUNK)
        except OSError:
            return b""


class TerminalWriter(Thread):
    """Writes in a thread of its own, in order; drops what comes once the terminal is gone.

    It writes past Python's own buffer: a terminal that takes nothing would hold its lock, and with
    it everything else that wants to write.

    Args:
        terminal: the descriptor of the terminal.
    """

    def __init__(self, terminal: int) -> None:
        super().__init__(daemon=True, name="terminal-output")
        self._terminal = terminal
        self._texts: SimpleQueue[str | None] = SimpleQueue()
        self._began: float | None = None

    def write(self, text: str) -> None:
        """Have a text written after those before it; returns at once."""
        self._texts.put(text)

    def blocked(self) -> float:
        """Return for how long (s) the terminal has taken nothing of what is being written."""
        began = self._began
        return 0.0 if began is None else monotonic() - began

    def stop(self, patience: float) -> None:
        """Wait for what is still to be written, for so many seconds at most."""
        self._texts.put(None)
        self.join(patience)

    def run(self) -> None:
        """Write until `stop` is called."""
        text: str | None = ""
        while text is not None:
            texts = [self._texts.get()]
            with suppress(Empty):
                while texts[-1] is not None:
                    texts.append(self._texts.get_nowait())
            text = texts[-1]
            self._send("".join(filter(None, texts)).encode("utf-8", "backslashreplace"))

    def _send(self, data: bytes) -> None:
        try:
            while data:
                self._began = monotonic()
                data = data[write_some(self._terminal, data) :]
        except (OSError, ValueError):
            # It is gone. The purchases in flight are brought to an end all the same.
            return
        finally:
            self._began = None
