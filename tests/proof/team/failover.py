"""A primary that is lost with its last commits, and hosts that go on with its standby."""

import asyncio
import contextlib
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from services.desk.desk import Desk
from services.domain.errors import DeskError, JournalFailed
from services.domain.models import PurchaseState
from services.sandbox import Sandbox
from tests.journal.postgres.server import TestServer
from tests.proof import child_task
from tests.proof.child_task import ChildTask, ShownStates
from tests.proof.ground import Goods, SharedClock, stocked
from tests.proof.team import ground
from tests.proof.team.message_relay import LinePoint, MessageRelay

HOSTS = 3
COMMITS = 36
"""About how many commits the purchases of all hosts need."""
TRIES = 40


class Tally(Struct):
    """What all failovers came to; `restored` are the events of hosts that wrote something again."""

    failovers: int = 0
    purchases: int = 0
    restored: int = 0
    complaints: list[str] = []


async def run(count: int, seed: int) -> Tally:
    """Fail over that many times, each to a standby that the next one loses."""
    tally = Tally()
    drawn = random.Random(seed)
    primary = TestServer(fsync="off")
    try:
        primary.start()
        for number in range(count):
            name = ground.empty_journal(primary)
            standby = TestServer(primary, fsync="off")
            try:
                standby.start()
                said = await _play(primary, standby, name, drawn, tally)
            finally:
                primary.remove()
                primary = standby
            tally.complaints += [f"failover {number}: {each}" for each in said]
            tally.failovers += 1
            ground.discard(primary, name)
    finally:
        primary.remove()
    return tally


async def _play(
    primary: TestServer, standby: TestServer, name: str, drawn: random.Random, tally: Tally
) -> list[str]:
    """Buy at each host; the standby lacks what is committed from some commit on."""
    with tempfile.TemporaryDirectory(prefix="carddesk-failover-") as folder:
        home = Path(folder)
        clock, vendors = SharedClock(home / "clock"), SharedClock(home / "clock", leaps=False)
        vendor = Sandbox(
            clock=vendors, environment="PRODUCTION", moving=False, handling_seconds=(0, 0)
        )
        async with vendor, contextlib.AsyncExitStack() as stack:
            goods = stocked(vendor, HOSTS)
            relay = stack.enter_context(MessageRelay(primary.port))
            stack.enter_context(ground.server_time(vendors))
            desks = [
                await stack.enter_async_context(
                    ground.host(home / f"host{n}", vendor.url, relay.port, name, clock)
                )
                for n in range(HOSTS)
            ]
            for desk in desks:
                await desk.ready()
            _wait_until_it_follows(primary, standby)
            left = LinePoint("committed", drawn.randrange(1, COMMITS))
            relay.count({left: _done(lambda: _leave_behind(standby))})
            await asyncio.gather(*(_buy(*each) for each in zip(desks, goods, strict=True)))
            relay.heal()
            await asyncio.to_thread(_fail_over, primary, standby, relay)
            tasks = _tasks(vendor, folder, goods)
            shown = ShownStates(home / "shown")
            for desk, task in zip(desks, tasks, strict=True):
                await _back(desk)
                await child_task.settle(desk, task, clock, shown)
            said = await ground.broken_chain(desks[0]._opening.opened().journal)
        tally.purchases += len(vendor.orders)
        said += _judged(standby, name, vendor, tally)
        clock.close()
        vendors.close()
    return said


def _done(work: Callable[[], None]) -> Callable[[], bool]:
    def passing() -> bool:
        work()
        return True

    return passing


def _wait_until_it_follows(primary: TestServer, standby: TestServer) -> None:
    reached = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
    with (
        ground.asked(primary.parameters()) as before,
        ground.asked(standby.parameters()) as after,
    ):
        newest = before.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        while after.execute(reached, newest).fetchone() != (True,):
            pass


def _leave_behind(standby: TestServer) -> None:
    """Let the standby hear nothing more of its primary."""
    with ground.asked(standby.parameters()) as admin:
        admin.execute("ALTER SYSTEM SET primary_conninfo = ''")
        admin.execute("SELECT pg_reload_conf()")
        while admin.execute("SELECT 1 FROM pg_stat_wal_receiver WHERE pid > 0").fetchone():
            pass


def _fail_over(primary: TestServer, standby: TestServer, relay: MessageRelay) -> None:
    _leave_behind(standby)
    primary.stop("immediate")
    with ground.asked(standby.parameters()) as admin:
        admin.execute("SELECT pg_promote()")
    relay.target = ("127.0.0.1", standby.port)


async def _buy(desk: Desk, goods: Goods) -> None:
    with contextlib.suppress(DeskError):
        purchase = await desk.buy(await desk.quote(*goods))
        if purchase.state is PurchaseState.HANDLING:
            await desk.wait_final(purchase.id, 60)


async def _back(desk: Desk) -> None:
    """Ask until the host is connected again."""
    for _ in range(TRIES):
        with contextlib.suppress(JournalFailed):
            await desk.journal.purchases()
            return
        await desk._clock.sleep(1)
    raise AssertionError("a host does not come back")


def _tasks(vendor: Sandbox, folder: str, goods: list[Goods]) -> list[ChildTask]:
    ours = tuple(post.order_id for post in vendor.posts if post.order_id)
    return [ChildTask("settle", vendor.url, folder, each, ours=ours) for each in goods]


def _judged(standby: TestServer, name: str, vendor: Sandbox, tally: Tally) -> list[str]:
    """Compare the purchases at the new primary with the vendor's orders, by plain SQL."""
    said: list[str] = []
    parameters = standby.parameters(dbname=name)
    with ground.asked(parameters) as connection:
        rows = connection.execute("SELECT id, type_id, state, order_id FROM purchases").fetchall()
        found = connection.execute("SELECT count(*) FROM events WHERE kind = 'restored'")
        tally.restored += (found.fetchone() or (0,))[0]
    bound = {order_id: type_id for _, type_id, _, order_id in rows if order_id}
    for order_id, order in vendor.orders.items():
        if bound.get(order_id) != order.type:
            said.append(f"order {order_id} of {order.type} is bound to {bound.get(order_id)}")
    for name_, _, state, order_id in rows:
        if order_id and order_id not in vendor.orders:
            said.append(f"{name_} is bound to an order that is not there")
        if state in ("INTENT", "SENDING", "UNRESOLVED", "AMBIGUOUS", "HANDLING"):
            said.append(f"{name_} was left {state}")
    if len(vendor.posts) > HOSTS or len(rows) != HOSTS:
        said.append(f"{len(vendor.posts)} requests and {len(rows)} purchases of {HOSTS}")
    return said
