"""Copying in a real tmux, whatever its clipboard setting: the buffer comes, and goes."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.canary.conftest import CARD
from tui.clipboard import BUFFER, way

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="there is no tmux here")


class Tmux:
    """A tmux server of its own."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

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
    assert "Sent to the terminal" in said
    assert "opied" not in said
    await clipboard.clear()
    assert CARD not in await tmux("list-buffers")
    assert written == []
