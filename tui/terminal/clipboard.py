"""Sending a card to the clipboard: tmux's buffer inside tmux, else the terminal's own (OSC 52)."""

import base64
from collections.abc import Callable, Mapping
from typing import Protocol

from tui.terminal import tmux

CLEAR_SECONDS = 30.0
BUFFER = "carddesk"
LONGEST = 74_994
"""Bytes; the longest text whose sequence no terminal that keeps to 100 000 bytes cuts off."""

NO_CLIPBOARD = "The Linux console has no clipboard: nothing was sent"
TOO_LONG = "This is too long for a terminal's clipboard: nothing was sent"
USE_A_FILE = "t, then w, writes it into a file."
SCREEN_PIECE = 512
"""Bytes; GNU screen 4 passes on no more than 768 at a time."""

_LOAD = ("load-buffer", "-b", BUFFER, "-w", "-")
_DELETE = ("delete-buffer", "-b", BUFFER)


class ClipboardBackend(Protocol):
    """A way to a clipboard. What is said of it never claims more than is known.

    Attributes:
        name: where it leads, in words for the event log.
        remains: what to tell the operator where it could not be cleared.
    """

    name: str
    remains: str

    async def send(self, text: str) -> str:
        """Send a text on its way and return what is known to have happened, in words."""
        ...

    async def clear(self) -> bool:
        """Ask for what was sent to be forgotten; tell whether the asking was possible."""
        ...

    def clear_now(self) -> bool:
        """Do the same at once, however long it takes: for a console that is ending."""
        ...


def way(environ: Mapping[str, str], write: Callable[[str], None]) -> ClipboardBackend | None:
    """Choose the way for this terminal.

    Args:
        environ: the variables that name the terminal, and what lies between it and us.
        write: sends a sequence to the terminal.

    Returns:
        The way; None where there is no clipboard at all.
    """
    if tmux.inside(environ):
        return TmuxBuffer(write)
    if environ.get("STY"):
        return ScreenClipboard(write)
    return None if environ.get("TERM") == "linux" else TerminalClipboard(write)


def sequence(text: str) -> str:
    """Return what asks a terminal to keep a text: OSC 52."""
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\a"


class TerminalClipboard:
    """Asks the terminal to keep a text; no terminal says whether it did."""

    name = "the terminal's clipboard"
    remains = ""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    async def send(self, text: str) -> str:
        if len(text.encode("utf-8", "replace")) > LONGEST:
            return TOO_LONG
        self._write(sequence(text))
        return f"Sent to the terminal; cleared in {CLEAR_SECONDS:.0f} s, or when you leave."

    async def clear(self) -> bool:
        return self.clear_now()

    def clear_now(self) -> bool:
        self._write(sequence(""))
        return True


class ScreenClipboard:
    """Asks the terminal outside a GNU screen, which passes on what is wrapped, in pieces."""

    name = "the terminal's clipboard, through screen"
    remains = ""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._terminal = TerminalClipboard(lambda text: write(_wrapped(text)))

    async def send(self, text: str) -> str:
        said = await self._terminal.send(text)
        if said == TOO_LONG:
            return said
        return f"{said} Screen passes it to every terminal attached to it."

    async def clear(self) -> bool:
        return self.clear_now()

    def clear_now(self) -> bool:
        return self._terminal.clear_now()


class TmuxBuffer:
    """Loads a buffer of tmux's, which hands it on to the terminal outside."""

    name = "tmux's buffer and the terminal's clipboard"
    remains = (
        "The copied card could not be taken out of tmux's buffer and may still be there. "
        f"Run: tmux delete-buffer -b {BUFFER}"
    )

    def __init__(self, write: Callable[[str], None]) -> None:
        self._terminal = TerminalClipboard(write)
        self._loaded = False

    async def send(self, text: str) -> str:
        """Load the buffer; where tmux refuses, ask the terminal itself."""
        # Said before: who is interrupted meanwhile has a buffer to delete as well.
        self._loaded = True
        # Through stdin: an argument could be read in the list of processes.
        self._loaded = await tmux.ask(*_LOAD, text=text)
        if not self._loaded:
            return await self._terminal.send(text)
        return f"Copied to the tmux buffer; cleared in {CLEAR_SECONDS:.0f} s, or when you leave."

    async def clear(self) -> bool:
        if not self._loaded:
            return await self._terminal.clear()
        # The terminal outside keeps what it was handed last: something else first, then nothing.
        emptied = await tmux.ask(*_LOAD, text=" ")
        return await tmux.ask(*_DELETE) or emptied

    def clear_now(self) -> bool:
        if not self._loaded:
            return self._terminal.clear_now()
        emptied = tmux.ask_now(*_LOAD, text=" ")
        return tmux.ask_now(*_DELETE) or emptied


def _wrapped(text: str) -> str:
    pieces = (text[at : at + SCREEN_PIECE] for at in range(0, len(text), SCREEN_PIECE))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


class PendingClears:
    """The ways that hold a card; each stays here until it is known to have been asked to forget."""

    def __init__(self) -> None:
        self._held: list[ClipboardBackend] = []
        self._refused: list[ClipboardBackend] = []
        self._sending = 0

    @property
    def remains(self) -> str:
        """A sentence for the operator where a clipboard could not be cleared, else empty."""
        return self._refused[0].remains if self._refused else ""

    async def send(self, way: ClipboardBackend, text: str) -> str:
        """Send a text on its way; return what is known to have happened, in words."""
        # Before it is sent: who is interrupted half-way has something to clear as well.
        self._held.append(way)
        self._sending += 1
        try:
            return await way.send(text)
        finally:
            self._sending -= 1

    async def clear(self) -> str:
        """Have everything forgotten; return `remains`."""
        for way in tuple(self._held):
            self._asked(way, await way.clear())
        return self.remains

    def clear_now(self) -> str:
        """Do the same without a loop to wait on: the console is ending, or about to stop.

        What is still being sent at this moment stays known, to be cleared once more afterwards.
        """
        for way in tuple(self._held):
            self._asked(way, way.clear_now())
        return self.remains

    def _asked(self, way: ClipboardBackend, done: bool) -> None:
        self._refused = [each for each in self._refused if each is not way]
        if not done:
            self._refused.append(way)
        elif not self._sending:
            self._held = [each for each in self._held if each is not way]
