"""A card given to a customer is in the one file it was given in, and in none once that is gone."""

from pathlib import Path

import pytest

from tests.security.canary import CARD, SERIAL, Start, Vendor, files_that_tell, hits, log_of
from tests.security.test_canary_console import FAKE_TMUX, at_the_order
from tests.terminal.conftest import Terminal

pytestmark = pytest.mark.terminal

IN_THE_FILE = """
from services.local_files.receipt_files import ReceiptFiles
def broken(self, name, text):
    raise RuntimeError(text.reveal())
ReceiptFiles.write = broken
"""
IN_THE_TEXT = """
from services.domain import receipt
def broken(template, order, cards, *more):
    value = cards[0].value.reveal()
    raise RuntimeError(value)
receipt.whole = broken
"""


def asked(desk: Terminal) -> None:
    """Reveal the first card and come to the question where its text is to go."""
    at_the_order(desk)
    desk.press("v")
    desk.wait_for(f"{CARD}-0")
    desk.press("t")
    desk.wait_for("Hand over: ")


def test_the_card_is_in_the_handed_file_alone_and_gone_with_it(
    start: Start, vendor: Vendor, tmp_path: Path
) -> None:
    desk = start()
    asked(desk)
    masked_from = len(desk.bytes)
    desk.press("l", "l")
    desk.wait_for("Language: English")
    desk.press("w")
    desk.wait_for("Written into")
    [leak] = files_that_tell(tmp_path)
    [file] = tmp_path.rglob("handed/*.txt")
    assert leak.startswith(f"{file}: ")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    text = file.read_text("utf-8")
    assert f"Code: {CARD}-0\n" in text
    assert f"Serial number: {SERIAL}-0\n" in text
    desk.press("W")
    # Its name is in the sentence of a moment ago as well.
    desk.wait_for("Written files +1/1")
    desk.press("x")
    desk.wait_for("Delete this file")
    desk.press("y")
    desk.wait_for("No file with a card")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert hits(desk.bytes[masked_from:]) == []
    assert files_that_tell(tmp_path) == []
    assert not file.exists()


def test_a_text_that_is_copied_is_in_no_file_and_no_list_of_processes(
    start: Start, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "tmux").write_text(FAKE_TMUX)
    (tools / "tmux").chmod(0o755)
    desk = start(PATH=f"{tools}:/usr/bin:/bin", TMUX="/tmp/tmux")
    asked(desk)
    desk.press("c")
    desk.wait_for("Copied to the tmux buffer")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert files_that_tell(tmp_path) == []
    child = (tmp_path / "child").read_text()
    assert "load-buffer" in child
    # Left before its time was up: the buffer is not left behind.
    assert "delete-buffer" in child


@pytest.mark.parametrize("breaking", [IN_THE_FILE, IN_THE_TEXT], ids=["file", "text"])
def test_a_defect_while_the_text_is_held_leaks_nothing(
    start: Start, tmp_path: Path, breaking: str
) -> None:
    desk = start(breaking)
    asked(desk)
    masked_from = len(desk.bytes)
    desk.press("w")
    desk.wait_for("a defect; report")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert hits(desk.bytes[masked_from:]) == []
    assert b"Traceback" not in desk.bytes
    assert files_that_tell(tmp_path) == []
    assert "RuntimeError at" in log_of(tmp_path)
