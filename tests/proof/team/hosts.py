"""Hosts in processes of their own that write to one journal: what a commit takes them."""

import asyncio
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

from services.domain import event_log
from services.journal.postgres import statements
from services.journal.postgres.session import JournalServer, connect
from services.journal.transaction import LAST_EVENT, NEXT_REVISION
from tests.proof.team import ground

PAUSE = 0.5
"""Seconds between two writes of a host; one that buys without pause writes as often."""
PATIENCE = 120.0

Writer = Callable[[JournalServer, int, Any, Any], None]


def committed(place: JournalServer, hosts: int, each: int, writer: Writer) -> float:
    """Return the 95th of a hundred of what a commit takes while all write, in seconds."""
    # Not the processes of this one: it may run threads.
    machinery = multiprocessing.get_context("forkserver")
    machinery.set_forkserver_preload([__name__])
    together, results = machinery.Barrier(hosts), machinery.Queue()
    running = [
        machinery.Process(target=writer, args=(place, each, together, results), daemon=True)
        for _ in range(hosts)
    ]
    for process in running:
        process.start()
    taken: list[float] = []
    for _ in running:
        taken += results.get(timeout=PATIENCE)
    for process in running:
        process.join()
    return quantiles(taken, n=20)[-1]


def journal(place: JournalServer, each: int, together: Any, results: Any) -> None:
    """Write as a console does, which hears of what all others write."""
    asyncio.run(_journal(place, each, together, results))


async def _journal(place: JournalServer, each: int, together: Any, results: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="carddesk-host-") as folder:
        async with ground.journal_at(place, Path(folder) / "host") as opened:
            await asyncio.to_thread(together.wait, PATIENCE)
            taken: list[float] = []
            for _ in range(each):
                await asyncio.sleep(random.uniform(0, 2 * PAUSE))
                began = time.perf_counter()
                await opened.write(lambda tx: tx.event("note", why="changed"))
                taken.append(time.perf_counter() - began)
            await asyncio.to_thread(together.wait, PATIENCE)
            results.put(taken)


def plain(place: JournalServer, each: int, together: Any, results: Any) -> None:
    """Write the same statements with psycopg alone, and hear nothing."""
    with connect(place) as connection:
        ask = partial(_ask, connection)
        together.wait(PATIENCE)
        taken: list[float] = []
        for _ in range(each):
            time.sleep(random.uniform(0, 2 * PAUSE))
            began = time.perf_counter()
            with connection.pipeline() as pipeline:
                ask("BEGIN")
                ask(statements.LOCK, statements.WRITERS, place.schema)
                moment = ask(f"SELECT {statements.NOW} AS now, pg_current_xact_id()::text")
                ask(NEXT_REVISION)
                event = ask(LAST_EVENT)
                pipeline.sync()
                now, last = moment.fetchone()["now"], event.fetchone()
                before = last or {"seq": 0, "hash": event_log.FIRST_HASH}
                row = (before["seq"] + 1, now, "amina", "note", *("",) * 4, "changed", "{}")
                marks = ",".join(["%s"] * (len(row) + 1))
                chained = event_log.chain(before["hash"], row)
                ask(f"INSERT INTO events VALUES ({marks})", *row, chained)
                ask("SELECT pg_notify(%s, %s)", place.schema, "host")
                ask("COMMIT")
            taken.append(time.perf_counter() - began)
        together.wait(PATIENCE)
        results.put(taken)


def _ask(connection: Any, sql: str, *values: object) -> Any:
    return connection.execute(sql.encode(), values)
