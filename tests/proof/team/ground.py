"""Hosts on one server: a server of the proof's own, an empty journal for each case, desks on it."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
from msgspec.structs import replace
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from services.desk.desk import Desk
from services.journal import rows
from services.journal.database import Journal
from services.journal.postgres import setup, statements
from services.journal.postgres.session import JournalServer
from services.system.clock import Clock, SystemClock
from tests.journal.postgres.engine import journal_on
from tests.journal.postgres.server import TestServer
from tests.proof.ground import desk_in, settings_for
from tests.proof.judge import Row

ACCOUNT = "account-a"
_cases = itertools.count(1)


@contextlib.contextmanager
def running(**settings: object) -> Iterator[TestServer]:
    """Run a server whose data is thrown away."""
    server = TestServer(fsync="off", **settings)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def asked(parameters: dict[str, str]) -> Connection[TupleRow]:
    """Connect with none of the product's code; each statement is committed at once."""
    return psycopg.connect(
        make_conninfo(**parameters, options="-c search_path=carddesk"), autocommit=True
    )


def empty_journal(server: TestServer) -> str:
    """Make a database with a journal that is empty, and return its name."""
    name = f"case_{next(_cases)}"
    with asked(server.parameters()) as admin:
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = 'prepared'")
        if found.fetchone() is None:
            admin.execute("CREATE DATABASE prepared")
            setup.prepare(JournalServer(server.parameters(dbname="prepared")))
        admin.execute(f"CREATE DATABASE {name} TEMPLATE prepared".encode())
    return name


def discard(server: TestServer, name: str) -> None:
    """Drop the database of a case that is over."""
    with asked(server.parameters()) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


class ServerTime:
    """Lets the server write the times of a proof's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __format__(self, _: str) -> str:
        return f"'{rows.iso(self._clock.now())}'"


@contextlib.contextmanager
def server_time(clock: Clock) -> Iterator[None]:
    """Let the server go by a clock that leaps."""
    real = statements.NOW
    statements.NOW = ServerTime(clock)
    try:
        yield
    finally:
        statements.NOW = real


def address(port: int, name: str, login: str = "postgres") -> str:
    """Return what the setting `journal` says of a database."""
    return f"postgresql://{login}@127.0.0.1:{port}/{name}"


def host(
    home: Path,
    url: str,
    port: int,
    name: str,
    clock: Clock,
    *,
    login: str = "postgres",
    **options: object,
) -> Desk:
    """Return the desk of a host whose journal is in this database, not entered yet."""
    base = settings_for(home, url, **options)  # type: ignore[arg-type]
    place = address(port, name, login)
    return desk_in(home, replace(base, profile=replace(base.profile, journal=place)), clock)


@contextlib.asynccontextmanager
async def journal_at(
    server: JournalServer, home: Path, clock: Clock | None = None, account: str = ACCOUNT
) -> AsyncIterator[Journal]:
    """Open the journal as a host with a home of its own does."""
    journal = journal_on(server, home / "a.db", clock or SystemClock(), home.name)
    await journal.open(account)
    try:
        yield journal
    finally:
        await journal.close()
        journal.consoles.end()


def purchases(parameters: dict[str, str]) -> list[Row]:
    """Read the purchases at the server, with none of the product's code."""
    with asked(parameters) as connection:
        found = connection.execute(
            "SELECT id, state, coalesce(order_id, ''), created_at::timestamptz FROM purchases"
            " ORDER BY created_at, id"
        ).fetchall()
    return [Row(*each) for each in found]


async def broken_chain(journal: Journal) -> list[str]:
    """Say what is wrong with the chain of events, and with each purchase against it."""
    wrong = await journal.verify()
    return [f"the journal is not whole: {wrong}"] if wrong else []
