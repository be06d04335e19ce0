"""Calling the operator in a real terminal and a real tmux: it arrives, and cuts no sequence up."""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.screen import Terminal
from tui.terminal.notify import SAMPLE

pytestmark = pytest.mark.terminal
CARDDESK = str(Path(sys.executable).with_name("carddesk"))
SEQUENCES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>()][0A-Z]?"
)
TMUX = pytest.mark.skipif(not shutil.which("tmux"), reason="there is no tmux here")


def asked(desk: Terminal, way: str) -> None:
    """Turn calling on where the console runs, which tries it at once."""
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for(r"SANDBOX +\d")
    desk.press(":")
    desk.wait_for("go: Catalogue")
    desk.press(f"tell {way}")
    desk.wait_for(f"setting: Alert program {way}")
    desk.press("enter")


def outside_sequences(desk: Terminal) -> bytes:
    return SEQUENCES.sub(b"", desk.bytes)


@contextlib.contextmanager
def in_tmux(home: dict[str, str], folder: Path, *settings: str) -> Iterator[Terminal]:
    """Open the console in a tmux of its own, attached to a terminal."""
    conf = folder / "tmux.conf"
    conf.write_text("".join(f"set -g {line}\n" for line in settings))
    tmux = ["tmux", "-S", str(folder / "tmux.sock"), "-f", str(conf), "-u"]
    command = [*tmux, "new-session", f"{CARDDESK} --sandbox"]
    desk = Terminal(command, home | {"SHELL": "/bin/sh"}, (100, 30))
    try:
        yield desk
    finally:
        subprocess.run([*tmux, "kill-server"], capture_output=True, check=False)
        desk.close()


def test_the_bell_is_one_byte_between_two_sequences(terminal):
    desk = terminal("--sandbox")
    asked(desk, "bell")
    desk.wait_until(lambda: b"\x07" in outside_sequences(desk))
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert outside_sequences(desk).count(b"\x07") == 1


def test_a_notification_comes_whole(terminal):
    desk = terminal("--sandbox")
    asked(desk, "osc9")
    desk.wait_until(lambda: f"\x1b]9;{SAMPLE}\x07".encode() in desk.bytes)
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert desk.bytes.count(b"\x1b]9;") == 1
    assert b"\x07" not in outside_sequences(desk)


@TMUX
def test_tmux_shows_it_in_its_status_line(home, tmp_path):
    with in_tmux(home, tmp_path) as desk:
        asked(desk, "tmux")
        desk.wait_for(SAMPLE)


@TMUX
def test_a_tmux_that_may_pass_things_on_passes_the_notification_on(home, tmp_path):
    with in_tmux(home, tmp_path, "allow-passthrough on") as desk:
        asked(desk, "osc9")
        desk.wait_until(lambda: f"\x1b]9;{SAMPLE}\x07".encode() in desk.bytes)
