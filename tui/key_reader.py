"""Reading the keys: sleeps until there is one, and stops the moment it is told to.

Textual's own reader looks ten times a second whether it is to end: an idle console wakes for
nothing, and leaving waits for up to two of those looks.
"""

import contextlib
import os
import selectors
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Final

from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.escapes import Escapes

CHUNK = 4_096
PATIENCE_SECONDS = 1.0


class KeyReader:
    """Reads a terminal and hands on what was typed; runs in a thread of its own.

    Args:
        terminal: the descriptor of the terminal.
        ended: set when the thread has to end; `stop` then wakes it.
    """

    def __init__(self, terminal: int, ended: threading.Event) -> None:
        self._terminal: Final = terminal
        self._ended: Final = ended
        self._wake_end, self._wake = os.pipe()
        os.set_blocking(self._wake_end, False)

    def stop(self) -> None:
        """Wake the thread, which then waits for `ended` to be set and returns."""
        os.write(self._wake, b"!")

    def run(self, parser: XTermParser, received: Callable[[Message], None]) -> None:
        """Read until told to stop.

        Args:
            parser: makes messages of what is typed.
            received: takes each message.
        """
        self._rest()
        escapes = Escapes(parser)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self._terminal, selectors.EVENT_READ)
            selector.register(self._wake_end, selectors.EVENT_READ)
            while not self._ended.is_set():
                ready = {key.fd for key, _ in selector.select(_until(parser))}
                if self._wake_end in ready:
                    self._rest()
                    self._ended.wait(PATIENCE_SECONDS)
                    continue
                if self._terminal in ready:
                    raw = self._read()
                    if not raw:
                        # Nobody is there any more. The console finds that out by itself, and this
                        # thread must not keep a process alive whose terminal is gone.
                        return
                    for message in escapes.feed(decode(raw)):
                        received(message)
                for message in parser.tick():
                    received(message)

    def _rest(self) -> None:
        """Forget what woke it, or was to wake a reader that had ended already."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_end, CHUNK)

    def _read(self) -> bytes:
        try:
            return os.read(self._terminal, CHUNK)
        except OSError:
            return b""


def _until(parser: XTermParser) -> float | None:
    """Return for how many seconds a lone escape may still become a sequence; None: for ever."""
    timeout = parser._timeout_time  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return None if timeout is None else max(0.0, timeout - get_time())
