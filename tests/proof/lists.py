"""A file of purchases, bought by a command that is killed at random moments and started again.

The vendor loses some of its answers as well. In the end its own books are the judge: one order for
each row, no more and no less, each bound to the purchase of that row.
"""

import asyncio
import itertools
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from services.sandbox import DEMO_KEY, Fault, Sandbox
from tests.proof.ground import Goods, stocked
from tests.proof.judge import leaks

ROOT = Path(__file__).parents[2]
MONEY = Decimal(10**12)
SHELVES = 8
LONGEST_PAUSE = 0.12
"""Seconds after a purchase within which the command dies: a whole purchase fits into it."""

EARLY = 0.2
"""How many of the kills wait a moment first: they may find the check of the rows."""

FAULTY = 0.6
"""How many of the runs meet the vendor's next lost answer."""

MOST_RUNS = 20
"""How often it is started beside the kills; each run settles what the one before left."""

FAULTS = ("reset@placeOrder:after", "reset@placeOrder:before", "hang@placeOrder:after~2")


class Tally(Struct):
    """What a file came to."""

    rows: int = 0
    kills: int = 0
    runs: int = 0
    faults: int = 0
    decisions: int = 0
    orders: int = 0
    twice: int = 0
    missing: int = 0
    complaints: list[str] = []


def run(rows: int, kills: int, seed: int, faults: int = 0) -> Tally:
    """Buy so many rows, dying so often on the way.

    Args:
        rows: how many.
        kills: how many runs end with SIGKILL.
        seed: of the moments.
        faults: how many answers the vendor loses.
    """
    with tempfile.TemporaryDirectory(prefix="carddesk-lists-") as folder:
        return asyncio.run(_run(Path(folder), rows, kills, random.Random(seed), faults))


