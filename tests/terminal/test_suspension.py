"""Stopped and continued: the terminal is given back whole, and all is drawn again afterwards."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.proof.screen import PATIENCE, Terminal
from tests.terminal.test_terminals import MODES, is_left_as_it_was

pytestmark = pytest.mark.terminal

KEYBOARD = {"the keyboard protocol": (b"\x1b[>25u", b"\x1b[<u")}


def stopped(desk):
    """Read what it still writes until the process stops."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        desk._read(0.02)
        found, status = os.waitpid(desk.pid, os.WNOHANG | os.WUNTRACED)
        if found and os.WIFSTOPPED(status):
            return
    raise AssertionError(f"it did not stop:\n{desk.text}")


def is_drawn_again(desk, since):
    """Wait for the whole picture without a key, with every mode on again."""
    desk.wait_until(lambda: b"PUBG Mobile UC" in desk.bytes[since:])
    desk.wait_for(r"PUBG Mobile UC(?s:.*)q Leave\s*\Z")
    for on, off in (MODES | KEYBOARD).values():
        assert desk.bytes.rfind(on) > desk.bytes.rfind(off) > 0, on
    desk.press("j")
    desk.wait_for("2/135")
    desk.press("ctrl+q")
    is_left_as_it_was(desk)


@pytest.mark.parametrize("way", ["ctrl+z", "SIGTSTP"])
def test_suspending_gives_the_terminal_back_whole(terminal, way):
    desk = terminal("--sandbox")
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for("connected")
    if way == "ctrl+z":
        desk.press("\x1a")
    else:
        desk.signal(signal.SIGTSTP)
    stopped(desk)
    assert desk.modes_now() == desk.modes
    # The last that is written: all before it has been read then.
    desk.wait_for("Press enter to go on")
    for on, off in (MODES | KEYBOARD).values():
        assert desk.bytes.rfind(off) > desk.bytes.rfind(on) >= 0, on
    since = len(desk.bytes)
    desk.signal(signal.SIGCONT)
    is_drawn_again(desk, since)


def test_enter_continues_a_console_that_no_shell_started(terminal):
    desk = terminal("--sandbox")
    desk.wait_for("connected")
    desk.press("\x1a")
    stopped(desk)
    desk.wait_for("Press enter to go on")
    since = len(desk.bytes)
    desk.press("\r")
    is_drawn_again(desk, since)


@pytest.mark.parametrize("first", [(signal.SIGSTOP,), ()], ids=["stopped", "running"])
def test_a_stray_sigcont_draws_all_again(terminal, first):
    desk = terminal("--sandbox")
    desk.wait_for("connected")
    for number in first:
        desk.signal(number)
        stopped(desk)
    since = len(desk.bytes)
    desk.signal(signal.SIGCONT)
    is_drawn_again(desk, since)


def test_a_shell_has_the_terminal_meanwhile(home):
    carddesk = Path(sys.executable).with_name("carddesk")
    shell = Terminal(["sh", "-i"], home | {"PS1": "shell> ", "ENV": ""}, (80, 24), 0.0)
    try:
        shell.wait_for("shell>")
        shell.press(f"{carddesk} --sandbox\r")
        shell.wait_for("PUBG Mobile UC(?s:.*)q Leave")
        shell.press("\x1a")
        shell.wait_for("Stopped(?s:.*)shell>")
        shell.press("printf '\\033[2J\\033[Hhe''re'\r")
        shell.wait_for("^here")
        # In the background it may not draw: it stops again.
        shell.press("bg\r")
        shell.press_until("jobs\r", "Stopped")
        since = len(shell.bytes)
        shell.press("fg\r")
        shell.wait_until(lambda: b"PUBG Mobile UC" in shell.bytes[since:])
        shell.press("ctrl+q")
        shell.wait_gone("PUBG")
        shell.wait_for(r"shell>\s*\Z")
        shell.press("echo $((6*7))\r")
        shell.wait_for("42")
    finally:
        shell.close()


def test_a_console_that_a_shell_started_in_the_background_waits(home):
    carddesk = Path(sys.executable).with_name("carddesk")
    shell = Terminal(["sh", "-i"], home | {"PS1": "shell> ", "ENV": ""}, (80, 24), 0.0)
    try:
        shell.wait_for("shell>")
        shell.press(f"{carddesk} --sandbox &\r")
        shell.press_until("jobs\r", "Stopped")
        assert b"PUBG" not in shell.bytes
        shell.press("fg\r")
        shell.wait_for("PUBG Mobile UC(?s:.*)q Leave")
        shell.press("ctrl+q")
        shell.wait_for(r"shell>\s*\Z")
    finally:
        shell.close()


def test_the_set_up_is_suspended_and_drawn_again(terminal):
    desk = terminal()
    desk.wait_for("Welcome to carddesk")
    desk.press("\x1a")
    stopped(desk)
    desk.wait_for("Press enter to go on")
    desk.signal(signal.SIGCONT)
    desk.wait_for("Welcome to carddesk")
    desk.press("ctrl+q")
    is_left_as_it_was(desk)
