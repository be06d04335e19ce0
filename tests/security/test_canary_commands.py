"""Every command on a canary key and canary cards, in every fault: they stay where they belong."""

import io
import sys
from pathlib import Path

import pytest

from services.sandbox import Fault
from services.vendor import wire
from tests.security.canary import CARD, KEY, SERIAL, Vendor, files_that_tell, hits, log_of
from tui.cli import arguments as cli_arguments
from tui.cli.main import run
from tui.formats import as_json, as_text

pytestmark = pytest.mark.usefixtures("impatient")
FAULTS = [
    "reset", "truncate", "garbage", "http500", "http503", "html502", "empty", "not_json",
    "no_order_id", "wrong_types", "redirect", "hostile", "status",
]  # fmt: skip
COMMANDS = [
    ("catalog", "--refresh"), ("balance",), ("transactions",), ("orders",), ("doctor",),
    ("audit", "--verify"), ("resolve",), ("config", "show"), ("config", "path"),
]  # fmt: skip


async def run_command(home: dict[str, str], *argv: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    code = await run(argv, home, out, err)
    return code, out.getvalue() + err.getvalue()


async def test_cards_are_only_in_the_answer_that_was_asked_to_hold_them(
    home: dict[str, str], vendor: Vendor, tmp_path: Path
) -> None:
    buy = ("buy", *vendor.shelf, "2", "--yes", "--wait")
    for command in [*COMMANDS, buy, ("order", vendor.order_id), ("stock", vendor.shelf[0])]:
        for variant in (command, (*command, "--json")):
            _, said = await run_command(home, *variant)
            assert hits(said.encode()) == [], variant
    for command in ((*buy, "--reveal"), ("order", vendor.order_id, "--reveal")):
        code, said = await run_command(home, *command, "--json")
        assert code == 0
        assert f"{CARD}-1" in said
        assert KEY not in said
    assert files_that_tell(tmp_path) == []


@pytest.mark.parametrize(
    "asked", [("--serial", "-"), (f"serial:{SERIAL}-1",)], ids=["pipe", "typed"]
)
async def test_a_serial_that_is_searched_is_printed_and_kept_nowhere(
    home: dict[str, str],
    vendor: Vendor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: tuple[str, ...],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SERIAL}-1\n"))
    code, said = await run_command(home, "find", *asked)
    assert code == 0
    assert vendor.order_id in said
    assert hits(said.encode()) == []
    for kind in FAULTS:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SERIAL}-1\n"))
        vendor.box.faults.add(Fault(kind, endpoint="list", times=0))
        _, said = await run_command(home, "find", *asked)
        vendor.box.faults.clear()
        assert hits(said.encode()) == [], kind
    assert files_that_tell(tmp_path) == []


async def test_a_defect_while_a_serial_is_held_leaks_nothing(
    home: dict[str, str], vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError(f"{SERIAL}-1", arguments)

    monkeypatch.setattr(wire, "_holds", broken)
    code, said = await run_command(home, "find", "--serial", f"{SERIAL}-1")
    assert code != 0
    assert hits(said.encode()) == []
    assert files_that_tell(tmp_path) == []


@pytest.mark.parametrize("kind", FAULTS)
async def test_no_fault_makes_a_command_tell(
    home: dict[str, str], vendor: Vendor, tmp_path: Path, kind: str
) -> None:
    await run_command(home, "balance")
    reveal = ("order", vendor.order_id, "--reveal")
    for command in (reveal, ("buy", *vendor.shelf, "1", "--yes")):
        vendor.box.faults.add(Fault(kind, times=0, skip=1))
        _, said = await run_command(home, *command)
        vendor.box.faults.clear()
        if command != reveal:
            assert hits(said.encode()) == [], (kind, command)
    assert files_that_tell(tmp_path) == []


@pytest.mark.parametrize(
    ("module", "name"), [(as_json, "foreign_order"), (as_json, "revealed"), (as_text, "cards")]
)
async def test_a_command_that_breaks_while_it_holds_cards_prints_none(
    home: dict[str, str],
    vendor: Vendor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError(f"{KEY} {CARD}", arguments)

    monkeypatch.setattr(module, name, broken)
    command = ("order", vendor.order_id, "--reveal", *(("--json",) if module is as_json else ()))
    code, said = await run_command(home, *command)
    assert code == 1
    assert "report" in said
    assert hits(said.encode()) == []
    assert files_that_tell(tmp_path) == []
    assert "RuntimeError at" in log_of(tmp_path)


async def test_arguments_that_break_while_they_are_read_leak_nothing(
    home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError(f"{KEY} {CARD}", arguments)

    monkeypatch.setattr(cli_arguments, "parse", broken)
    code, said = await run_command(home, "balance")
    assert code == 1
    assert "report" in said
    assert hits(said.encode()) == []
    assert files_that_tell(tmp_path) == []
    assert "RuntimeError at" in log_of(tmp_path)


async def test_the_search_would_find_them(tmp_path: Path) -> None:
    (tmp_path / "leak").write_text(f"x{CARD}-1")
    assert len(files_that_tell(tmp_path)) == 1
