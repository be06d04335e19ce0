"""Hosts with networks of their own buy at once, while their links go down and up at random.

Vendor and journal are reached over TLS through the same link, so that a cut in the middle of a
purchase leaves its operator without both. Each value and number of cards is wanted once, so the
vendor's own books say what was bought twice, lost, or bound to another's purchase.
"""

import asyncio
import contextlib
import random
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from services.journal.postgres.session import JournalServer
from services.sandbox import Sandbox
from tests.journal.postgres.tls import TlsFront
from tests.proof import judge
from tests.proof.ground import Goods, stocked
from tests.proof.team import ground, network
from tests.proof.team.network import Break, NetworkHost
from tests.proof.team.network_host import HostReport, HostTask

ROOT = Path(__file__).parents[3]
HOSTS = 4
VALUES = 25
"""How many values a host buys; of each it buys one card, two, and so on, each number once."""

PAUSE = 1.5
BETWEEN = (1.0, 6.0)
SHORT, LONG, LONGEST = (0.3, 4.0), (8.0, 15.0), (25.0, 40.0)
LENGTHS = (*[SHORT] * 7, *[LONG] * 2, LONGEST)
"""Seconds that a link is down: mostly less than a request may take, sometimes much more."""

PLENTY = Decimal(100_000_000)
PURCHASES = "SELECT id, state, coalesce(order_id, ''), type_id, quantity FROM purchases"
ACCOUNT = "SELECT value FROM meta WHERE name = 'account'"
BREAKS: tuple[Break, ...] = ("cable", "interface")


class Tally(Struct):
    """What all hosts came to."""

    hosts: int = 0
    wanted: int = 0
    purchases: int = 0
    said: int = 0
    unsaved: int = 0
    cuts: int = 0
    down: float = 0.0
    orders: int = 0
    twice: int = 0
    lost: int = 0
    complaints: list[str] = []


class Servers(NamedTuple):
    """Where the hosts find the vendor and the journal."""

    url: str
    journal: str
    certificate: Path


class Held(NamedTuple):
    """A purchase as the journal holds it."""

    id: str
    state: str
    order_id: str
    type_id: str
    quantity: int


async def run(purchases: int, cuts: int, seed: int, hosts: int = HOSTS) -> Tally:
    """Buy that many in all, while that many cuts happen.

    Args:
        purchases: how many are wanted; a multiple of the hosts.
        cuts: how many links go down in all.
        seed: of everything that is left to chance.
        hosts: how many there are.
    """
    tally = Tally(hosts, purchases)
    vendor = Sandbox(
        environment="PRODUCTION", moving=False, handling_seconds=(0, 2), balance=PLENTY
    )
    with (
        tempfile.TemporaryDirectory(prefix="carddesk-links-") as folder,
        network.hosts(hosts) as machines,
        ground.running() as server,
    ):
        alone, whole = network.certificate(Path(folder))
        name = ground.empty_journal(server)
        wanted = _wanted(vendor, purchases)
        async with vendor:
            port = int(vendor.url.removesuffix("/v3").rpartition(":")[2])
            with (
                TlsFront(server.port, whole, network.SERVERS) as journal,
                TlsFront(port, whole, network.SERVERS, asks=False) as shop,
            ):
                place = Servers(
                    f"https://{network.SERVERS}:{shop.port}/v3",
                    f"postgresql://postgres@{network.SERVERS}:{journal.port}/{name}",
                    alone,
                )
                async with asyncio.TaskGroup() as group:
                    for number, machine in enumerate(machines):
                        home, share = Path(folder) / machine.name, tuple(wanted[number::hosts])
                        task = HostTask(
                            str(home), place.url, place.journal, share, PAUSE, seed + number
                        )
                        group.create_task(_host(machine, place, task, cuts // hosts, tally))
        with ground.asked(server.parameters(dbname=name)) as connection:
            held = [Held(*row) for row in connection.execute(PURCHASES)]
            [account] = connection.execute(ACCOUNT).fetchone() or ("",)
        _judge(tally, vendor, wanted, held)
        there = JournalServer(server.parameters(dbname=name))
        async with ground.journal_at(there, Path(folder) / "judge", account=account) as opened:
            tally.complaints += await ground.broken_chain(opened)
        for machine in machines:
            tally.complaints += judge.leaks(Path(folder) / machine.name)
    return tally


def _wanted(vendor: Sandbox, count: int) -> list[Goods]:
    goods = stocked(vendor, VALUES)
    return [
        Goods(goods[n % VALUES].product_id, goods[n % VALUES].type_id, 1 + n // VALUES)
        for n in range(count)
    ]


async def _host(
    machine: NetworkHost, servers: Servers, task: HostTask, cuts: int, tally: Tally
) -> None:
    """Have an operator of a host do its task while the link goes down and up."""
    config = Path(task.home) / "config"
    config.mkdir(parents=True, mode=0o700)
    (config / "ca.pem").write_bytes(servers.certificate.read_bytes())
    (config / "ca.pem").chmod(0o600)
    process = await asyncio.create_subprocess_exec(
        *machine.command(
            sys.executable, "-m", "tests.proof.team.network_host",
            msgspec.json.encode(task).decode(),
        ),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    cutting = asyncio.create_task(_cut(machine, random.Random(-task.seed), cuts, tally))
    out, err = await process.communicate()
    cutting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await cutting
    if process.returncode:
        raise AssertionError(f"{machine.name} failed: {err.decode()[-3000:]}")
    report = msgspec.json.decode(out, type=HostReport)
    tally.purchases += report.purchases
    tally.said += report.said
    tally.unsaved += report.unsaved


async def _cut(machine: NetworkHost, chance: random.Random, count: int, tally: Tally) -> None:
    """Take a host's link down and up that often."""
    for _ in range(count):
        await asyncio.sleep(chance.uniform(*BETWEEN))
        how, seconds = chance.choice(BREAKS), chance.uniform(*chance.choice(LENGTHS))
        machine.cut(how)
        tally.cuts += 1
        tally.down += seconds
        try:
            await asyncio.sleep(seconds)
        finally:
            machine.heal(how)


def _judge(tally: Tally, vendor: Sandbox, wanted: list[Goods], held: list[Held]) -> None:
    """Compare what was wanted, what the vendor sold, and what the journal holds."""
    sold = {order.id: (order.type, order.quantity) for order in vendor.orders.values()}
    asked = Counter((goods.type_id, goods.quantity) for goods in wanted)
    bound = Counter(row.order_id for row in held if row.order_id)
    twice, missing = Counter(sold.values()) - asked, asked - Counter(sold.values())
    unbound = sold.keys() - bound.keys()
    tally.orders = len(sold)
    tally.twice = twice.total()
    tally.lost = missing.total() + len(unbound)
    said = [f"{goods} was bought twice" for goods in twice]
    said += [f"{goods} was never bought" for goods in missing]
    said += [f"order {order_id} is bound to none" for order_id in unbound]
    said += [
        f"order {order_id} is bound {count} times" for order_id, count in bound.items() if count > 1
    ]
    for row in held:
        if row.order_id and sold.get(row.order_id) != (row.type_id, row.quantity):
            said.append(f"{row.id} is bound to {row.order_id}, which is not its own")
        if row.state in judge.OPEN:
            said.append(f"{row.id} was left {row.state}")
    tally.complaints += said
