"""Slow line mode in a real terminal: on by itself where it is needed, and little is written."""

import re
import sys
from pathlib import Path

import pytest

from tests.proof.screen import Terminal
from tests.terminal.test_terminals import settled, still

pytestmark = pytest.mark.terminal

LONG_TRIP = 0.3
MOUSE_ON, MOUSE_OFF = b"\x1b[?1003h", b"\x1b[?1003l"
WHERE = b"\x1b[6n"


def run(desk, line):
    desk.press(":")
    desk.wait_for("Select, history")
    desk.press(line)
    desk.wait_for(re.escape(line))
    desk.press("enter")
    desk.wait_gone("Select, history")


def test_a_long_round_trip_turns_it_on_and_says_so_once(terminal):
    desk = terminal("--sandbox", size=(120, 40), trip=LONG_TRIP, CARDDESK_UI_SLOW_LINE="auto")
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for("Slow line mode, round trip [3-9][0-9][0-9] ms")
    desk.wait_for("slow line")
    desk.wait_for("PUBG Mobile UC")
    assert desk.bytes.rfind(MOUSE_OFF) > desk.bytes.rfind(MOUSE_ON) >= 0
    run(desk, "slow off")
    desk.wait_gone("connected +slow line")
    assert desk.bytes.rfind(MOUSE_ON) > desk.bytes.rfind(MOUSE_OFF)
    # Measured again, it comes back; what the measure tells takes the place of what was changed.
    run(desk, "slow auto")
    desk.wait_for("Slow line mode")
    desk.wait_for("connected +slow line")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_a_short_round_trip_leaves_it_off(terminal):
    desk = terminal(
        "--sandbox", "--no-mouse", size=(120, 40), trip=0.0, CARDDESK_UI_SLOW_LINE="auto"
    )
    desk.wait_for("connected")
    run(desk, "debug")
    desk.wait_for(r"trip +\d+ ms +full \(auto\)")
    assert "slow line" not in desk.text
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_it_is_asked_for_with_an_option_and_never_asks_for_the_mouse(terminal):
    desk = terminal("--sandbox", "--slow-line", size=(120, 40))
    desk.wait_for("slow line")
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert MOUSE_ON not in desk.bytes


def test_a_whole_purchase_ends_in_the_picture_of_a_full_redraw(terminal, vendor):
    desk = terminal("--slow-line", size=(80, 24), trip=0.05, **vendor.account())
    desk.wait_for(r"(?s)SANDBOX +\d.*PUBG Mobile UC")
    desk.press("enter")
    desk.wait_for(r"\d+ UC +[\d ]+\d  ")
    desk.open_ticket()
    desk.press("enter")
    desk.wait_for("balance is enough")
    desk.confirm()
    desk.wait_for("1 of 1 after")
    desk.press("v")
    desk.wait_for("SANDBOX-CARD-1")
    desk.press("v")
    desk.wait_gone("SANDBOX-CARD")
    desk.press("escape")
    desk.wait_for(r"2 Stock .*\n")
    desk.press("3", "?")
    desk.wait_for("Help · ")
    desk.press("escape")
    desk.wait_for(r"3 Orders   1")
    desk.press("1")
    desk.wait_for(r"1 Catalogue .*─┬─ 2 Stock")
    desk.wait_for(r"Filter.*\Z")
    after = settled(desk)
    desk.screen.reset()
    desk.press("\x0c")
    desk.wait_for(r"Filter.*\Z")
    assert still(settled(desk)) == still(after)
    desk.press("ctrl+q")
    desk.wait_for("1 order is not handed over")
    desk.press("y")
    assert desk.exit_code() == 0


def test_keys_that_come_faster_than_the_line_cost_no_picture_each(terminal):
    desk = terminal("--sandbox", "--slow-line", trip=LONG_TRIP)
    desk.wait_for("1/135")
    settled(desk)
    before = len(desk.bytes)
    desk.press("j" * 100)
    desk.wait_for("101/135")
    settled(desk)
    assert len(desk.bytes) - before < 6_000
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_no_answer_of_the_terminal_is_left_for_the_shell(terminal):
    desk = terminal("--sandbox", "--slow-line", trip=LONG_TRIP)
    desk.wait_for("1/135")
    settled(desk)
    asked = desk.bytes.count(WHERE)
    desk.press("G")
    desk.wait_for("135/135")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert desk.bytes.count(WHERE) > asked
    assert not desk._due


class FarTerminal(Terminal):
    """A terminal at the end of a line so long that every answer is late."""

    def _answer(self, data):
        super()._answer(data.replace(b"\x1b[?2026$p", b""))


@pytest.mark.parametrize("slow_line", ["auto", "off"])
def test_who_leaves_before_the_first_answer_waits_for_it(home, slow_line):
    carddesk = str(Path(sys.executable).with_name("carddesk"))
    environ = home | {"CARDDESK_UI_SLOW_LINE": slow_line}
    desk = FarTerminal([carddesk, "--sandbox"], environ, (80, 24), trip=1.6)
    desk.wait_for("q Leave")
    assert desk._due
    desk.press("\x11")
    assert desk.exit_code() == 0
    assert not desk._due
    desk.close()


def test_the_figures_of_the_line_take_a_line_and_give_it_back(terminal):
    desk = terminal("--sandbox", trip=0.0)
    desk.wait_for("connected")
    desk.wait_for(r"Filter.*\Z")
    run(desk, "debug")
    desk.wait_for(r"\d+ B/s +\d+\.\d frames/s +key +\d+ B +trip +\d+ ms +full \(off\).*\Z")
    desk.press("j")
    desk.wait_for(r"key +[1-9]\d* B")
    run(desk, "debug")
    desk.wait_for(r"Filter.*\Z")
    assert "B/s" not in desk.text
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
