"""A console that reveals, copies and breaks leaves no card and no key anywhere."""

from pathlib import Path

import pytest

from tests.canary.conftest import CARD, KEY, SERIAL, Start, Vendor, files_that_tell, hits, log_of
from tests.terminal.conftest import Terminal

pytestmark = pytest.mark.terminal

IN_A_WORKER = """
from services.desk import Desk
reveal = Desk.reveal
async def broken(self, *arguments):
    cards = await reveal(self, *arguments)
    raise RuntimeError(cards[0].value.reveal())
Desk.reveal = broken
"""
IN_A_HANDLER = """
from tui.screens.order import OrderScreen
def broken(self):
    value = self.cards.revealed[0][1].value.reveal()
    raise RuntimeError(value)
OrderScreen.copy = broken
"""
IN_A_RENDERER = """
from widgets.card_reveal import CardReveal
draw = CardReveal.text_lines
def broken(self, width):
    for _, card in self.revealed:
        value = card.value.reveal()
        raise RuntimeError(value)
    return draw(self, width)
CardReveal.text_lines = broken
"""
FAKE_TMUX = """#!/bin/sh
{ echo "$@"; env; tr '\\0' ' ' < /proc/$$/cmdline; } >> "$HOME/child"
cat > /dev/null
"""


def at_the_order(desk: Terminal) -> None:
    """Come to a finished order, everything masked."""
    desk.wait_for("fulfilled")
    desk.press("3", "enter")
    desk.wait_for("••••••")


def test_revealing_and_copying_leave_nothing_behind(
    start: Start, vendor: Vendor, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "tmux").write_text(FAKE_TMUX)
    (tools / "tmux").chmod(0o755)
    desk = start(PATH=f"{tools}:/usr/bin:/bin", TMUX="/tmp/tmux")
    at_the_order(desk)
    assert hits(desk.bytes) == []
    desk.press("v")
    desk.wait_for(f"{CARD}-0")
    desk.press("y")
    desk.wait_for("Sent to the terminal")
    desk.press("v")
    desk.wait_gone(CARD)
    hidden_from = len(desk.bytes)
    desk.press("r", "j", "k", "?")
    desk.wait_for("Reveal")
    desk.press("escape")
    desk.wait_gone("Keys here")
    desk.press("V")
    desk.wait_for("will be on the screen")
    desk.press("y")
    desk.wait_for(f"{CARD}-1")
    shown_until = len(desk.bytes)
    desk.press("q")
    desk.wait_gone(CARD)
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    between = desk.bytes[hidden_from:shown_until].split(CARD.encode())[0]
    assert hits(between) == []
    assert files_that_tell(tmp_path) == []
    child = (tmp_path / "child").read_text()
    assert "load-buffer" in child
    assert "CARDDESK_API_KEY" not in child
    assert KEY.encode() not in desk.bytes


def test_a_serial_is_looked_for_without_being_seen_or_kept(
    start: Start, vendor: Vendor, tmp_path: Path
) -> None:
    desk = start()
    desk.wait_for("fulfilled")
    desk.press("f", *"serial:", "enter")
    desk.wait_for("shown nowhere")
    desk.press(*f"{SERIAL}-1", "enter")
    desk.wait_for("What happened")
    desk.press("q")
    desk.wait_gone("What happened")
    desk.press("f", *f"serial:{SERIAL}-0", "enter")
    desk.wait_for("What happened")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert hits(desk.bytes) == []
    assert vendor.order_id.encode() in desk.bytes
    assert files_that_tell(tmp_path) == []
    (kept,) = tmp_path.rglob("commands")
    assert kept.read_text().splitlines() == ["find serial:"]


def test_the_running_console_shows_its_key_to_nobody(start: Start) -> None:
    desk = start()
    at_the_order(desk)
    process = Path("/proc") / str(desk.pid)
    assert hits((process / "cmdline").read_bytes()) == []
    try:
        environ = (process / "environ").read_bytes()
    except PermissionError:
        return  # nobody but root may look, which is the better half of it
    assert b"CARDDESK_API_KEY" in environ
    assert hits(environ) == []


@pytest.mark.parametrize(
    ("breaking", "keys"),
    [(IN_A_WORKER, "v"), (IN_A_HANDLER, "vy"), (IN_A_RENDERER, "v")],
    ids=["worker", "handler", "renderer"],
)
def test_a_defect_with_a_card_in_its_hands_tells_nobody(
    start: Start, tmp_path: Path, breaking: str, keys: str
) -> None:
    desk = start(breaking)
    at_the_order(desk)
    for key in keys:
        if key == "y":
            desk.wait_for(CARD)
        desk.press(key)
    if breaking == IN_A_WORKER:
        desk.wait_for("a defect, report")
        desk.press("ctrl+q")
        assert desk.exit_code() == 0
    else:
        assert desk.exit_code() == 1
        assert b"broke off because of a defect" in desk.bytes
    after = desk.bytes.split(b"\x1b[?1049l")[-1]
    assert hits(after) == []
    assert b"Traceback" not in desk.bytes
    assert files_that_tell(tmp_path) == []
    assert "RuntimeError at" in log_of(tmp_path)
