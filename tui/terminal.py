"""The operator's terminal: whether a console can be drawn on it, and what if it goes away."""

import os
import select
from collections.abc import Mapping
from time import monotonic
from typing import IO, TextIO

from msgspec import Struct

from services.errors import ConfigError
from services.text import clean

DUMB = frozenset({"", "dumb", "unknown"})
MORE_COLOURS = ("256color", "kitty")


class Abilities(Struct, frozen=True):
    """What a terminal can show: `signs` beyond letters, and whether `colours` are but sixteen."""

    signs: bool = True
    sixteen: bool = False

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Abilities":
        """Return what the variables tell of a terminal.

        A Linux console has a font of 256 or 512 signs, few of which are lines and dots.
        """
        term = environ.get("TERM", "").strip().lower()
        many = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
        kind = term.rpartition("-")[2]
        return cls(
            signs=term.partition("-")[0] != "linux", sixteen=not many and kind not in MORE_COLOURS
        )


def in_ascii(setting: str, terminal: Abilities) -> bool:
    """Tell whether lines and signs are drawn in ASCII: the setting is auto, on or off."""
    return setting == "on" or (setting == "auto" and not terminal.signs)


def check_terminal(environ: Mapping[str, str], stdin: TextIO, stdout: TextIO) -> None:
    """Refuse what the console cannot be drawn on, before anything is drawn.

    Args:
        environ: the variables that name the terminal.
        stdin: where keys come from.
        stdout: where the picture goes.

    Raises:
        ConfigError: no terminal, one without a cursor, or an encoding that is not UTF-8.
    """
    advice = "The commands work without one: see `carddesk --help`."
    if not (stdin.isatty() and stdout.isatty()):
        raise ConfigError("The console needs a terminal for input and output", advice=advice)
    if environ.get("TERM", "") in DUMB:
        raise ConfigError("This terminal cannot move its cursor (TERM=dumb)", advice=advice)
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


class Patient:
    """A stream that swallows what is written once nobody is there to read it.

    Textual's writer thread would die of the error, and the console would then wait for ever for
    room in its queue, with a purchase in flight. It writes past Python's own buffer: a terminal
    that takes nothing would hold its lock, and with it whoever else wants to say something.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._text: list[str] = []
        self._began: float | None = None

    def write(self, text: str) -> int:
        """Keep the text until it is flushed, so that a picture goes out in one piece."""
        self._text.append(text)
        return len(text)

    def flush(self) -> None:
        """Write what was kept, or drop it when the terminal is gone."""
        data = "".join(self._text).encode("utf-8", "backslashreplace")
        self._text.clear()
        try:
            while data:
                self._began = monotonic()
                data = data[os.write(self.fileno(), data) :]
        except OSError:
            return
        finally:
            self._began = None

    def blocked(self) -> float:
        """Return for how long (s) the terminal has taken nothing of what is being written."""
        began = self._began
        return 0.0 if began is None else monotonic() - began

    def fileno(self) -> int:
        """Return the terminal's own descriptor."""
        return self._stream.fileno()
