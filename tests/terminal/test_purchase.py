"""The real command in a real terminal: a whole purchase, leaving, and unfit terminals."""

import re
import signal

import pytest

pytestmark = pytest.mark.terminal


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_an_operator_finds_buys_reveals_and_leaves(terminal, vendor, size):
    embedded = size == (80, 24)
    desk = terminal("--sandbox", size=size) if embedded else terminal(size=size, **vendor.account())
    desk.wait_for(r"(?s)SANDBOX +\d.*PUBG Mobile UC")
    desk.press(*"/netflix")
    desk.wait_for("Netflix")
    desk.wait_gone("PUBG Mobile UC")
    desk.press("enter", "enter")
    desk.wait_for(r"\d+ TRY +[\d ]+\d  ")
    desk.open_ticket()
    desk.press("2")
    desk.wait_for("cards +2")
    desk.press("enter")
    desk.wait_for(r"Buy 2 Netflix")
    desk.wait_for("balance is enough")
    desk.confirm()
    desk.wait_for("2 of 2 after")
    assert "SANDBOX-CARD" not in desk.text
    desk.press("v")
    desk.wait_for("SANDBOX-CARD-1")
    assert desk.text.startswith(" SANDBOX ")
    assert "SANDBOX-CARD-2" not in desk.text
    desk.press("v")
    desk.wait_gone("SANDBOX-CARD")
    desk.wait_for("•••• ••••")
    desk.press("escape")
    desk.wait_gone("Cards")
    desk.wait_for("● 1 to hand over")
    desk.press("ctrl+q")
    desk.wait_for("1 order is not handed over")
    desk.press("y")
    assert desk.exit_code() == 0
    assert b"\x1b]2;carddesk 1 to hand over\x07" in desk.bytes
    assert b"\x1b[23;2t" in desk.bytes


def test_a_pasted_confirmation_and_a_held_enter_buy_nothing(terminal, home):
    desk = terminal("--sandbox", size=(120, 40))
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for(r"60 UC +[\d ]+\d  ")
    desk.open_ticket()
    desk.press("enter", "enter", "enter", "enter")
    desk.wait_for("Buy 1 |enter Review|PUBG")
    desk.paste("y\r\n")
    desk._read(0.5)
    assert not re.search("HANDLING|Sending", desk.text)
    desk.press("escape")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_an_escape_that_arrives_with_the_next_key_buys_nothing(terminal, home):
    desk = terminal("--sandbox", size=(120, 40))
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for(r"60 UC +[\d ]+\d  ")
    desk.open_ticket()
    desk.press("enter")
    desk.wait_for("Buy 1 PUBG")
    desk.arm()
    desk._seen_within(0.2, "nothing more")
    desk.press("\x1b\r")
    desk.wait_gone("Buy 1 PUBG")
    desk.press("3")
    desk.wait_for(r"3 Orders ")
    desk.wait_for("No order in the last 24 h")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_the_console_with_the_terminal_restored(terminal, number):
    desk = terminal("--sandbox")
    desk.wait_for("PUBG Mobile UC")
    desk.signal(number)
    assert desk.exit_code() >= 0
    assert desk.bytes.rfind(b"\x1b[?1049l") > desk.bytes.rfind(b"\x1b[?1049h")


def test_a_terminal_that_can_do_nothing_gets_a_sentence(terminal):
    desk = terminal("--sandbox", TERM="dumb")
    desk.wait_for("carddesk: ")
    assert desk.exit_code() == 2
    assert b"\x1b[?1049h" not in desk.bytes


def test_a_console_that_is_too_small_says_so_and_recovers(terminal):
    desk = terminal("--sandbox", size=(50, 15))
    desk.wait_for("60")
    desk.resize(100, 30)
    desk.signal(signal.SIGWINCH)
    desk.wait_for("PUBG Mobile UC")
