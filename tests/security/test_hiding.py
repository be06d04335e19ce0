"""Hidden is hidden: when the process is stopped, on a slow line, and from another user."""

import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.proof.screen import PATIENCE, Terminal
from tests.security.canary import CARD, PROGRAM, SERIAL, Start, Vendor, files_that_tell, hits
from tests.security.test_canary_console import at_the_order

pytestmark = pytest.mark.terminal
NOBODY = 65534


def stopped(desk: Terminal) -> None:
    """Read what it still writes until the process is stopped."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        desk._read(0.02)
        found, status = os.waitpid(desk.pid, os.WNOHANG | os.WUNTRACED)
        if found and os.WIFSTOPPED(status):
            return
    raise AssertionError(f"it did not stop:\n{desk.text}")


@pytest.mark.parametrize("way", ["ctrl+z", "SIGTSTP", "SIGSTOP"])
def test_a_card_that_was_shown_is_not_drawn_again_after_a_suspension(
    start: Start, tmp_path: Path, way: str
) -> None:
    desk = start()
    at_the_order(desk)
    desk.press("v")
    desk.wait_for(f"{CARD}-0")
    if way == "ctrl+z":
        desk.press("\x1a")
    else:
        desk.signal(signal.Signals[way])
    stopped(desk)
    left = len(desk.bytes)
    desk.signal(signal.SIGCONT)
    # What stood there stays on this terminal until it is overwritten.
    desk.wait_gone(CARD)
    desk.wait_for("•••• ••••")
    assert hits(desk.bytes[left:]) == []
    desk.press("v")
    desk.wait_for(f"{CARD}-0")
    desk.press("v")
    desk.wait_gone(CARD)
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert files_that_tell(tmp_path) == []


class SlowTerminal(Terminal):
    """A terminal at the end of a line of 48 kbit/s, which takes what comes in small pieces."""

    BYTES_A_SECOND = 4_800
    PIECE = 240

    def _read(self, seconds: float) -> bool:
        if self.bytes:
            select.select([], [], [], self.PIECE / self.BYTES_A_SECOND)
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._fd, self.PIECE)
        except OSError:
            return False
        self.bytes += data
        self._stream.feed(data)
        self._answer(data)
        return bool(data)


def test_a_card_is_hidden_on_a_slow_line_as_well(home: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, ""]
    desk = SlowTerminal(command, home, (80, 24))
    try:
        desk.wait_for("1/135")
        desk.press("3")
        desk.wait_for("✓ other desk")
        desk.press("enter")
        desk.wait_for("•••• ••••")
        desk.press("v")
        desk.wait_for(f"{CARD}-0")
        # On the line still, what was drawn before; behind it, what hides the card.
        desk.press("v")
        desk.wait_gone(f"{CARD}|{SERIAL}")
        desk.wait_for(r"1  •••• ••••")
        hidden = len(desk.bytes)
        desk.press("q")
        desk.wait_gone("Cards")
        desk.press("ctrl+q")
        assert desk.exit_code() == 0
        assert hits(desk.bytes[hidden:]) == []
    finally:
        desk.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_another_user_reads_neither_environment_nor_memory(start: Start) -> None:
    desk = start()
    at_the_order(desk)
    desk.press("v")
    desk.wait_for(f"{CARD}-0")
    for name in ("environ", "mem", "maps", "fd/0", "cwd/x"):
        read = subprocess.run(
            ["cat", f"/proc/{desk.pid}/{name}"],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
        assert read.returncode != 0, name
        assert hits(read.stdout + read.stderr) == []
    listed = subprocess.run(
        ["ps", "ww", "-o", "pid,args", "-p", str(desk.pid), "--ppid", str(desk.pid)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        check=True,
    )
    # Other tests run beside this one, and start programs with such codes as arguments.
    assert str(desk.pid).encode() in listed.stdout
    assert hits(listed.stdout) == []


FAILING = """
import os
from services.domain.models import Card
from services.domain.secrets import Secret

def test_it_fails():
    key = Secret(os.environ["CANARY"])
    cards = (Card(value=key, serial=key), {"card": key})
    assert cards == (), f"{cards} {key}"
"""


def test_a_test_that_fails_prints_no_card(tmp_path: Path) -> None:
    (tmp_path / "test_failing.py").write_text(textwrap.dedent(FAILING))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-vv", "--showlocals", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "CANARY": f"{CARD}-0",
        },
        check=False,
        capture_output=True,
    )
    assert done.returncode == 1
    assert b"test_it_fails" in done.stdout
    assert hits(done.stdout + done.stderr) == []


def test_pin_and_search_and_history_are_on_no_disk(start: Start, tmp_path: Path) -> None:
    pin = "73910486"
    desk = start()
    at_the_order(desk)
    desk.press("q")
    desk.wait_gone("Cards")
    desk.press(":")
    desk.wait_for("Commands")
    desk.press(*f"filter {CARD}-0", "enter")
    desk.wait_for("Nothing here matches")
    desk.press("escape")
    desk.wait_gone("Nothing here matches")
    desk.press("P")
    desk.wait_for("PIN of the lock")
    desk.press(pin, "enter")
    desk.wait_for("gain|nce more")
    desk.press(pin, "enter")
    desk.wait_for("lock asks for this PIN")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert files_that_tell(tmp_path) == []
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or pin.encode() not in path.read_bytes(), path
    assert pin.encode() not in desk.bytes


def test_an_export_with_codes_is_the_only_file_that_has_them(
    start: Start, vendor: Vendor, home: dict[str, str], tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    run = [sys.executable, "-m", "tui"]
    bought = [*run, "buy", *vendor.shelf, "2", "--yes", "--wait"]
    subprocess.run(bought, env=home, cwd=tmp_path / "work", check=True, capture_output=True)
    done = subprocess.run(
        [*run, "export", "orders", "--yes-with-codes", "--output", str(own / "codes.csv")],
        env=home,
        cwd=tmp_path / "work",
        check=True,
        capture_output=True,
    )
    assert hits(done.stdout + done.stderr) == []
    assert CARD in (own / "codes.csv").read_text()
    (own / "codes.csv").unlink()
    assert files_that_tell(tmp_path) == []


def test_a_set_up_keeps_the_key_in_its_own_file_alone(
    start: Start, vendor: Vendor, home: dict[str, str], tmp_path: Path
) -> None:
    from tests.security.canary import KEY

    del home["CARDDESK_API_KEY"], home["CARDDESK_ENVIRONMENT"]
    desk = start()
    desk.wait_for("Welcome to carddesk")
    desk.press("enter")
    desk.wait_for("1 of 6")
    desk.press("enter")
    desk.wait_for("2 of 6")
    desk.press("enter")
    desk.wait_for("3 of 6")
    desk.paste(KEY)
    desk.wait_for("••••••")
    desk.press("enter")
    desk.wait_for("SANDBOX")
    desk.press("enter")
    desk.wait_for("5 of 6")
    desk.press("enter")
    desk.wait_for("Ready")
    desk.press("enter")
    desk.wait_for("✓ other desk")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert hits(desk.bytes) == []
    kept = tmp_path / "config" / "carddesk" / "main.key"
    assert kept.read_text() == f"{KEY}\n"
    kept.unlink()
    assert files_that_tell(tmp_path) == []
