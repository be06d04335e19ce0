"""Another console of this host: it holds the polling and changes orders of the journal each second.

    python -m tests.bench.neighbour SHARE_PER_SECOND [SINGLE_ORDER_ID]

The environment says whose journal. Each change makes an order final, or opens it again. With an
id, only that order changes, once for each line on the input.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime

from msgspec.structs import replace

from services.domain.models import Order
from services.journal.orders import TrackedOrders, since
from services.system.clock import SystemClock
from tests.bench.another import another_console

LEASE_SECONDS = 60.0


async def change(share: float, only: str) -> None:
    """Change orders until killed."""
    clock = SystemClock()
    async with another_console(LEASE_SECONDS) as (journal, lease):
        known = await journal.read(lambda tx: since(tx, datetime.min.replace(tzinfo=UTC)))
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
            await TrackedOrders(journal).save([orders[order.id] for order in chosen])
            await lease.take()


def _turned(order: Order) -> Order:
    if order.final:
        return replace(order, status="HANDLING", fulfilled_quantity=0)
    return replace(order, status="FULFILLED", fulfilled_quantity=order.quantity)


if __name__ == "__main__":
    asyncio.run(change(float(sys.argv[1]), "".join(sys.argv[2:])))
