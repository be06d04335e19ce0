"""The terminal's own background: asked for while the console is loaded, so that it costs no time.

The answer counts if it is here by the time that the first picture is made. One that comes later is
dropped: two whole pictures would cost more than the right colours are worth.
"""

import os
import re
import select
import termios
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

from tui.terminal.capabilities import read_single_keys, write_some
from tui.terminal.suspension import in_background

AUTO = "auto"
WHAT_IS_THE_BACKGROUND = b"\x1b]11;?\x1b\\"
LONGEST_ANSWER = 65_536

Ground = Literal["", "dark", "light"]
"""What is known of the background."""

_ANSWER = re.compile(rb"\x1b\]11;rgba?:([\da-f/]+)(?:\x07|\x1b\\)", re.IGNORECASE)


class BackgroundQuestion:
    """Asks for the background, and keeps what was typed before the driver reads the keys.

    Args:
        terminal: the descriptor of the terminal.

    Attributes:
        modes: the terminal's modes of before; None where it was not asked, and once they are taken.
        typed: what else came from the terminal meanwhile.
    """

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.modes: list[Any] | None = None
        self.typed = b""

    def ask(self, theme: str, environ: Mapping[str, str]) -> None:
        """Ask, where the theme depends on it and the terminal can show what follows from it."""
        colours = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
        wanted = theme == AUTO and colours and "NO_COLOR" not in environ
        if not wanted or in_background(self._terminal):
            return
        # The answer would be shown as if it were typed.
        self.modes = read_single_keys(self._terminal)
        with suppress(OSError):
            write_some(self._terminal, WHAT_IS_THE_BACKGROUND)

    def answer(self) -> Ground:
        """Return what is known by now; nothing is waited for."""
        if self.modes is None:
            return ""
        with suppress(OSError):
            while (
                len(self.typed) < LONGEST_ANSWER and select.select([self._terminal], [], [], 0)[0]
            ):
                if not (data := os.read(self._terminal, LONGEST_ANSWER)):
                    break
                self.typed += data
        found = _ANSWER.search(self.typed)
        if found is None:
            return ""
        self.typed = self.typed[: found.start()] + self.typed[found.end() :]
        return ground(found[1].decode())

    def hand_over(self) -> tuple[list[Any] | None, bytes]:
        """Return the modes of before and what was typed; both belong to the driver from now on."""
        taken = self.modes, self.typed
        self.modes, self.typed = None, b""
        return taken

    def end(self) -> None:
        """Give the terminal its modes again, unless the driver took them over."""
        modes, _ = self.hand_over()
        if modes is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._terminal, termios.TCSAFLUSH, modes)


def ground(colour: str) -> Ground:
    """Return whether a colour as X11 writes it (`1c1c/2020/ffff`) is dark or light."""
    shares = [int(part, 16) / (16 ** len(part) - 1) for part in colour.split("/")[:3] if part]
    if len(shares) != 3:
        return ""
    red, green, blue = shares
    return "light" if 0.299 * red + 0.587 * green + 0.114 * blue >= 0.5 else "dark"
