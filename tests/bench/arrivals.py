"""Another console of this host: it holds the polling and tells the journal of new orders.

    python -m tests.bench.arrivals ORDERS

For each line on the input so many orders come: each is seen being handled, and then fulfilled. The
environment says whose journal.
"""

import asyncio
import sys
from datetime import timedelta

from msgspec.structs import replace

from services.domain.models import Order
from services.journal.orders import TrackedOrders
from services.system.clock import SystemClock
from tests.bench import seed
from tests.bench.another import another_console

LEASE_SECONDS = 600.0
AT_ONCE = 5
PAUSE = 0.04
"""Seconds between two pages of news, so that each is a change of the board of its own."""


async def arrive(count: int) -> None:
    """Let orders come for each line that is read, and say when all of them are there."""
    clock = SystemClock()
    async with another_console(LEASE_SECONDS) as (journal, lease):
        print("ready", flush=True)
        hour = 0
        while await asyncio.to_thread(sys.stdin.readline):
            for orders in _pages(count, hour, clock):
                opened = [
                    replace(order, status="HANDLING", fulfilled_quantity=None) for order in orders
                ]
                for batch in (opened, orders):
                    await TrackedOrders(journal).save(batch)
                    await clock.sleep(PAUSE)
            await lease.take()
            hour += 1
            print("there", flush=True)


def _pages(count: int, hour: int, clock: SystemClock) -> list[list[Order]]:
    # Each hour's orders have a time of their own, and so ids of their own.
    end = clock.now() - timedelta(seconds=40_000 - 3_600 * hour)
    read = seed.as_orders(seed.records(count, still_open=False, now=end, span=3_600.0))
    return [read[start : start + AT_ONCE] for start in range(0, count, AT_ONCE)]


if __name__ == "__main__":
    asyncio.run(arrive(int(sys.argv[1])))
