"""Where the console draws and how large: the terminal itself, wherever the streams lead."""

import fcntl
import os
import pty
import select
import shlex
import sys
import tty
from pathlib import Path

import pytest

from tests.proof.screen import Terminal
from tui.terminal.driver import TerminalWriter

CARDDESK = str(Path(sys.executable).with_name("carddesk"))


@pytest.fixture
def shell(home):
    """Start `carddesk` from a shell that leads its streams elsewhere."""
    opened = []

    def start(line, **environ):
        command = ["sh", "-c", f"exec {shlex.quote(CARDDESK)} {line}"]
        opened.append(Terminal(command, home | environ, (80, 24), 0.0))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.mark.terminal
@pytest.mark.parametrize("streams", ["2>errors", "2>/dev/null", "2>&-", "2>/dev/full"])
def test_the_console_is_drawn_on_the_terminal(shell, tmp_path, monkeypatch, streams):
    monkeypatch.chdir(tmp_path)
    desk = shell(f"--sandbox {streams}")
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert not (tmp_path / "errors").exists() or not (tmp_path / "errors").read_bytes()


@pytest.mark.terminal
def test_the_set_up_is_drawn_on_the_terminal(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    desk = shell("2>errors")
    desk.wait_for("Welcome to carddesk")
    desk.press("enter")
    desk.wait_for("1 of 6")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert "Nothing was written" in desk.text
    assert "\x1b" not in (tmp_path / "errors").read_text()


@pytest.mark.terminal
@pytest.mark.parametrize("streams", [">out", "</dev/null", ">&-", "<&-", ">&- 2>&-"])
@pytest.mark.parametrize("console", ["--sandbox", ""])
def test_without_a_terminal_nothing_is_begun(shell, tmp_path, monkeypatch, console, streams):
    monkeypatch.chdir(tmp_path)
    desk = shell(f"{console} {streams}")
    assert desk.exit_code() == 2
    assert b"\x1b" not in desk.bytes
    assert {path.name for path in tmp_path.iterdir()} <= {"out"}
    assert not (tmp_path / "out").exists() or not (tmp_path / "out").read_bytes()


@pytest.mark.terminal
def test_columns_and_lines_do_not_count(shell):
    desk = shell("--sandbox", COLUMNS="200", LINES="60")
    desk.wait_for(r"PUBG Mobile UC(?s:.*)q Leave\s*\Z")
    desk.resize(120, 40)
    desk.wait_for(r"Nothing has happened(?s:.*)q Leave\s*\Z")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_a_non_blocking_terminal_gets_every_byte() -> None:
    outer, inner = pty.openpty()
    tty.setraw(inner)
    fcntl.fcntl(inner, fcntl.F_SETFL, os.O_NONBLOCK | os.O_WRONLY)
    picture = "".join(f"\x1b[{row}H{row:6}é" for row in range(20_000))
    writer = TerminalWriter(inner)
    writer.start()
    writer.write(picture)
    seen = b""
    while len(seen) < len(picture.encode()) and select.select([outer], [], [], 5)[0]:
        seen += os.read(outer, 4_096)
    writer.stop(5)
    os.close(inner)
    os.close(outer)
    assert seen.decode() == picture
