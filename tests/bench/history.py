"""Figure 16: a journal with a million purchases behind it."""

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from services.domain import event_log
from services.domain.typed import lookup, note_tokens
from services.journal import joint_reads, rows
from services.journal.purchases import Purchases
from tests.bench import seed
from tests.bench.figures import Figure
from tests.bench.stage import DESK_READY, Stage, stage
from tests.bench.tty import measures
from tests.bench.tty.measures import percentile

PURCHASES = 1_000_000
RECENT = 500
RUNS = 7
FINDS = 100
COLUMNS = (
    "id, idempotency_key, state, product_id, product_title, type_id, type_name, quantity,"
    " unit_price, total, operator, host, owner, note, order_id, status, fulfilled_quantity,"
    " fulfilled_amount, created_at, updated_at, sent_at, answered_at, rev"
)


def figures() -> Iterator[Figure]:
    """Measure them."""
    recent = seed.records(RECENT, still_open=False)
    with stage(recent) as young, stage(recent) as old:
        asyncio.run(age(old))
        ready: dict[str, list[float]] = {"young": [], "old": []}
        for turn in range(RUNS + 1):
            for name, on in (("young", young), ("old", old)):
                session, start = measures.start(on.console(ready=DESK_READY))
                with session:
                    if turn:
                        ready[name].append(start.ready_s)
                    measures.leave(session)
        a, b = statistics.median(ready["young"]), statistics.median(ready["old"])
        note = f"{a:.2f} s, {b:.2f} s"
        what = "start with 1,000,000 purchases against 500"
        yield Figure("16a", what, 1.2, b / a, "x", note)
        yield from asyncio.run(finding(old))


async def age(on: Stage) -> None:
    """Put a million settled purchases of the last years into the journal, each with an event."""
    async with on.journal() as journal:
        path = journal.path
    end = datetime.now(UTC) - timedelta(days=2)
    with sqlite3.connect(path) as connection:
        marks = ",".join("?" * (COLUMNS.count(",") + 1))
        connection.executemany(
            f"INSERT INTO purchases ({COLUMNS}) VALUES ({marks})",
            (_row(number, end) for number in range(PURCHASES)),
        )
        connection.executemany(
            "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?)", _events(connection, end)
        )
        connection.executemany(
            "INSERT INTO note_words VALUES (?, ?)",
            ((word, f"old-{n:07d}") for n in range(PURCHASES) for word in _words(n)),
        )
        connection.execute("UPDATE meta SET value = '2000000' WHERE name = 'rev'")
    connection.close()


def _row(number: int, end: datetime) -> tuple[object, ...]:
    when = rows.iso(end - timedelta(seconds=60 * (PURCHASES - number)))
    return (
        *(f"old-{number:07d}", f"key-{number:07d}", "FULFILLED", "product", "Netflix", "type"),
        *("25 EUR", 1, "5000", "5000", "amina", "host", "1-aa", f"customer {number % 5000}"),
        *(f"order-{number:07d}", "FULFILLED", 1, "5000", when, when, when, when, number + 1),
    )


def _words(number: int) -> frozenset[str]:
    return note_tokens.indexed(f"customer {number % 5000}")


def _events(connection: sqlite3.Connection, end: datetime) -> Iterator[tuple[object, ...]]:
    last = connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = last or (0, event_log.FIRST_HASH)
    for number in range(PURCHASES):
        seq += 1
        when = rows.iso(end - timedelta(seconds=60 * (PURCHASES - number)))
        name, order = f"old-{number:07d}", f"order-{number:07d}"
        fields = (seq, when, "amina", "move", name, order, "HANDLING", "FULFILLED", "", "{}")
        previous = event_log.chain(previous, fields)
        yield (*fields, previous)


async def finding(on: Stage) -> list[Figure]:
    """Look purchases up by each of their names."""
    made: list[Figure] = []
    async with on.journal() as journal:
        store = Purchases(journal)
        for letter, prefix in (("b", "old"), ("c", "order"), ("d", "key")):
            times: list[float] = []
            for number in range(FINDS):
                began = time.perf_counter()
                found = await store.find(f"{prefix}-{number * 9973 % PURCHASES:07d}")
                times.append((time.perf_counter() - began) * 1000)
                assert found is not None
            what = {"old": "purchase id", "order": "order id", "key": "idempotency key"}[prefix]
            p95 = percentile(times, 0.95)
            made.append(Figure(f"16{letter}", f"find by {what}: p95", 50, p95, "ms"))
        now = datetime.now(UTC)
        for letter, what, text in (
            ("e", "the end of the order id", lambda number: f"{number:07d}"),
            ("f", "a word of the note", lambda number: f"customer {number % 5000}"),
            ("g", "a word of every note", lambda _: "customer"),
        ):
            times = []
            for number in range(FINDS):
                wanted = lookup.read(text(number * 9973 % PURCHASES), now)
                began = time.perf_counter()
                found, _ = await joint_reads.search(journal, wanted)
                times.append((time.perf_counter() - began) * 1000)
                assert found.found
            p95 = percentile(times, 0.95)
            made.append(Figure(f"16{letter}", f"find by {what}: p95", 50, p95, "ms"))
    return made
