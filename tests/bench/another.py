"""Another console of this host, as the measured one sees it: it holds the polling."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.journal.database import Journal
from services.journal.leases import PollingLease
from tests.bench.stage import Stage


@asynccontextmanager
async def another_console(seconds: float) -> AsyncIterator[tuple[Journal, PollingLease]]:
    """Be one on the stage that the environment names.

    Args:
        seconds: how long the lease holds without being renewed.

    Yields:
        Its journal, and the lease, which it has taken.
    """
    on = Stage.of(os.environ)
    async with on.journal() as journal:
        journal.consoles.begin()
        lease = PollingLease(journal, journal.consoles, seconds)
        await lease.take()
        yield journal, lease
        journal.consoles.end()
