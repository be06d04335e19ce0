"""The mouse: asked of the terminal when it may be used, and left to it when it may not."""

import pytest

pytestmark = pytest.mark.terminal
TRACKING = (b"\x1b[?1000h", b"\x1b[?1002h", b"\x1b[?1003h", b"\x1b[?1006h")


def test_the_mouse_chooses_a_row(terminal):
    desk = terminal("--sandbox")
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for("1/")
    desk.wait_for("Free Fire")
    line = next(y for y, text in enumerate(desk.text.splitlines(), 1) if "Free Fire" in text)
    desk.press(f"\x1b[<0;10;{line}M", f"\x1b[<0;10;{line}m")
    desk.wait_for("▌ .*Free Fire")
    # A click beyond the picture: the window has just become smaller, or counts in pixels.
    desk.press("\x1b[<0;640;320M", "\x1b[<0;640;320m", "g")
    desk.wait_for("▌ .*PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert TRACKING[0] in desk.bytes


@pytest.mark.parametrize(
    ("arguments", "environ"), [(("--no-mouse",), {}), ((), {"CARDDESK_UI_MOUSE": "false"})]
)
def test_a_mouse_that_is_off_is_never_asked_for(terminal, arguments, environ):
    desk = terminal("--sandbox", *arguments, **environ)
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert not any(sequence in desk.bytes for sequence in TRACKING)
