"""A real terminal: the installed command under a pty, its screen read as a person reads it."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte
from wcwidth import wcwidth

PATIENCE = 40.0
SENT = re.compile(r"may already be placed|Ordered \d|Order and cards|Settle it")
"""What a ticket says once it was sent, and not before."""
ARMED = "enter buys now"
"""What a review says once it has taken a yes."""
BEGIN_PICTURE, END_PICTURE = b"\x1b[?2026h", b"\x1b[?2026l"
KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "ctrl+c": "\x03",
    "ctrl+q": "\x11",
}


class Terminal:
    """A program on a pty of its own; every wait is for something to appear, never for time.

    A picture is shown once it is there whole, and one after the other: a test that waits for
    something sees each of them, however late they are read.

    Args:
        command: what is run.
        environ: its whole environment.
        size: columns and rows.
        trip: after how long (s) the terminal tells where its cursor is; None: it never does.
    """

    POSITION = b"\x1b[1;1R"
    """Where it says that its cursor is."""

    BACKGROUND = b""
    """What it answers when it is asked for its background; nothing where it does not know."""

    def __init__(
        self,
        command: list[str],
        environ: dict[str, str],
        size: tuple[int, int],
        trip: float | None = None,
    ) -> None:
        columns, rows = size
        self._trip = trip
        self._due: list[float] = []
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._lines: dict[int, str] = {}
        self._unshown, self._ended = b"", False
        self.bytes = b""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environ)
        self.modes = termios.tcgetattr(self._fd)
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size, as dragging its window does."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def modes_now(self) -> list[object]:
        """Return the terminal's own settings, as `modes` were before the program began."""
        return termios.tcgetattr(self._fd)

    def press(self, *keys: str) -> None:
        """Press keys: names of `KEYS`, or the characters themselves."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())

    def open_ticket(self) -> None:
        """Open the ticket of what the cursor is on, once the key line offers it.

        Before that it is not known whether this key may buy, and b is refused in words.
        """
        self.wait_for(r"\bb Buy\b")
        self.press("b")
        self.wait_for("enter Review")

    def arm(self) -> None:
        """Press y as a hand does, until the review has taken it.

        It is deaf at first, and takes what comes too quickly for a paste; on a busy machine that
        can happen to a hand as well, which then presses it again.
        """
        self.press_until("y", rf"{ARMED}|{SENT.pattern}", 0.5)

    def confirm(self) -> None:
        """Say y and then enter as a hand does, until the review has taken them."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.arm()
            if self.sent_within(0):
                return
            self._seen_within(0.2, "nothing more")
            self.press("enter")
            # No key is pressed before it is seen what the last one came to.
            self.wait_gone(ARMED)
            if self.sent_within(2.0):
                return
        raise AssertionError(f"the review never took a yes:\n{self.text}")

    def sent_within(self, seconds: float) -> bool:
        """Tell whether the ticket says that it was sent, now or before so many seconds are over."""
        end = time.monotonic() + seconds
        while not (sent := SENT.search(self.text)) and (left := end - time.monotonic()) > 0:
            self._read(left)
        return bool(sent)

    def press_until(self, key: str, pattern: str, seconds: float = 1.0) -> None:
        """Press a key every so many seconds until it is heard, as the screen tells.

        Raises:
            AssertionError: it is never heard.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.press(key)
            if self._seen_within(seconds, pattern):
                return
        raise AssertionError(f"{key} was never heard on:\n{self.text}")

    def paste(self, text: str) -> None:
        """Paste text, bracketed as a terminal does it."""
        os.write(self._fd, b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read until the screen matches; fails with the screen after a while."""
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.text)):
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"never saw {pattern!r} on:\n{self.text}")
        return found

    def wait_gone(self, pattern: str) -> None:
        """Read until the screen does not match any more."""
        end = time.monotonic() + PATIENCE
        while re.search(pattern, self.text):
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"still see {pattern!r} on:\n{self.text}")

    def wait_until(self, held: Callable[[], object]) -> None:
        """Read until something holds of what the program has written."""
        end = time.monotonic() + PATIENCE
        while not held():
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"it never came to hold; the screen is:\n{self.text}")

    @property
    def text(self) -> str:
        """The screen as it is."""
        # Asked for after every read: only what was written to since is read again.
        dirty = self.screen.dirty
        # A sign that combines may change the line before the one that it is counted to.
        for y in dirty | {y - 1 for y in dirty}:
            self._lines[y] = self._line(y)
        dirty.clear()
        return "\n".join(self._lines[y] for y in range(self.screen.lines))

    def _line(self, y: int) -> str:
        row = self.screen.buffer[y]
        seen: list[str] = []
        hidden = False
        for x in range(self.screen.columns):
            cell = row[x].data
            if not hidden:
                seen.append(cell)
            # The second half of a wide character is not seen.
            hidden = not hidden and not cell.isascii() and wcwidth(cell[0]) == 2
        return "".join(seen)

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._fd)
        self._fd = -1

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def exit_code(self) -> int:
        """Read to the end and return how the program ended; negative for a signal.

        Raises:
            AssertionError: it does not end.
        """
        end = time.monotonic() + PATIENCE
        while self._fd >= 0 and time.monotonic() < end and self._read(end - time.monotonic()):
            pass
        if self._fd >= 0 and time.monotonic() >= end:
            raise AssertionError(f"it does not end on:\n{self.text}")
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End the program whatever it is doing."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self._fd >= 0:
            os.close(self._fd)

    def _seen_within(self, seconds: float, pattern: str) -> bool:
        end = time.monotonic() + seconds
        while not (seen := re.search(pattern, self.text)) and (left := end - time.monotonic()) > 0:
            self._read(left)
        return bool(seen)

    def _read(self, seconds: float) -> bool:
        """Show what comes next; tell whether anything came before so many seconds were over."""
        end = time.monotonic() + seconds
        while not (part := self._next_part()):
            if not self._receive(end):
                return False
        self._stream.feed(part)
        return True

    def _next_part(self) -> bytes:
        """Take the next picture that is whole, or what was written before one."""
        came = self._unshown
        cut = came.find(BEGIN_PICTURE)
        if cut == 0:
            cut = came.find(END_PICTURE) + len(END_PICTURE)
            cut = cut if cut >= len(END_PICTURE) else 0
        elif cut < 0:
            # A picture may begin with the last bytes that came.
            tails = (n for n in range(len(BEGIN_PICTURE)) if came.endswith(BEGIN_PICTURE[:n]))
            cut = len(came) - max(tails)
        if self._ended:
            # No more comes of it.
            cut = cut or len(came)
        self._unshown = came[cut:]
        return came[:cut]

    def _receive(self, end: float) -> bool:
        """Take what is written before a steady time, and answer it; tell whether there was any."""
        while not self._ended:
            now = time.monotonic()
            for due in [due for due in self._due if due <= now]:
                self._due.remove(due)
                os.write(self._fd, self.POSITION)
            wake = min([end, *self._due])
            if select.select([self._fd], [], [], max(0.0, wake - now))[0]:
                break
            if wake == end:
                return False
        data = self._bytes_waiting()
        self._ended = not data
        self.bytes += data
        self._unshown += data
        self._answer(data)
        # What is left of a picture that was broken off is shown as it is.
        return bool(data or self._unshown)

    def _bytes_waiting(self) -> bytes:
        try:
            return b"" if self._ended else os.read(self._fd, 65_536)
        except OSError:
            return b""

    def _answer(self, data: bytes) -> None:
        """Answer what a terminal is asked: its attributes, and the modes it knows."""
        if b"\x1b[c" in data:
            os.write(self._fd, b"\x1b[?62;22c")
        if self._trip is not None:
            # A question may come in two pieces.
            asked = self.bytes[-len(data) - 3 :].count(b"\x1b[6n")
            self._due += [time.monotonic() + self._trip] * asked
        if b"\x1b]11;?" in data:
            os.write(self._fd, self.BACKGROUND)
        if b"\x1b[?2026$p" in data:
            os.write(self._fd, b"\x1b[?2026;2$y")


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a person who has just logged in, in an empty home."""
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "CARDDESK_OPERATOR": "amina",
        # On a busy machine this terminal may be slow to answer.
        "CARDDESK_UI_SLOW_LINE": "off",
    }