async def _run(home: Path, rows: int, kills: int, rng: random.Random, faults: int) -> Tally:
    tally = Tally(rows=rows)
    async with Sandbox(moving=False, balance=MONEY, handling_seconds=(0, 0)) as vendor:
        wanted = _wanted(stocked(vendor, SHELVES), rows)
        (home / "rows.csv").write_text(_text(wanted), "utf-8")
        # Half of what would use up the rows: some more are bought before a kill comes.
        every = max(1, rows // (2 * kills + 1))
        pending = [FAULTS[number % len(FAULTS)] for number in range(faults)]
        code = -1
        while code != 0 and tally.runs < 6 * kills + MOST_RUNS:
            tally.runs += 1
            if pending and rng.random() < FAULTY:
                vendor.faults.add(Fault.parse(pending.pop()))
                tally.faults += 1
            if tally.kills < kills and await _killed(home, vendor, rng, every):
                tally.kills += 1
            elif tally.kills >= kills:
                code = await _bought(home, vendor)
            tally.decisions += await _decided(home, vendor)
        if code != 0:
            tally.complaints.append(f"the last run ended with {code}")
        _judge(tally, vendor, home, wanted)
    tally.complaints += leaks(home)
    return tally


def _wanted(shelves: list[Goods], rows: int) -> list[Goods]:
    return [
        Goods(goods.product_id, goods.type_id, 1 + number % 3)
        for number, goods in enumerate(itertools.islice(itertools.cycle(shelves), rows))
    ]


def _text(wanted: list[Goods]) -> str:
    lines = [f"{g.product_id},{g.type_id},{g.quantity},row {at}" for at, g in enumerate(wanted, 1)]
    return "\n".join(["product_id,type_id,quantity,note", *lines, ""])


async def _killed(home: Path, vendor: Sandbox, rng: random.Random, every: int) -> bool:
    """Start the command and kill it at a random moment, mostly after some more orders.

    Returns:
        Whether it died of that, and did not end by itself before.
    """
    process = await _command(home, vendor)
    if rng.random() < EARLY:
        await asyncio.sleep(rng.uniform(0, 1.5))
    more = len(vendor.posts) + rng.randint(1, every)
    waits = [asyncio.ensure_future(w) for w in (process.wait(), vendor.seen("placeOrder", more))]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()
    await asyncio.sleep(rng.uniform(0, LONGEST_PAUSE))
    if process.returncode is None:
        os.kill(process.pid, signal.SIGKILL)
    return await process.wait() == -signal.SIGKILL


async def _bought(home: Path, vendor: Sandbox) -> int:
    return await (await _command(home, vendor)).wait()


async def _decided(home: Path, vendor: Sandbox) -> int:
    """Be the person who is asked where an order could belong to two purchases of the same goods.

    One of them was settled as not placed, so the order is of the other one, which was sent just
    before it.
    """
    decided = 0
    for purchase_id, candidates in _rows(
        home, "SELECT id, candidates FROM purchases WHERE state = 'AMBIGUOUS'"
    ):
        [order_id] = json.loads(candidates)
        words = ("resolve", "--claim", purchase_id, order_id)
        await (await _started(home, vendor, *words)).wait()
        decided += 1
    return decided


def _rows(home: Path, question: str) -> list[tuple[str, str]]:
    """Ask the journal's file, with none of the product's code."""
    found: list[tuple[str, str]] = []
    for journal in (home / "state" / "carddesk").glob("*.db"):
        connection = sqlite3.connect(journal)
        found += connection.execute(question).fetchall()
        connection.close()
    return found


async def _command(home: Path, vendor: Sandbox) -> asyncio.subprocess.Process:
    """Start the command, the same one each time."""
    return await _started(
        home, vendor, "buy", "--from", str(home / "rows.csv"), "--yes", "--json", "--retry",
        "--wait", "20", "--results", str(home / "results.csv"),
    )  # fmt: skip


async def _started(home: Path, vendor: Sandbox, *words: str) -> asyncio.subprocess.Process:
    environ = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PATH": os.environ["PATH"],
        "CARDDESK_BASE_URL": vendor.url,
        "CARDDESK_API_KEY": DEMO_KEY,
        "CARDDESK_ENVIRONMENT": "sandbox",
        "CARDDESK_ACCOUNT_EXCLUSIVE": "true",
        "CARDDESK_NET_MAX_REQUESTS_PER_MINUTE": "6000",
        "CARDDESK_NET_MAX_REQUESTS_PER_SECOND": "50",
        "CARDDESK_PURCHASE_SETTLE_SECONDS": "2",
        "CARDDESK_PURCHASE_DEADLINE_SECONDS": "5",
        "CARDDESK_OPERATOR": "amina",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", *words,
        cwd=ROOT, env=environ, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


def _judge(tally: Tally, vendor: Sandbox, home: Path, wanted: list[Goods]) -> None:
    """Compare the vendor's orders with the rows, through the journal's file read by plain SQL."""
    bound = dict(_rows(home, "SELECT order_id, note FROM purchases WHERE order_id IS NOT NULL"))
    tally.orders = len(vendor.orders)
    asked = Counter((goods.type_id, goods.quantity) for goods in wanted)
    placed = Counter((order.type, order.quantity) for order in vendor.orders.values())
    tally.twice, tally.missing = (placed - asked).total(), (asked - placed).total()
    if tally.twice or tally.missing:
        tally.complaints.append(f"{tally.twice} bought twice, {tally.missing} missing")
    if unbound := vendor.orders.keys() - bound.keys():
        tally.complaints.append(f"{len(unbound)} orders belong to no purchase")
    by_name = {f"row {at}": goods for at, goods in enumerate(wanted, 1)}
    if Counter(bound.values()) != Counter(list(by_name)):
        tally.complaints.append("the rows are not each bound to one order")
    for order_id, note in bound.items():
        order, goods = vendor.orders[order_id], by_name[note]
        if (order.type, order.quantity) != (goods.type_id, goods.quantity):
            tally.complaints.append(f"{note} is bound to another row's order {order_id}")
    results = (home / "results.csv").read_text("utf-8").splitlines()
    if len(results) != len(wanted) + 1:
        tally.complaints.append(f"the result file has {len(results)} lines")
