"""The real command in a real terminal: a whole purchase, leaving, and unfit terminals."""

import re
import signal

import pytest

pytestmark = pytest.mark.terminal


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_an_operator_finds_buys_reveals_and_leaves(terminal, vendor, size):
    embedded = size == (80, 24)
    desk = terminal("--sandbox", size=size) if embedded else terminal(size=size, **vendor.account())
    # Whether this key may buy is asked of the vendor; until then a purchase is refused in words.
    desk.wait_for(r"(?s)READ-WRITE.*PUBG Mobile UC")
    desk.press(*"/netflix")
    desk.wait_for("Netflix")
    desk.wait_gone("PUBG Mobile UC")
    desk.press("enter", "enter")
    desk.wait_for(r"in stock +\d+ TRY")
    desk.press("o")
    desk.wait_for("Quantity")
    desk.press("2")
    desk.wait_for("quantity +2")
    desk.press("enter")
    desk.wait_for(r"Buy 2 cards for")
    desk.wait_for(r"\[ok\].*balance")
    desk.confirm()
    desk.wait_for("PLACED|FULFILLED")
    desk.wait_for("FULFILLED")
    assert "SANDBOX-CARD" not in desk.text
    desk.press("v")
    desk.wait_for("SANDBOX-CARD-1")
    assert "SANDBOX-CARD-2" not in desk.text
    desk.press("v")
    desk.wait_gone("SANDBOX-CARD")
    desk.wait_for("••••••")
    desk.press("escape")
    desk.wait_gone("Cards")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_a_pasted_confirmation_and_a_held_enter_buy_nothing(terminal, home):
    desk = terminal("--sandbox", size=(120, 40))
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for("in stock")
    desk.press("o")
    desk.wait_for("Quantity")
    desk.press("enter", "enter", "enter", "enter")
    desk.wait_for("Buy 1 card for|Quantity|PUBG")
    desk.paste("y\r\n")
    desk._read(0.5)
    assert not re.search("PLACED|Sending", desk.text)
    desk.press("escape", "escape")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0


def test_an_escape_that_arrives_with_the_next_key_takes_the_yes_back(terminal, home):
    desk = terminal("--sandbox", size=(120, 40))
    desk.wait_for("PUBG Mobile UC")
    desk.wait_for("in stock")
    desk.press("o")
    desk.wait_for("Quantity")
    desk.press("enter")
    desk.wait_for("Buy 1 card for")
    while "ARMED" not in desk.text:
        desk.press("y")
        desk._seen_within(0.5, "ARMED")
    desk._seen_within(0.2, "nothing more")
    desk.press("\x1b\r")
    desk.wait_gone("ARMED")
    desk.wait_for("Buy 1 card for")
    desk.press("\x1b\x1b3")
    desk.wait_for(r"3 \[orders\]")
    desk.wait_for("No order is open")
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
