"""Writing to the terminal, in a thread of its own: one may take nothing, and one may be gone."""

from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from tui.terminal.capabilities import write_some


class TerminalWriter(Thread):
    """Writes what it is given, in order; drops it once the terminal is gone.

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
