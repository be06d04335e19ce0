"""Consoles of several hosts: who is alive, and what each hears of the others."""

import asyncio
import json
import os
import signal
import sys

import psycopg

from services.journal.postgres import consoles
from tests.journal.test_database import Known

OTHER = """
import asyncio, json, sys
from pathlib import Path
from services.journal.postgres.session import JournalServer
from services.system.clock import SystemClock
from tests.journal.postgres.engine import journal_on

async def main():
    server = JournalServer(json.loads(sys.argv[1]), sys.argv[2])
    journal = journal_on(server, Path(sys.argv[3]) / "other" / "a.db", SystemClock())
    await journal.open("account-a")
    print(journal.consoles.name, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def until(journal, name: str, *, alive: bool) -> None:
    while await journal.read(lambda tx: journal.consoles.alive(tx, name)) is not alive:
        pass


async def test_a_console_that_is_killed_is_dead_for_all(place, opened, tmp_path):
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OTHER, json.dumps(place.parameters), place.schema, str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
    )
    name = (await other.stdout.readline()).decode().strip()
    async with opened(place) as journal:
        await until(journal, name, alive=True)
        assert await journal.read(lambda tx: journal.consoles.alive(tx, journal.consoles.name))
        os.kill(other.pid, signal.SIGKILL)
        await asyncio.wait_for(until(journal, name, alive=False), 10)
    await other.wait()


async def test_a_write_is_heard_by_the_other_console_only(place, opened):
    async with opened(place, "a") as one, opened(place, "b") as two:
        one.news.clear()
        two.news.clear()
        before = await one.changed_elsewhere(), await two.changed_elsewhere()
        await one.write(lambda tx: tx.event("x"))
        await asyncio.wait_for(two.news.wait(), 10)
        assert await two.changed_elsewhere() > before[1]
        assert await one.changed_elsewhere() == before[0]


async def test_each_console_knows_how_many_there_are(place, opened, monkeypatch):
    monkeypatch.setattr(consoles, "BEAT_SECONDS", 0.1)
    async with opened(place, "a") as one, opened(place, "b") as two:

        async def counted():
            while (one.consoles.count, two.consoles.count) != (2, 2):
                await one.changed_elsewhere()

        await asyncio.wait_for(counted(), 20)


async def test_the_sign_of_life_comes_back_with_the_line(place, opened, postgres):
    async with opened(place, "a") as one, opened(place, "b") as two:
        with psycopg.connect(**place.parameters, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE '%advisory_lock(hashtext%' AND pid <> pg_backend_pid()"
            )
        await asyncio.wait_for(until(two, one.consoles.name, alive=True), 10)
        assert not await two.read(lambda tx: two.consoles.alive(tx, Known().name))


async def test_a_console_that_is_not_heard_is_dead_whatever_it_holds(place, opened):
    async with opened(place, "a") as silent, opened(place, "b") as other:
        await until(other, silent.consoles.name, alive=True)
        with psycopg.connect(**place.parameters, autocommit=True) as admin:
            admin.execute(f"SET search_path = {place.schema}")
            admin.execute(
                "UPDATE presences SET beat = '2026-01-01' WHERE name = %s", (silent.consoles.name,)
            )
        await until(other, silent.consoles.name, alive=False)
