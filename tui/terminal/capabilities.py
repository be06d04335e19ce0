"""The operator's terminal: whether a console can be drawn on it, and what if it goes away."""

import os
import select
import termios
from collections.abc import Mapping
from typing import Any, TextIO

from msgspec import Struct

from services.domain.errors import ConfigError
from services.domain.text import clean

DUMB = frozenset({"", "dumb", "unknown"})
MORE_COLOURS = ("256color", "kitty")


class TerminalCapabilities(Struct, frozen=True):
    """What a terminal can show.

    `signs`: signs beyond letters, each in one cell; `sixteen`: no more colours than those;
    `ground`: whether its background is `dark` or `light`, empty where that is not known.
    """

    signs: bool = True
    sixteen: bool = False
    ground: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str], ground: str = "") -> "TerminalCapabilities":
        """Return what the variables say of a terminal, and what it said of its background.

        A Linux console has a font of 256 or 512 signs, few of which are lines and dots.
        """
        term = environ.get("TERM", "").strip().lower()
        many = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
        kind = term.rpartition("-")[2]
        return cls(
            signs=term.partition("-")[0] != "linux",
            sixteen=not many and kind not in MORE_COLOURS,
            ground=ground,
        )


def in_ascii(setting: str, terminal: TerminalCapabilities) -> bool:
    """Tell whether lines and signs are drawn in ASCII: the setting is auto, on or off."""
    return setting == "on" or (setting == "auto" and not terminal.signs)


def check_terminal(environ: Mapping[str, str], stdin: TextIO | None, stdout: TextIO | None) -> None:
    """Refuse what the console cannot be drawn on, before anything is drawn.

    The standard error does not matter: nothing is drawn there, wherever it leads.

    Args:
        environ: the variables that name the terminal.
        stdin: where keys come from; None where it is closed.
        stdout: where the picture goes; None where it is closed.

    Raises:
        ConfigError: no terminal, one without a cursor, or an encoding that is not UTF-8.
    """
    advice = "The commands work without one: see `carddesk --help`."
    if stdin is None or stdout is None or not (stdin.isatty() and stdout.isatty()):
        raise ConfigError("The console needs a terminal for input and output", advice=advice)
    term = environ.get("TERM", "").strip()
    if term.lower() in DUMB:
        why = f"TERM={clean(term, 40)}" if term else "TERM is not set"
        raise ConfigError(f"This terminal cannot move its cursor ({why})", advice=advice)
    for encoding in (stdout.encoding or "none", _charset(environ)):
        if encoding and encoding.lower().replace("-", "").replace("_", "") != "utf8":
            raise ConfigError(
                f"The terminal's encoding is {clean(encoding, 40)}, not UTF-8",
                advice="Set LANG or LC_ALL to a UTF-8 locale, such as C.UTF-8.",
            )


def _charset(environ: Mapping[str, str]) -> str:
    """Return the encoding that the locale names, empty when it names none.

    Python takes UTF-8 for granted where that locale is not installed; the terminal does not.
    """
    names = (environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next(filter(None, names), "")
    return locale.partition(".")[2].partition("@")[0]


def hung_up(descriptor: int) -> bool:
    """Tell whether the other end of a terminal is gone (a closed window, a dropped line)."""
    poll = select.poll()
    try:
        poll.register(descriptor, 0)
        return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return True


def read_single_keys(terminal: int) -> list[Any] | None:
    """Have each key as it comes, and none of them for a signal, as `stty raw` has it.

    Returns:
        The terminal's modes of before; None where it is gone already, which is noticed elsewhere.
    """
    try:
        before = termios.tcgetattr(terminal)
        modes = termios.tcgetattr(terminal)
        modes[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        modes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        modes[6][termios.VMIN] = 1
        termios.tcsetattr(terminal, termios.TCSANOW, modes)
    except termios.error:
        return None
    return before


def write_some(descriptor: int, data: bytes) -> int:
    """Write as much as the other end takes, waiting until it takes something; return how much.

    Another program may have left the terminal non-blocking, where a plain write would be dropped.

    Raises:
        OSError: the other end is gone.
    """
    while True:
        try:
            return os.write(descriptor, data)
        except BlockingIOError:
            room = select.poll()
            room.register(descriptor, select.POLLOUT)
            room.poll()


def write_text(stream: TextIO, text: str) -> None:
    """Write a text to a stream at once, however slowly the other end takes it.

    Raises:
        OSError: the other end is gone.
    """
    stream.flush()
    data = text.encode(stream.encoding or "utf-8", "replace")
    while data:
        data = data[write_some(stream.fileno(), data) :]


def size_of(descriptor: int) -> tuple[int, int]:
    """Return the columns and lines of a terminal; 80 and 24 where it does not know them.

    COLUMNS and LINES do not count: a shell exports those of the window it was started in.
    """
    try:
        columns, lines = os.get_terminal_size(descriptor)
    except OSError:
        columns, lines = 0, 0
    return columns or 80, lines or 24
