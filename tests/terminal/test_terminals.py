"""Kinds of terminals: each gets the colours it has, opens, and is left as it was."""

import fcntl
import os
import random
import re
import select
import signal
import sys
import termios
import unicodedata

import pytest

from tests.proof.screen import PATIENCE

pytestmark = pytest.mark.terminal

PTY_HOLDS = 4_000
"""So many bytes unread, and what is written to a pty waits."""

MODES = {
    "the other screen": (b"\x1b[?1049h", b"\x1b[?1049l"),
    "a hidden cursor": (b"\x1b[?25l", b"\x1b[?25h"),
    "the mouse": (b"\x1b[?1000h", b"\x1b[?1000l"),
    "pastes in brackets": (b"\x1b[?2004h", b"\x1b[?2004l"),
    "the focus": (b"\x1b[?1004h", b"\x1b[?1004l"),
    "lines that wrap": (b"\x1b[?7l", b"\x1b[?7h"),
}
"""What is asked of a terminal, and how it is taken back."""


def signs(text):
    return {c for c in text if not c.isascii() and unicodedata.category(c)[0] not in "LM"}


@pytest.mark.parametrize("term", ["linux", "tmux-256color"])
def test_the_desk_opens_buys_and_leaves_the_terminal_as_it_was(terminal, term):
    desk = terminal("--sandbox", TERM=term, COLORTERM="", trip=0.0)
    desk.wait_for("PUBG Mobile UC")
    desk.press("enter")
    desk.wait_for(r"\d+ UC +[\d ]+\d  ")
    desk.open_ticket()
    desk.press("enter")
    desk.wait_for("balance is enough")
    desk.confirm()
    desk.wait_for(r"Ordered \d|1 of 1 after")
    desk.press("escape")
    desk.wait_for("2 Stock .*PUBG")
    assert (signs(desk.text) == set()) is (term == "linux")
    desk.press("ctrl+q")
    desk.press("y")
    is_left_as_it_was(desk)


@pytest.mark.parametrize("term", ["screen", "xterm"])
def test_the_desk_opens_and_leaves_other_terminals_as_they_were(terminal, term):
    desk = terminal("--sandbox", TERM=term, COLORTERM="", trip=0.0)
    desk.wait_for("PUBG Mobile UC")
    desk.press("enter")
    desk.wait_for(r"\d+ UC +[\d ]+\d  ")
    assert signs(desk.text)
    desk.press("ctrl+q")
    is_left_as_it_was(desk)


def is_left_as_it_was(desk):
    """Check that the console ended well, and took back all that it had asked of its terminal."""
    assert desk.exit_code() == 0
    for entered, left in MODES.values():
        assert desk.bytes.rfind(left) > desk.bytes.rfind(entered) >= 0
    assert desk.modes_now() == desk.modes


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"TERM": "dumb"}, "cannot move its cursor"),
        ({"TERM": ""}, "cannot move its cursor (TERM is not set)"),
        ({"TERM": "unknown"}, "cannot move its cursor (TERM=unknown)"),
        ({"TERM": "DUMB"}, "cannot move its cursor (TERM=DUMB)"),
        ({"LC_ALL": "fr_DZ.ISO-8859-1"}, "encoding is ISO-8859-1, not UTF-8"),
        ({"PYTHONIOENCODING": "latin-1"}, "not UTF-8"),
    ],
)
def test_a_terminal_that_cannot_be_drawn_on_is_refused_in_words(terminal, environ, words):
    desk = terminal("--sandbox", **environ)
    assert desk.exit_code() == 2
    assert words in " ".join(desk.text.split())
    assert b"\x1b[" not in desk.bytes


@pytest.mark.parametrize(
    ("environ", "sent", "not_sent"),
    [
        ({"COLORTERM": "truecolor"}, rb"8;2;", rb"8;5;"),
        ({"COLORTERM": ""}, rb"8;5;", rb"8;2;"),
        ({"COLORTERM": "", "TERM": "xterm"}, rb"\x1b\[", rb"8;[25];"),
    ],
)
def test_no_more_colours_are_sent_than_the_terminal_has(terminal, environ, sent, not_sent):
    desk = terminal("--sandbox", CARDDESK_UI_THEME="dark", **environ)
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert re.search(sent, desk.bytes)
    assert not re.search(not_sent, desk.bytes)


@pytest.mark.parametrize(
    ("theme", "arguments"),
    [("dark", ()), ("light", ("--slow-line",))],
)
def test_without_colours_no_colour_is_sent_whatever_the_theme(terminal, theme, arguments):
    desk = terminal("--sandbox", *arguments, CARDDESK_UI_THEME=theme, NO_COLOR="1")
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for("connected")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    codes = {c for found in re.findall(rb"\x1b\[([\d;]*)m", desk.bytes) for c in found.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"7", b"8", b"39", b"49"}


@pytest.mark.parametrize("arguments", [(), ("--slow-line",)])
def test_a_storm_of_sizes_ends_in_the_picture_of_the_last_one(terminal, arguments):
    desk = terminal("--sandbox", *arguments, size=(120, 40), trip=0.0)
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for("connected")
    chance = random.Random(7)
    for _ in range(100):
        desk.resize(chance.randint(60, 300), chance.randint(18, 100))
    desk.resize(50, 12)
    desk.wait_for("too small")
    desk.resize(163, 43)
    desk.wait_for(r"(?s)Catalogue.*Stock.*Orders")
    desk.wait_for(r"Filter.*\Z")
    desk.wait_gone("too small")
    after = settled(desk)
    desk.screen.reset()
    desk.press("\x0c")
    desk.wait_for(r"(?s)Catalogue.*Stock.*Orders")
    desk.wait_for(r"Filter.*\Z")
    assert still(settled(desk)) == still(after)
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_what_ended_it_from_outside_is_said_and_logged(terminal, tmp_path):
    desk = terminal("--sandbox")
    desk.wait_for("connected")
    desk.signal(signal.SIGTERM)
    assert desk.exit_code() == 128 + signal.SIGTERM
    assert "Ended from outside by SIGTERM" in desk.text
    (log,) = tmp_path.rglob("carddesk.log")
    assert "Ended from outside by SIGTERM" in log.read_text()


def test_a_terminal_that_takes_nothing_does_not_prevent_leaving(terminal):
    desk = terminal("--sandbox", size=(200, 60))
    desk.wait_for("connected")
    ended = os.pidfd_open(desk.pid)
    # The terminal is not read from here on, and what is written has nowhere to go.
    for _ in range(400):
        if full(desk) >= PTY_HOLDS:
            break
        # Drawn whole each time: of a change only its cells are sent.
        desk.press("\x0c")
        assert not select.select([ended], [], [], 0.05)[0]
    assert full(desk) >= PTY_HOLDS
    desk.signal(signal.SIGTERM)
    assert select.select([ended], [], [], PATIENCE)[0]
    assert desk.exit_code() == 128 + signal.SIGTERM


def full(desk):
    """How many bytes wait in the terminal to be read."""
    waiting = fcntl.ioctl(desk._fd, termios.FIONREAD, b"\0" * 4)
    return int.from_bytes(waiting, sys.byteorder)


def settled(desk):
    """The screen once nothing more is written to it for now."""
    while desk._read(0.4):
        pass
    return desk.text


def still(text):
    """A screen without what changes by itself: the status line, and ages."""
    _, *lines = text.splitlines()
    return re.sub(r"(just now|<?\d+ [sm] ago)", "then", re.sub(" +", " ", "\n".join(lines)))
