"""Sending a card to the clipboard: tmux's buffer inside tmux, else the terminal's own (OSC 52)."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

CLEAR_SECONDS = 30.0
TMUX_SECONDS = 3.0
BUFFER = "carddesk"


class Way(Protocol):
    """A way to a clipboard. What is said of it never claims more than is known."""

    async def send(self, text: str) -> str:
        """Send a text on its way and return what is known to have happened, in words."""
        ...

    async def clear(self) -> None:
        """Ask for what was sent to be forgotten."""
        ...


def way(environ: Mapping[str, str], osc52: Callable[[str], None]) -> Way:
    """Choose the way for this terminal; `osc52` writes the terminal's clipboard sequence."""
    return TmuxBuffer(osc52) if environ.get("TMUX") else TerminalClipboard(osc52)


class TerminalClipboard:
    """Asks the terminal to keep a text; no terminal says whether it did."""

    def __init__(self, osc52: Callable[[str], None]) -> None:
        self._osc52 = osc52

    async def send(self, text: str) -> str:
        """Write the sequence."""
        self._osc52(text)
        return f"Sent to the terminal, which is asked to forget it in {CLEAR_SECONDS:.0f} s."

    async def clear(self) -> None:
        """Ask the terminal to keep nothing."""
        self._osc52("")


class TmuxBuffer:
    """Loads a buffer of tmux's, which hands it on to the terminal outside."""

    def __init__(self, osc52: Callable[[str], None]) -> None:
        self._terminal = TerminalClipboard(osc52)
        self._loaded = False

    async def send(self, text: str) -> str:
        """Load the buffer; where tmux refuses, ask the terminal itself."""
        # Through stdin: an argument could be read in the list of processes.
        self._loaded = await _tmux(("load-buffer", "-b", BUFFER, "-w", "-"), text)
        if not self._loaded:
            return await self._terminal.send(text)
        return f"Sent to the terminal through tmux, whose buffer goes in {CLEAR_SECONDS:.0f} s."

    async def clear(self) -> None:
        """Delete the buffer, and ask the terminal to keep nothing."""
        if self._loaded:
            await _tmux(("load-buffer", "-b", BUFFER, "-w", "-"), " ")
            await _tmux(("delete-buffer", "-b", BUFFER), "")
        else:
            await self._terminal.clear()


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
        process.kill()
        await process.wait()
    return process.returncode == 0
