"""Copying through a real GNU screen: a text of any length arrives whole at the terminal outside."""

import asyncio
import base64
import shutil
from pathlib import Path

import pytest

from tests.proof.screen import Terminal, environment
from tui.terminal.clipboard import LONGEST, TOO_LONG, ScreenClipboard, way

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(not shutil.which("screen"), reason="there is no screen here"),
]


def sent(text: str) -> tuple[str, str]:
    """Return what a console inside a screen would write, and what it would say."""
    pieces: list[str] = []
    found = way({"STY": "1.screen", "TERM": "screen"}, pieces.append)
    assert isinstance(found, ScreenClipboard)
    said = asyncio.run(found.send(text))
    return "".join(pieces), said


@pytest.mark.parametrize("length", [16, 5_000])
def test_it_arrives_whole_at_the_terminal_outside(tmp_path: Path, length: int) -> None:
    text = "CARD-é-" * (length // 7)
    sequence, said = sent(text)
    assert "Screen passes it to every terminal attached" in said
    (tmp_path / "sequence").write_text(sequence, "utf-8")
    (tmp_path / "sockets").mkdir(mode=0o700)
    (tmp_path / "show").write_text(f"cat {tmp_path}/sequence; read wait\n")
    environ = environment(tmp_path) | {"SCREENDIR": str(tmp_path / "sockets")}
    command = ["screen", "-c", "/dev/null", "sh", str(tmp_path / "show")]
    outside = Terminal(command, environ, (80, 24))
    whole = b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\x07"
    try:
        outside.wait_until(lambda: whole in outside.bytes)
        outside.press("enter")
        outside.exit_code()
    finally:
        outside.close()


def test_what_no_terminal_would_take_whole_is_not_sent() -> None:
    assert sent("x" * (LONGEST + 1)) == ("", TOO_LONG)
