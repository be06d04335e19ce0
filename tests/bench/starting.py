"""Figures 1-5 and 17: starting, being ready, memory, leaving; each beside its baseline."""

import contextlib
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench import peers, seed
from tests.bench.figures import Figure
from tests.bench.stage import BARE, CARDDESK, DESK_READY, PYTHON, Stage, stage
from tests.bench.tty import measures
from tests.bench.tty.measures import Start
from tests.bench.tty.session import Program

RUNS = 9
COMMAND_RUNS = 25
BARE_BALANCE = """
import os, httpx
base, key = os.environ["CARDDESK_BASE_URL"], os.environ["CARDDESK_API_KEY"]
with httpx.Client(headers={"X-Access-Token": key}) as client:
    print(client.get(f"{base}/account/balance").json()["data"]["balance"])
"""


def figures() -> Iterator[Figure]:
    """Measure them."""
    yield version()
    with stage(seed.records(100, still_open=False)) as few:
        yield balance(few)
        yield from starts(few)
        yield leaving(few)
    with stage(seed.records(10_000, still_open=False)) as many:
        yield memory_full(many)


def version() -> Figure:
    """Compare `carddesk --version` with the least that Python can do."""
    bare, ours = _alternate([PYTHON, "-c", "pass"], [CARDDESK, "--version"], {})
    a, b = statistics.median(bare.wall), statistics.median(ours.wall)
    note = f"{a * 1000:.0f} ms, {b * 1000:.0f} ms"
    return Figure("1", "`--version` against `python -c pass`", 3, b / a, "x", note)


def balance(on: Stage) -> Figure:
    """Compare `carddesk balance` with a script that makes the same call and does no more."""
    environ = {"PATH": os.defpath, **on.environ}
    bare, ours = _alternate([PYTHON, "-c", BARE_BALANCE], [CARDDESK, "balance"], environ)
    a, b = statistics.median(bare.cpu), statistics.median(ours.cpu)
    note = f"CPU {a * 1000:.0f} ms, {b * 1000:.0f} ms"
    return Figure("2", "`balance` against a bare httpx script", 1.5, b / a, "x", note)


def starts(on: Stage) -> Iterator[Figure]:
    """Start the bare app, the console and the peers in turns."""
    with tempfile.TemporaryDirectory(prefix="carddesk-bench-") as home:
        folder = Path(home)
        programs = [bare_app(folder), on.console(ready=DESK_READY), *peers.installed(folder)]
        seen: dict[str, list[Start]] = {program.name: [] for program in programs}
        memory: dict[str, list[float]] = {program.name: [] for program in programs}
        for turn in range(RUNS + 1):
            for program in programs:
                session, start = measures.start(program)
                with session:
                    if turn:  # the first turn warms the caches of all of them
                        seen[program.name].append(start)
                        memory[program.name].append(measures.rss_mb(session))
                    with contextlib.suppress(AssertionError):
                        measures.leave(session)
    bare, ours, *others = (program.name for program in programs)
    yield _ratio("3", "first paint against the bare app", 1.3, "paint_s", seen[bare], seen[ours])
    yield _ratio("4a", "desk ready against the bare app", 1.7, "ready_s", seen[bare], seen[ours])
    yield _ratio("4b", "... in CPU", 1.7, "cpu_s", seen[bare], seen[ours])
    for letter, name in zip("cd", peers.NAMES, strict=True):
        if name in others:
            yield _ratio(
                f"4{letter}", f"... against {name}", 0.5, "ready_s", seen[name], seen[ours]
            )
        else:
            yield Figure(f"4{letter}", f"... against {name}", 0.5, None, "x", "make bench-peers")
    a, b = statistics.median(memory[bare]), statistics.median(memory[ours])
    yield Figure("5a", "RSS ready against the bare app", 1.5, b / a, "x", f"{a:.0f} MB, {b:.0f} MB")


def memory_full(on: Stage) -> Figure:
    """Compare the memory of a console with 10,000 orders with that of the bare app."""
    with tempfile.TemporaryDirectory(prefix="carddesk-bench-") as home:
        session, _ = measures.start(bare_app(Path(home)))
        with session:
            bare = measures.rss_mb(session)
    session, _ = measures.start(on.console(), timeout=90)
    with session:
        ours = measures.rss_mb(session)
    note = f"{bare:.0f} MB, {ours:.0f} MB"
    return Figure("5b", "... with 10,000 orders", 2, ours / bare, "x", note)


def leaving(on: Stage) -> Figure:
    """Time `q` with nothing in flight."""
    times: list[float] = []
    for _ in range(RUNS):
        session, _ = measures.start(on.console())
        with session:
            session.rest(1)
            times.append(measures.leave(session))
    worst = f"slowest {max(times) * 1000:.0f} ms"
    return Figure("17", "leaving, median", 0.3, statistics.median(times), "s", worst)


def bare_app(home: Path) -> Program:
    """Return the smallest Textual program worth timing."""
    return Program("bare Textual", [str(PYTHON), str(BARE)], "bare ready", home)


class _Runs:
    """Wall and CPU seconds of the runs of one command."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []


def _alternate(
    first: Sequence[object], second: Sequence[object], environ: dict[str, str]
) -> tuple[_Runs, _Runs]:
    runs = (_Runs(), _Runs())
    for turn in range(COMMAND_RUNS + 1):
        for argv, kept in zip((first, second), runs, strict=True):
            wall, cpu = _timed([str(part) for part in argv], environ)
            if turn:
                kept.wall.append(wall)
                kept.cpu.append(cpu)
    return runs


def _timed(argv: Sequence[str], environ: dict[str, str]) -> tuple[float, float]:
    before, began = _children_cpu(), time.perf_counter()
    subprocess.run(argv, env=environ, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began, _children_cpu() - before


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ratio(
    number: str, what: str, goal: float, field: str, base: Sequence[Start], ours: Sequence[Start]
) -> Figure:
    a = statistics.median(getattr(start, field) for start in base)
    b = statistics.median(getattr(start, field) for start in ours)
    return Figure(number, what, goal, b / a, "x", f"{a:.2f} s, {b:.2f} s")
