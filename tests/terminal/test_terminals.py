"""Kinds of terminals: each gets the colours it has, opens, and is left as it was."""

import pytest

pytestmark = pytest.mark.terminal


@pytest.mark.parametrize("term", ["linux", "screen", "tmux-256color", "xterm"])
def test_the_desk_opens_and_leaves_the_terminal_as_it_was(terminal, term):
    desk = terminal("--sandbox", TERM=term, COLORTERM="")
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    for entered, left in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
        assert desk.bytes.rfind(left) > desk.bytes.rfind(entered) >= 0
    assert desk.bytes.rfind(b"\x1b[?1000l") > desk.bytes.rfind(b"\x1b[?1000h")


@pytest.mark.parametrize(
    ("environ", "sent", "not_sent"),
    [
        ({"COLORTERM": "truecolor"}, b"8;2;", b"8;5;"),
        ({"COLORTERM": ""}, b"8;5;", b"8;2;"),
        ({"COLORTERM": "", "TERM": "xterm"}, b"\x1b[", b"8;5;"),
        ({"COLORTERM": "", "TERM": "xterm"}, b"\x1b[", b"8;2;"),
    ],
)
def test_no_more_colours_are_sent_than_the_terminal_has(terminal, environ, sent, not_sent):
    desk = terminal("--sandbox", CARDDESK_UI_THEME="dark", **environ)
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert sent in desk.bytes
    assert not_sent not in desk.bytes
