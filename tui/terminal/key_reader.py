"""Reading the keys: sleeps until there is one, and stops the moment it is asked to.

Textual's own reader looks ten times a second whether it is to end: an idle console wakes for
nothing, and leaving waits for up to two of those checks.
"""

import contextlib
import logging
import os
import selectors
import threading
from collections.abc import Callable, Iterable
from typing import Final

from textual.message import Message

from services.system.logs import describe
from tui.terminal.capabilities import hung_up
from tui.terminal.input import Piece, TerminalInput
from tui.terminal.keys import TerminalKeys

CHUNK = 4_096
PATIENCE_SECONDS = 1.0
REST_SECONDS, ROUND_TRIPS = 1.0, 3
"""So long without a byte, more on a long line, and a sequence or a paste that began is over."""

AGAIN_SECONDS = 0.05
"""A terminal that had nothing though it said so is asked again after so long."""

_log = logging.getLogger(__name__)


class KeyReader:
    """Reads a terminal and hands on what was typed; runs in a thread of its own.

    Args:
        terminal: the descriptor of the terminal.
        ended: set when the thread has to end; `stop` then wakes it.
        wait: returns for how long (s) the rest of a key's sequence may be under way.
    """

    def __init__(
        self, terminal: int, ended: threading.Event, wait: Callable[[], float] = float
    ) -> None:
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
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_end, CHUNK)

    def _read(self) -> bytes:
        try:
            return os.read(self._terminal, CHUNK)
        except OSError:
            return b""
