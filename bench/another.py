"""Another console of this host, as the measured one sees it: it holds the polling."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.stage import Stage
from services.clock import SystemClock
from services.polling_lease import PollingLease
from services.presence import Presence
from services.tracked import TrackedOrders


@asynccontextmanager
async def another_console(seconds: float) -> AsyncIterator[tuple[TrackedOrders, PollingLease]]:
    """Be one on the stage that the environment names.

    Args:
        seconds: how long the lease holds without being renewed.

    Yields:
        What it tells of orders, and the lease, which it has taken.
    """
    on = Stage.of(os.environ)
    with Presence(on.paths.state_dir / "alive") as presence:
        async with on.journal() as journal:
            tracked = TrackedOrders(journal)
            lease = PollingLease(tracked, presence, SystemClock(), seconds)
            await lease.take()
            yield tracked, lease
