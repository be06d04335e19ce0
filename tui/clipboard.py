"""Sending a card to the clipboard: tmux's buffer inside tmux, else the terminal's own (OSC 52)."""

import asyncio
import base64
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

CLEAR_SECONDS = 30.0
TMUX_SECONDS = 3.0
BUFFER = "carddesk"

_LOAD = ("load-buffer", "-b", BUFFER, "-w", "-")
_DELETE = ("delete-buffer", "-b", BUFFER)


class Way(Protocol):
    """A way to a clipboard. What is said of it never claims more than is known.

    Attributes:
        remains: what to tell the operator where it could not be cleared.
    """

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


def way(environ: Mapping[str, str], write: Callable[[str], None]) -> Way:
    """Choose the way for this terminal; `write` sends a sequence to it."""
    return TmuxBuffer(write) if environ.get("TMUX") else TerminalClipboard(write)


def sequence(text: str) -> str:
    """Return what asks a terminal to keep a text: OSC 52."""
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\a"


class TerminalClipboard:
    """Asks the terminal to keep a text; no terminal says whether it did."""

    remains = ""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    async def send(self, text: str) -> str:
        """Write the sequence."""
        self._write(sequence(text))
        return (
            f"Sent to the terminal, which is asked to forget it in {CLEAR_SECONDS:.0f} s, "
            "or when you leave."
        )

    async def clear(self) -> bool:
        """Ask the terminal to keep nothing."""
        return self.clear_now()

    def clear_now(self) -> bool:
        """Ask the terminal to keep nothing."""
        self._write(sequence(""))
        return True


class TmuxBuffer:
    """Loads a buffer of tmux's, which hands it on to the terminal outside."""

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
        self._loaded = await _tmux(_LOAD, text)
        if not self._loaded:
            return await self._terminal.send(text)
        return (
            f"Sent to the terminal through tmux, whose buffer goes in {CLEAR_SECONDS:.0f} s, "
            "or when you leave."
        )

    async def clear(self) -> bool:
        """Delete the buffer, and ask the terminal to keep nothing."""
        if not self._loaded:
            return await self._terminal.clear()
        # The terminal outside keeps what it was handed last: something else first, then nothing.
        emptied = await _tmux(_LOAD, " ")
        return await _tmux(_DELETE, "") or emptied

    def clear_now(self) -> bool:
        """Delete the buffer, and ask the terminal to keep nothing."""
        if not self._loaded:
            return self._terminal.clear_now()
        emptied = _tmux_now(_LOAD, " ")
        return _tmux_now(_DELETE, "") or emptied


async def _tmux(arguments: tuple[str, ...], text: str) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode("utf-8", "replace")), TMUX_SECONDS)
    except TimeoutError:
        return False
    finally:
        # Interrupted, it must not load anything after the buffer was deleted.
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode == 0


def _tmux_now(arguments: tuple[str, ...], text: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - a command of ours, no shell
            ("tmux", *arguments),  # noqa: S607
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TMUX_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
