"""From an empty home to the desk in a real terminal: the set-up asks, writes, and opens it."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.terminal
CARDDESK = str(Path(sys.executable).with_name("carddesk"))


@pytest.fixture
def vendor(home: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """An embedded vendor that is a process of its own; gives its address and key."""
    elsewhere = home | {f"XDG_{name}_HOME": str(tmp_path / "vendor") for name in ("STATE", "CACHE")}
    command = [CARDDESK, "sandbox", "--json"]
    with subprocess.Popen(
        command,
        env=elsewhere,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        document = ""
        while not document.endswith("}\n"):
            document += process.stdout.readline()
        yield json.loads(document)
        process.terminate()


def test_a_new_operator_sets_up_and_is_at_the_desk(terminal, vendor, tmp_path):
    # Offered, so that no slip of a key can send anything to the vendor's real address.
    desk = terminal(CARDDESK_BASE_URL=vendor["base_url"])
    desk.wait_for("Welcome to carddesk")
    desk.press("enter")
    desk.wait_for("1 of 6")
    desk.press("enter")
    desk.wait_for("2 of 6")
    desk.wait_for(vendor["base_url"])
    desk.press("enter")
    desk.wait_for("3 of 6")
    desk.paste(vendor["api_key"])
    desk.wait_for("••••••")
    desk.press("enter")
    desk.wait_for("SANDBOX")
    desk.press("enter")
    desk.wait_for("5 of 6")
    desk.press("enter")
    desk.wait_for("Ready")
    desk.press("enter")
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert vendor["api_key"].encode() not in desk.bytes
    folder = tmp_path / "config" / "carddesk"
    kept = sorted(each.name for each in folder.iterdir())
    assert kept == ["config.toml", "main.key"]
    assert all(stat.S_IMODE((folder / name).stat().st_mode) == 0o600 for name in kept)
    assert (folder / "main.key").read_text() == f"{vendor['api_key']}\n"

    again = terminal()
    again.wait_for("PUBG Mobile UC")
    again.press("ctrl+q")
    assert again.exit_code() == 0


def test_leaving_the_set_up_leaves_nothing_behind(terminal, tmp_path):
    desk = terminal()
    desk.wait_for("Welcome to carddesk")
    desk.press("enter")
    desk.wait_for("1 of 6")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert b"Nothing was written" in desk.bytes.split(b"\x1b[?1049l")[-1]
    assert not list(tmp_path.iterdir())


def test_the_sandbox_opens_from_its_row(terminal, tmp_path):
    desk = terminal()
    desk.wait_for("Welcome to carddesk")
    desk.press("down", "enter")
    desk.wait_for("PUBG Mobile UC")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0
    assert not (tmp_path / "config").exists()


def test_config_init_asks_the_same_at_a_prompt(terminal, vendor, tmp_path):
    prompt = terminal("config", "init", size=(100, 30), CARDDESK_BASE_URL=vendor["base_url"])
    prompt.wait_for("Name of this account")
    prompt.press("a b", "enter")
    prompt.wait_for("(?s)cannot be called.*Name of this account")
    prompt.press("shop", "enter")
    prompt.wait_for("Address of the vendor")
    prompt.press("enter")
    prompt.wait_for("Keyboard")
    prompt.press("azerty", "enter")
    prompt.wait_for("yes or no")
    prompt.press("enter")
    prompt.wait_for("API key")
    prompt.press(vendor["api_key"], "enter")
    prompt.wait_for("SANDBOX, may buy")
    assert prompt.exit_code() == 0
    assert vendor["api_key"].encode() not in prompt.bytes
    assert (tmp_path / "config/carddesk/shop.key").read_text() == f"{vendor['api_key']}\n"
