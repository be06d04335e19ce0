"""What keeps the suite quick on few cores: no disk is waited for, nothing is parsed twice."""

import gc
import os
import signal
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tui.cli import arguments
from tui.terminal import gc_pauses

MEMORY = Path("/dev/shm")
ROOM_WANTED = 2 * 1024**3
OBJECTS_BETWEEN_COLLECTIONS = 200_000
"""A console under test makes and drops that many; Python looks for garbage after 700."""

collect_soon = gc_pauses.collect_soon
"""What a console does when a screen was closed, for the tests that are about it."""

LONG = (
    "tests/terminal/",
    "tests/proof/test_",
    "tests/security/test_hostile_console.py",
    "tests/screens/test_privacy.py",
    "tests/security/",
    "tests/console/test_alerts.py",
    "tests/console/test_leaving.py",
)
"""Tests that last for seconds; what begins last with them leaves the other workers idle."""


def live_in_memory() -> None:
    """Put the temporary folders of this process into memory, unless somebody chose a place.

    Most of the tests open a journal, and each of its writes waits for the disk. The few that are
    about disks make a file system of their own.
    """
    if "TMPDIR" not in os.environ and _fits(MEMORY):
        tempfile.tempdir = str(MEMORY)


def hear_signals() -> None:
    """Let this process and what it starts hear what ends them, whatever it was started under.

    Under nohup, and in the background of a script, they are ignored by all that are started.
    """
    for number, usual in (
        (signal.SIGHUP, signal.SIG_DFL),
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGQUIT, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


def parse_styles_once() -> None:
    """Let every console of this process have the parsed styles of the first with the same colours.

    Each app parses all of its style sheets when it starts; a process starts hundreds here.
    """
    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def remembered(sheet: Stylesheet, css: str, *where: Any, **how: Any) -> list[RuleSet]:
        key = (css, where, *sorted(how.items()), frozenset(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, css, *where, **how)
        return parsed[key]

    Stylesheet._parse_rules = remembered  # type: ignore[method-assign]


def build_parsers_once() -> None:
    """Let every command of this process be read by the parser that was made for the first like it.

    A process of the suite reads hundreds of command lines, the real one a single one.
    """
    made: dict[tuple[str, ...], ArgumentParser] = {}
    build = arguments.parser

    def remembered(modules: Iterable[str] = arguments.COMMANDS) -> ArgumentParser:
        key = tuple(modules)
        if key not in made:
            made[key] = build(key)
        return made[key]

    arguments.parser = remembered


def look_for_garbage_seldom() -> None:
    """Let Python look for garbage after many more new objects than it does by itself."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])


def collect_seldom() -> None:
    """Let closed screens be collected with whatever else is garbage.

    A console collects all of it each time that a screen was closed, a twentieth of its work here.
    """
    gc_pauses.collect_soon = lambda: None


def _fits(folder: Path) -> bool:
    try:
        there = os.statvfs(folder)
    except OSError:
        return False
    # Some tests run a program of their own from there.
    barred = there.f_flag & (os.ST_RDONLY | getattr(os, "ST_NOEXEC", 0))
    room = there.f_bavail * there.f_frsize
    return not barred and room >= ROOM_WANTED and os.access(folder, os.W_OK)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each worker its share of the long tests early, each kind in the order drawn by lot.

    A worker begins with a run of neighbours. In the first half of each run the long tests, which
    mostly wait, begin between short ones, which mostly compute.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    long = [item for item in items if item.nodeid.startswith(LONG)]
    short = [item for item in items if not item.nodeid.startswith(LONG)]
    items[:] = [
        item
        for worker in range(workers)
        for item in _mixed(
            long[worker::workers],
            short[len(short) * worker // workers : len(short) * (worker + 1) // workers],
        )
    ]
    hear_signals()
    # What was imported and collected stays to the end and need not be looked through.
    gc.freeze()


def _mixed(long: list[pytest.Item], short: list[pytest.Item]) -> Iterator[pytest.Item]:
    between = len(short) // (2 * len(long)) if long else 0
    rest = iter(short)
    for item in long:
        yield item
        yield from islice(rest, between)
    yield from rest
