"""The console that approves is killed at each step, and another person goes on."""

import tempfile
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from services.domain.models import PurchaseState
from services.journal.postgres import roles
from services.sandbox import Fault
from tests.journal.postgres.server import TestServer
from tests.proof import child_task, judge
from tests.proof.case import Nursery, Stage, vendor_at
from tests.proof.child_task import ChildTask, ShownStates
from tests.proof.ground import PRICE, SharedClock, stocked
from tests.proof.team import ground

ASKS, APPROVES = "amina", "karim"
FAULTS = ("", "reset@placeOrder:after", "reset@placeOrder:before")
LONGER_THAN_A_DEADLINE = 60
"""Seconds after which what a dead host was sending is over."""


class Tally(Struct):
    """What all cases came to; `points` are the steps of an approval that nothing disturbs."""

    points: int = 0
    kills: int = 0
    bought: int = 0
    complaints: list[str] = []


async def run(every: int = 1) -> Tally:
    """Kill at each `every`-th step, with each fault of the vendor."""
    tally = Tally()
    with ground.running() as server:
        async with Nursery.open() as nursery:
            for fault in FAULTS:
                steps = await _play(server, nursery, tally, fault, 0)
                tally.points = max(tally.points, steps)
                for point in range(1, steps + 1, every):
                    await _play(server, nursery, tally, fault, point)
    return tally


def _logins(server: TestServer) -> None:
    """Make the login of who asks, and of who approves."""
    with ground.asked(server.parameters()) as admin:
        for login in (ASKS, APPROVES):
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone():
                admin.execute(f"CREATE ROLE {login} LOGIN".encode())
                admin.execute(f"GRANT {roles.DESK} TO {login}".encode())


async def _play(
    server: TestServer, nursery: Nursery, tally: Tally, fault: str, kill_at: int
) -> int:
    """Ask, approve and die, approve what still waits, settle, and be judged; returns the steps."""
    name = ground.empty_journal(server)
    _logins(server)
    parameters = server.parameters(dbname=name)
    with ground.asked(parameters) as admin:
        admin.execute("INSERT INTO limits VALUES ('', 'approve_above', %s)", (f"{PRICE}.00",))
        admin.execute("INSERT INTO limits VALUES (%s, 'approver', '1.00')", (APPROVES,))
    with tempfile.TemporaryDirectory(prefix="carddesk-approvals-") as folder:
        home = Path(folder)
        clock, vendors = SharedClock(home / "clock"), SharedClock(home / "clock", leaps=False)
        vendor = vendor_at(vendors, "PRODUCTION")
        async with vendor:
            [goods] = stocked(vendor)
            journal = ground.address(server.port, name, APPROVES)
            task = ChildTask("approve", vendor.url, folder, goods, journal=journal)
            asker = partial(
                ground.host, home / "asker", vendor.url, server.port, name, clock, login=ASKS
            )
            with ground.server_time(vendors):
                async with asker() as desk:
                    await desk.ready()
                    await desk.buy(await desk.quote(*goods), note="proof")
                if fault:
                    vendor.faults.add(Fault.parse(fault))
                stage = Stage(nursery, task, vendor)
                await stage.run("approve", kill_at)
                clock.advance(LONGER_THAN_A_DEADLINE)
                await stage.run("approve", 0)
                ours = tuple(post.order_id for post in vendor.posts if post.order_id)
                async with asker() as desk:
                    await desk.ready()
                    shown = ShownStates(task.shown)
                    await child_task.settle(desk, replace(task, ours=ours), clock, shown)
                    said = await ground.broken_chain(desk._opening.opened().journal)
                held = ground.purchases(parameters)
                said += judge.judge(vendor, home, judge.observations(task.shown), held).all()
        said += [f"{row.id} still waits" for row in held if row.state == _WAITS]
        tally.kills += stage.kills
        tally.bought += sum(bool(row.order_id) for row in held)
        tally.complaints += [f"{fault or 'no fault'}, killed at {kill_at}: {it}" for it in said]
        clock.close()
        vendors.close()
    ground.discard(server, name)
    return len(stage.points[0])


_WAITS = PurchaseState.AWAITING_APPROVAL.value
