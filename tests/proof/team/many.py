"""Many consoles on one server: who polls, how soon each hears of a change, what a commit takes."""

import asyncio
import contextlib
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles

from msgspec import Struct

from services.journal.database import Journal
from services.journal.leases import PollingLease
from services.journal.postgres.session import JournalServer
from services.system.clock import SystemClock
from tests.proof.team import ground, hosts

WRITERS = 50
CHANGES = 20
HEARD_WITHIN = 0.3
COMMITTED_WITHIN = 0.25
LEASE_SECONDS = 12.0


class Figures(Struct):
    """What was measured: the 95th of a hundred, in seconds.

    `plain` is what a commit takes that psycopg writes alone, with the same statements.
    """

    consoles: int
    heard: float = 0.0
    committed: float = 0.0
    plain: float = 0.0
    complaints: list[str] = []


class Apart:
    """A host's clock that is wrong."""

    def __init__(self, hours: float) -> None:
        self._off = timedelta(hours=hours)
        self._right = SystemClock()
        self.steady, self.sleep = self._right.steady, self._right.sleep

    def now(self) -> datetime:
        return self._right.now() + self._off


async def run(consoles: int, each: int = CHANGES, writers: int = WRITERS) -> Figures:
    """Open that many consoles, whose clocks differ by hours, and measure.

    Args:
        consoles: how many in this process.
        each: how many changes are made, and how many commits by each writer.
        writers: how many hosts write without pause, in processes of their own.
    """
    figures = Figures(consoles)
    with (
        tempfile.TemporaryDirectory(prefix="carddesk-many-") as folder,
        ground.running(max_connections=2 * consoles + 20) as server,
    ):
        place = JournalServer(server.parameters(dbname=ground.empty_journal(server)))
        async with contextlib.AsyncExitStack() as stack:
            journals = [
                await stack.enter_async_context(
                    ground.journal_at(place, Path(folder) / f"host{n}", Apart(2 * (n % 3 - 1)))
                )
                for n in range(consoles)
            ]
            figures.complaints += await _one_polls(journals)
            figures.heard = await _heard(journals, each)
            figures.complaints += await ground.broken_chain(journals[0])
        if writers:
            figures.plain = hosts.committed(place, writers, each, hosts.plain)
            figures.committed = hosts.committed(place, writers, each, hosts.journal)
            async with ground.journal_at(place, Path(folder) / "after") as journal:
                figures.complaints += await ground.broken_chain(journal)
    if figures.heard > HEARD_WITHIN:
        figures.complaints.append(f"a change is heard after {figures.heard:.3f} s")
    return figures


async def _one_polls(journals: list[Journal]) -> list[str]:
    """Let all ask for the polling twice: one has it, and keeps it."""
    had: list[list[int]] = []
    for _ in range(2):
        took = [await PollingLease(each, each.consoles, LEASE_SECONDS).take() for each in journals]
        had.append([number for number, held in enumerate(took) if held])
    return [] if had == [[0], [0]] else [f"the polling was held by {had}"]


async def _heard(journals: list[Journal], changes: int) -> float:
    """Return how long after a commit all others have heard of it, at the slowest."""
    taken: list[float] = []
    for number in range(changes):
        writer, *others = journals[number % 2 :: 2] + journals[(number + 1) % 2 :: 2]
        for each in others:
            each.news.clear()
        began = time.perf_counter()
        await writer.write(lambda tx: tx.event("note", why="changed"))
        async with asyncio.timeout(30):
            for each in others:
                await each.news.wait()
        taken.append(time.perf_counter() - began)
    return quantiles(taken, n=20)[-1]
