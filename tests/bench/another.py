"""Another console of this host, as the measured one sees it: it holds the polling."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.journal.leases import PollingLease
from services.journal.orders import TrackedOrders
from tests.bench.stage import Stage


@asynccontextmanager
async def another_console(seconds: float) -> AsyncIterator[tuple[TrackedOrders, PollingLease]]:
    """Be one on the stage that the environment names.

    Args:
        seconds: how long the lease holds without being renewed.

    Yields:
        What it says of orders, and the lease, which it has taken.
    """
    on = Stage.of(os.environ)
    async with on.journal() as journal:
        journal.consoles.begin()
        tracked = TrackedOrders(journal)
        lease = PollingLease(tracked, journal.consoles, seconds)
        await lease.take()
        yield tracked, lease
        journal.consoles.end()
