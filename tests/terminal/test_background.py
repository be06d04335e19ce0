"""What the terminal is asked at the start: its background, and how wide it draws a sign."""

import sys
from pathlib import Path

import pytest

from tests.proof.screen import Terminal
from tui.terminal.background import ground

pytestmark = pytest.mark.terminal

CARDDESK = str(Path(sys.executable).with_name("carddesk"))
ASKED = b"\x1b]11;?"


class Light(Terminal):
    """A terminal of dark letters, on whose keyboard something was typed early."""

    BACKGROUND = b"?\x1b]11;rgb:ffff/fafa/f0f0\x1b\\"


class Dark(Terminal):
    """A terminal of light letters."""

    BACKGROUND = b"\x1b]11;rgb:1c/1c/20\x07"


class Wide(Terminal):
    """A terminal that draws a sign in two cells."""

    POSITION = b"\x1b[1;3R"


@pytest.mark.parametrize(
    ("kind", "environ", "asked", "drawn_on"),
    [
        (Light, {}, 1, "light"),
        (Dark, {}, 1, "dark"),
        (Terminal, {}, 1, ""),
        (Light, {"COLORTERM": ""}, 0, ""),
        (Light, {"CARDDESK_UI_THEME": "dark"}, 0, "dark"),
    ],
)
def test_colours_go_with_the_background(home, kind, environ, asked, drawn_on):
    desk = kind([CARDDESK, "--sandbox"], home | environ, (80, 24), trip=0.0)
    try:
        # What was typed before the console was there is a key all the same.
        desk.wait_for("Help · " if kind is Light and asked else "connected")
        back = desk.screen.buffer[desk.screen.lines - 1][0].bg
        assert drawn_on == ("" if back == "default" else ground(rgb(back)))
        assert desk.bytes.count(ASKED) == asked
        desk.press("ctrl+q")
        assert desk.exit_code() == 0
    finally:
        desk.close()


def rgb(colour):
    return "/".join(colour[at : at + 2] for at in (0, 2, 4))


def test_signs_of_two_cells_are_drawn_in_ascii(home):
    desk = Wide([CARDDESK, "--sandbox"], home, (120, 40), trip=0.0)
    try:
        desk.wait_for("connected")
        desk.wait_gone("[▏─│●○]")
        desk.press("ctrl+q")
        assert desk.exit_code() == 0
    finally:
        desk.close()
