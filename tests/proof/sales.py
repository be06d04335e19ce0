"""A sale of five lines: SIGKILL at every step of it, and again while the next process goes on.

The process after a death finds the sale, settles what has no answer and buys what is missing. In
the end the vendor's own books are the judge: one order for each line, no more and no less.
"""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from services.sandbox import Fault, Sandbox
from tests.proof import judge
from tests.proof.case import Nursery, Scene, Stage, in_lanes, vendor_at
from tests.proof.child_task import ChildTask
from tests.proof.ground import Goods, SharedClock, stocked

LINES = 5
AGAIN = 9
"""Each so many-th death is followed by a second one while the sale is gone on with."""

SCENES = (
    Scene("no fault"),
    Scene("answer lost", ("reset@placeOrder:after",)),
    Scene("never arrived", ("reset@placeOrder:before",)),
    Scene("refused", ("ratelimit@placeOrder",)),
    Scene("listed late", ("late@placeOrder~60", "reset@placeOrder:after")),
)


class Tally(Struct):
    """What the sales came to."""

    sales: int = 0
    kills: int = 0
    orders: int = 0
    twice: int = 0
    lost: int = 0
    complaints: list[str] = []


async def run(scenes: Iterable[Scene] = SCENES, *, every: int = 1) -> Tally:
    """Kill at every point of a sale in every scene.

    Args:
        scenes: the circumstances.
        every: only each so many-th point, for the short form.
    """
    tally = Tally()

    async def die_everywhere(scene: Scene, nursery: Nursery) -> None:
        points = await _played(scene, nursery, tally, ())
        for number, point in enumerate(range(1, points + 1, every)):
            second = 1 + (point * 7) % points if number % AGAIN == 0 else 0
            await _played(scene, nursery, tally, (point, second))

    await in_lanes(scenes, die_everywhere)
    return tally


async def _played(scene: Scene, nursery: Nursery, tally: Tally, kills: tuple[int, ...]) -> int:
    """Sell, die as often as `kills` says, go on, and be judged; returns the points of a sale."""
    with tempfile.TemporaryDirectory(prefix="carddesk-sales-") as folder:
        home = Path(folder)
        clock = SharedClock(home / "clock", leaps=False)
        vendor = vendor_at(clock, scene.environment)
        async with vendor:
            lines = tuple(_wanted(stocked(vendor, LINES)))
            task = ChildTask("sell", vendor.url, folder, lines[0], lines=lines)
            stage = Stage(nursery, task, vendor)
            for fault in scene.faults:
                vendor.faults.add(Fault.parse(fault))
            for kill in kills:
                if kill:
                    await stage.run("sell", kill)
            await stage.run("sell", 0)
            _judge(tally, vendor, home, lines, f"{scene.name} killed at {kills}")
        clock.close()
    tally.sales += 1
    tally.kills += stage.kills
    return len(stage.points[0])


def _wanted(shelves: list[Goods]) -> list[Goods]:
    return [Goods(g.product_id, g.type_id, number) for number, g in enumerate(shelves, 1)]


def _judge(tally: Tally, vendor: Sandbox, home: Path, lines: tuple[Goods, ...], where: str) -> None:
    verdict = judge.judge(vendor, home / "desk", judge.observations(home / "shown"))
    said = verdict.all()
    wanted = Counter((goods.type_id, goods.quantity) for goods in lines)
    placed = Counter((order.type, order.quantity) for order in vendor.orders.values())
    twice, lost = (placed - wanted).total(), (wanted - placed).total()
    tally.orders += len(vendor.orders)
    tally.twice += twice
    tally.lost += lost + len(verdict.lost)
    if twice or lost:
        said.append(f"{twice} bought twice, {lost} missing")
    said += _ties(home, vendor, lines)
    tally.complaints += [f"{where}: {text}" for text in said]


def _ties(home: Path, vendor: Sandbox, lines: tuple[Goods, ...]) -> list[str]:
    """Compare the lines of the sale with the vendor's orders, by plain SQL."""
    [journal] = (home / "desk" / "state").glob("*.db")
    connection = sqlite3.connect(journal)
    rows = connection.execute(
        "SELECT l.number, l.type_id, l.quantity, p.order_id FROM sale_lines l LEFT JOIN purchases p"
        " ON p.idempotency_key = l.key AND p.order_id IS NOT NULL ORDER BY l.number"
    ).fetchall()
    sales = connection.execute("SELECT count(*) FROM sales").fetchone()[0]
    connection.close()
    said = [] if sales == 1 else [f"{sales} sales"]
    if [(kind, count) for _, kind, count, _ in rows] != [(g.type_id, g.quantity) for g in lines]:
        said.append("the lines are not those that were wanted")
    for number, kind, count, order_id in rows:
        order = vendor.orders.get(order_id)
        if order is None or (order.type, order.quantity) != (kind, count):
            said.append(f"line {number} is tied to {order_id}, which is not its own")
    return said
