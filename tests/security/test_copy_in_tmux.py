"""Copying in a real tmux, whatever its clipboard setting: the buffer comes, and goes."""

import asyncio
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.proof.screen import PATIENCE
from tests.security.canary import CARD, PROGRAM, SERIAL, Vendor, files_that_tell
from tui.terminal.clipboard import BUFFER, way

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="there is no tmux here")


class Tmux:
    """A tmux server of its own."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    async def shows(self, words: str) -> str:
        """Wait until the pane shows some words, and return it."""
        return await self._until(lambda pane: words in pane, "capture-pane", "-p")

    async def ended(self) -> str:
        """Wait until the program in the pane has closed its terminal, and return what it left.

        tmux is not asked to say that the pane is dead: it misses the signal now and then.
        """
        await self._until(lambda dead: dead == "1\n", "display-message", "-p", "#{pane_dead}")
        return await self("capture-pane", "-p", "-J", "-S", "-")

    async def hides(self, words: str) -> None:
        """Wait until some words are nowhere in the pane, nor in its history."""
        await self._until(lambda pane: words not in pane, "capture-pane", "-p", "-J", "-S", "-")

    async def forgot(self) -> None:
        """Wait until no buffer holds a card."""
        await self._until(lambda buffers: CARD not in buffers, "list-buffers")

    async def _until(self, held: Callable[[str], bool], *arguments: str) -> str:
        end = time.monotonic() + PATIENCE
        while not held(answer := await self(*arguments)):
            assert time.monotonic() < end, await self("capture-pane", "-p")
            # Each question is a process.
            await asyncio.sleep(0.03)
        return answer

    async def __call__(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *("tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "TERM": "xterm-256color"},
        )
        out, _ = await process.communicate()
        return out.decode()


@pytest.fixture
async def tmux(tmp_path: Path) -> AsyncIterator[Tmux]:
    server = Tmux(tmp_path / "tmux")
    await server("new-session", "-d", "cat")
    yield server
    await server("kill-server")


@pytest.mark.parametrize("setting", ["on", "external", "off"])
async def test_the_card_is_in_the_buffer_for_a_while_and_then_gone(
    tmux: Tmux, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    await tmux("set-option", "-s", "set-clipboard", setting)
    monkeypatch.setenv("TMUX", f"{tmux.socket},1,0")
    written: list[str] = []
    clipboard = way(os.environ, written.append)
    said = await clipboard.send(f"{CARD}-1")
    assert await tmux("show-buffer", "-b", BUFFER) == f"{CARD}-1"
    assert said.startswith("Copied to the tmux buffer; cleared in 30 s")
    await clipboard.clear()
    assert CARD not in await tmux("list-buffers")
    assert written == []


BREAKING = """
from tui.screens.order import OrderScreen
def broken(self):
    raise RuntimeError(self.cards.revealed)
OrderScreen.reveal_all = broken
"""


@pytest.fixture
async def copied(tmux: Tmux, home: dict[str, str], vendor: Vendor) -> Tmux:
    """A console in a pane of tmux that has just copied a card."""
    await tmux("set-option", "-g", "remain-on-exit", "on")
    # As in screen by default: what is on the terminal when the console leaves stays there.
    await tmux("set-option", "-g", "alternate-screen", "off")
    variables = [word for name, value in home.items() for word in ("-e", f"{name}={value}")]
    command = shlex.join([sys.executable, "-c", PROGRAM, BREAKING])
    await tmux("new-session", "-d", "-x", "100", "-y", "30", "-s", "desk", *variables, command)
    await tmux.shows("✓ other desk")
    await tmux("send-keys", "3")
    await tmux("send-keys", "Enter")
    await tmux.shows("•••• ••••")
    await tmux("send-keys", "v")
    await tmux.shows(f"{CARD}-0")
    await tmux("send-keys", "c")
    await tmux.shows("Copied to the tmux buffer")
    code, *further = (await tmux("show-buffer", "-b", BUFFER)).splitlines()
    assert code == f"{CARD}-0"
    assert f"pin: PIN-{SERIAL}-0" in further
    return tmux


@pytest.mark.parametrize("end", ["quit", "SIGTERM", "SIGHUP", "SIGQUIT", "crash", "suspension"])
async def test_whatever_ends_the_console_takes_the_card_out_of_the_buffer(
    copied: Tmux, tmp_path: Path, end: str
) -> None:
    pid = int(await copied("display-message", "-p", "#{pane_pid}"))
    if end == "quit":
        await copied("send-keys", "C-q")
    elif end == "crash":
        await copied("send-keys", "V")
    elif end == "suspension":
        os.kill(pid, signal.SIGTSTP)
    else:
        os.kill(pid, getattr(signal, end))
    await copied.forgot()
    if end == "suspension":
        await copied.hides(CARD)
        # tmux itself lets a stopped program go on; a key that comes too early is the shell's.
        last = time.monotonic() + PATIENCE
        while await copied("display-message", "-p", "#{pane_dead}") != "1\n":
            assert time.monotonic() < last
            await copied("send-keys", "C-q")
    pane = await copied.ended()
    assert CARD not in pane
    assert "may still be there" not in pane
    assert ("What was sent is in the journal" in pane) == (end == "crash")
    assert files_that_tell(tmp_path) == []
