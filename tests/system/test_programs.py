"""Programs of the operator's own: bounded in time, and nothing of ours is left to them."""

import sys
import time
from pathlib import Path

import pytest

from services.domain.errors import DeskError
from services.system import programs


async def test_a_program_reads_its_text(tmp_path: Path) -> None:
    out = tmp_path / "out"
    source = f"import sys; open({str(out)!r}, 'wb').write(sys.stdin.buffer.read())"
    await programs.run("ui.x", [sys.executable, "-c", source], "é" * 100_000, {})
    assert out.read_text("utf-8") == "é" * 100_000


async def test_a_program_that_hangs_ends_with_all_it_started(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    child = f"import os, time; open({str(alive)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    source = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(DeskError, match="did not end within 1 seconds"):
        await programs.run("ui.x", [sys.executable, "-c", source], "text", {}, seconds=1)
    if alive.exists():
        pid, end = int(alive.read_text()), time.monotonic() + 5
        while _runs(pid):
            assert time.monotonic() < end


def _runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(") ")[1][:1]
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_program_that_reads_nothing_is_no_failure() -> None:
    await programs.run("ui.x", ["/bin/true"], "x" * 1_000_000, {})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/no/such"], "cannot be run: no such file"),
        (["/etc"], "cannot be run: permission denied"),
        (["a\0b"], "cannot be run: a word of it is no argument"),
        (["/bin/false"], "failed with exit code 1"),
    ],
)
async def test_a_program_that_cannot_run_is_said(words: list[str], said: str) -> None:
    with pytest.raises(DeskError, match=said):
        await programs.run("ui.x", words, "SECRET-TEXT", {})
