"""A console that reveals, copies and breaks leaves no card and no key anywhere."""

from pathlib import Path

import pytest

from tests.security.canary import (
    CARD,
    DRAWN,
    KEY,
    SERIAL,
    Start,
    Vendor,
    files_that_tell,
    hits,
    log_of,
)
from tests.security.drawn_codes import BLOCKS, letters_in
from tests.terminal.conftest import Terminal

pytestmark = pytest.mark.terminal

IN_A_WORKER = """
from services.desk.orders import DeskOrders
reveal = DeskOrders.reveal
async def broken(self, *arguments):
    cards = await reveal(self, *arguments)
    raise RuntimeError(cards[0].value.reveal())
DeskOrders.reveal = broken
"""
IN_A_HANDLER = """
from tui.screens.order import OrderScreen
def broken(self):
    value = self.cards.revealed[0][1].value.reveal()
    raise RuntimeError(value)
OrderScreen.copy = broken
"""
IN_THE_READER = f"""
from tui.terminal.driver import KeyReader
def broken(self, *received):
    raise RuntimeError("{CARD}")
KeyReader.run = broken
"""
IN_A_RENDERER = """
from widgets.sheets.card_reveal import CardReveal
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
    desk.wait_for("✓ other desk")
    desk.press("3", "enter")
    desk.wait_for("•••• ••••")


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
    assert f"{CARD}-0" in letters_in(desk.text.splitlines())
    assert any(form in desk.bytes for form in DRAWN)
    desk.press("c")
    desk.wait_for("Copied to the tmux buffer")
    desk.press("v")
    desk.wait_gone(CARD)
    hidden_from = len(desk.bytes)
    desk.press("r", "j", "k", "?")
    desk.wait_for("Reveal")
    desk.press("escape")
    desk.wait_gone("Help . order")
    desk.press("V")
    desk.wait_for("will be on the screen")
    assert hits(desk.bytes[hidden_from:]) == []
    assert not set(BLOCKS) & set(desk.text)
    desk.press("y")
    desk.wait_for(f"{CARD}-1")
    desk.press("q")
    desk.wait_gone(CARD)
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert files_that_tell(tmp_path) == []
    child = (tmp_path / "child").read_text()
    assert "load-buffer" in child
    assert "CARDDESK_API_KEY" not in child
    assert KEY.encode() not in desk.bytes


@pytest.mark.parametrize("breaking", ["", IN_A_HANDLER], ids=["left", "broken off"])
def test_a_file_that_stderr_leads_to_gets_no_picture_and_no_card(
    start: Start, tmp_path: Path, breaking: str
) -> None:
    desk = start(breaking, streams="2>errors")
    at_the_order(desk)
    desk.press("v")
    desk.wait_for(f"{CARD}-0")
    desk.press("c" if breaking else "ctrl+q")
    assert desk.exit_code() == (1 if breaking else 0)
    written = (tmp_path / "work" / "errors").read_text()
    assert ("because of a defect" in written) is bool(breaking)
    assert ("because of a defect" in desk.text) is bool(breaking)
    assert "\x1b" not in written
    assert files_that_tell(tmp_path) == []


def test_keys_that_cannot_be_read_any_more_end_the_console_with_a_report(
    start: Start, tmp_path: Path
) -> None:
    desk = start(IN_THE_READER)
    assert desk.exit_code() == 1
    assert "because of a defect" in desk.bytes.split(b"\x1b[?1049l")[-1].decode()
    assert desk.modes_now() == desk.modes
    assert "RuntimeError at" in log_of(tmp_path)
    assert files_that_tell(tmp_path) == []


def test_a_serial_is_looked_for_without_being_seen_or_kept(
    start: Start, vendor: Vendor, tmp_path: Path
) -> None:
    desk = start()
    desk.wait_for("✓ other desk")
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


def test_the_running_console_shows_its_key_to_no_process(start: Start) -> None:
    desk = start()
    at_the_order(desk)
    process = Path("/proc") / str(desk.pid)
    assert hits((process / "cmdline").read_bytes()) == []
    try:
        environ = (process / "environ").read_bytes()
    except PermissionError:
        return  # only root may look, which is the better half of it
    assert b"CARDDESK_API_KEY" in environ
    assert hits(environ) == []


@pytest.mark.parametrize(
    ("breaking", "keys"),
    [(IN_A_WORKER, "v"), (IN_A_HANDLER, "vc"), (IN_A_RENDERER, "v")],
    ids=["worker", "handler", "renderer"],
)
def test_a_defect_while_a_card_is_held_leaks_nothing(
    start: Start, tmp_path: Path, breaking: str, keys: str
) -> None:
    desk = start(breaking)
    at_the_order(desk)
    for key in keys:
        if key == "c":
            desk.wait_for(CARD)
        desk.press(key)
    if breaking == IN_A_WORKER:
        desk.wait_for("a defect; report")
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
