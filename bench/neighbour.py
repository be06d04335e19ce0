"""Another console of this host: it holds the polling and changes orders of the journal each second.

    python -m bench.neighbour SHARE_PER_SECOND [SINGLE_ORDER_ID]

The environment says whose journal. Each change makes an order final, or opens it again. With an
id, only that order changes, once for each line on the input.
"""

import asyncio
import os
import random
import sys
from contextlib import AsyncExitStack

from msgspec.structs import replace

from bench.stage import Stage
from services.account import POLLING
from services.clock import SystemClock
from services.models import Order
from services.presence import Presence
from services.tracked import TrackedOrders

LEASE_SECONDS = 60.0


async def change(share: float, only: str) -> None:
    """Change orders until killed."""
    clock = SystemClock()
    on = Stage.of(os.environ)
    async with AsyncExitStack() as stack:
        presence = stack.enter_context(Presence(on.paths.state_dir / "alive"))
        journal = await stack.enter_async_context(on.journal())
        tracked = TrackedOrders(journal)
        await tracked.take_lease(POLLING, presence.name, clock.now(), LEASE_SECONDS)
        _, known = await tracked.changed_since(0)
        orders = {order.id: order for order in known}
        chance = random.Random(7)
        print("ready", flush=True)
        while True:
            if only:
                if not await asyncio.to_thread(sys.stdin.readline):
                    return
                chosen = [orders[only]]
            else:
                await clock.sleep(1)
                chosen = chance.sample(list(orders.values()), max(1, round(share * len(orders))))
            orders |= {order.id: _turned(order) for order in chosen}
            await tracked.save([orders[order.id] for order in chosen])
            await tracked.take_lease(POLLING, presence.name, clock.now(), LEASE_SECONDS)


def _turned(order: Order) -> Order:
    if order.final:
        return replace(order, status="HANDLING", fulfilled_quantity=0)
    return replace(order, status="FULFILLED", fulfilled_quantity=order.quantity)


if __name__ == "__main__":
    asyncio.run(change(float(sys.argv[1]), "".join(sys.argv[2:])))
