"""The bytes of a real console on hostile text: only what Textual itself says to a terminal."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.sandbox import DEMO_KEY
from tests.terminal.conftest import OpenTerminal, home, terminal

__all__ = ["home", "terminal"]
pytestmark = pytest.mark.terminal

# What Textual's driver writes: colours, addresses, modes and their queries, the pointer's shape.
KNOWN = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\[[0-9;]*H|\x1b\[[?>=<]?[0-9;]*(?:\$p|[hlucqtJ])|\x1b[78=>]"
    r"|\x1b\]22;[a-z-]*\x07|\r?\n|\r"
    # ... and ours: where the cursor is, the background, the title, erasing, and small moves.
    r"|\x1b\[6n|\x1b\]11;\?\x1b\\|\x1b\]2;carddesk[ a-z0-9,]*\x07"
    r"|\x1b\[[0-9]*[A-DGKXd]|\x08"
)
FAULTS = ("catalog", "checkProduct", "list", "checkOrder", "balance", "transactions")


@pytest.fixture
def hostile_vendor(home: dict[str, str]) -> Iterator[str]:
    """A vendor of its own process that writes hostile text into every answer but two."""
    command = [str(Path(sys.executable).with_name("carddesk")), "sandbox", "--port", "0"]
    for endpoint in FAULTS:
        command += ["--fault", f"hostile@{endpoint}*0"]
    with subprocess.Popen(
        command, env=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as vendor:
        assert vendor.stdout is not None
        try:
            said = ""
            while not (url := re.search(r"http://[0-9.:]+/v3", said)):
                line = vendor.stdout.readline()
                assert line, said
                said += line
            yield url[0]
        finally:
            vendor.terminate()


@pytest.mark.parametrize("arguments", [(), ("--slow-line",)], ids=["full", "slow"])
def test_no_byte_of_the_vendor_speaks_to_the_terminal(
    terminal: OpenTerminal, hostile_vendor: str, arguments: tuple[str, ...]
) -> None:
    desk = terminal(
        *arguments,
        size=(120, 40),
        CARDDESK_BASE_URL=hostile_vendor,
        CARDDESK_API_KEY=DEMO_KEY,
        CARDDESK_ENVIRONMENT="sandbox",
    )
    desk.wait_for(r"�\[2J")
    desk.press("G", "g", "enter")
    desk.wait_for("sold today")
    desk.press("4", "r")
    desk.press("5", "1", "j", "j", "enter")
    desk.wait_for("click")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    left = KNOWN.sub("", desk.bytes.decode("utf-8"))
    assert "\x1b]52" not in desk.bytes.decode("utf-8")
    strange = sorted({char for char in left if not char.isprintable()})
    where = [left[max(0, m.start() - 5) : m.end() + 20] for m in re.finditer("\x1b", left)]
    assert not strange, where[:10]
