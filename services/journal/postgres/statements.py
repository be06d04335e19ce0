"""The journal's schema and statements in PostgreSQL's words, and how a transaction begins.

A statement whose result is not read travels with the next one: to a server far away, the number
of answers that are waited for is what a purchase takes longer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg

from services.domain import event_log
from services.journal.postgres.session import Connection
from services.journal.schema import STEPS, statements
from services.journal.transaction import LAST_EVENT, NEXT_REVISION

APPLICATION: Final = "carddesk"

PRESENCES: Final = """
CREATE UNLOGGED TABLE presences (
    number INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" UNIQUE NOT NULL,
    operator TEXT NOT NULL,
    host TEXT NOT NULL,
    version TEXT NOT NULL,
    since TEXT COLLATE "C" NOT NULL,
    beat TEXT COLLATE "C" NOT NULL DEFAULT ''
)
"""
"""Who is connected: a server's journal has consoles on several hosts."""

WRITERS: Final = 0x43444B31
"""The class of the lock that writers take in turn: "CDK1"."""

LOCK: Final = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
"""Waits for the turn to write, until the end of the transaction."""

NOW = "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
"""The server's clock, as `rows.iso` writes a time."""


class ServerLine:
    """A connection on which the statements that nothing is read of travel with the next one.

    Each wait for an answer ends with a Sync: only then does the server count the time in which
    nothing is asked, and take the locks back from a host that was cut off.

    Args:
        connection: the connection.
        pipeline: its pipeline, None where each statement is answered by itself.
    """

    def __init__(self, connection: Connection, pipeline: psycopg.Pipeline | None) -> None:
        self._connection: Final = connection
        self._pipeline: Final = pipeline
        self._sent = self._answered = 0

    def ask(self, sql: str, values: Sequence[Any] = ()) -> "StatementAnswer":
        """Send a statement in the server's own words."""
        self._sent += 1
        return StatementAnswer(self, self._sent, self._connection.execute(sql.encode(), values))

    def answer(self, number: int) -> None:
        """Wait until everything that was sent is answered, unless the statement so far is."""
        if number > self._answered and self._pipeline is not None:
            self._answered = self._sent
            self._pipeline.sync()

    def ended(self) -> None:
        """Know that its pipeline has ended, which waits for all answers."""
        self._answered = self._sent


class StatementAnswer:
    """What a statement comes to, waited for when it is read."""

    def __init__(
        self, line: ServerLine, number: int, cursor: psycopg.Cursor[dict[str, Any]]
    ) -> None:
        self._line: Final = line
        self._number: Final = number
        self._cursor: Final = cursor

    def fetchone(self) -> dict[str, Any] | None:
        """Return the next row, None after the last."""
        self._line.answer(self._number)
        return self._cursor.fetchone()

    def fetchall(self) -> list[dict[str, Any]]:
        """Return the rows that are left."""
        self._line.answer(self._number)
        return self._cursor.fetchall()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._line.answer(self._number)
        return iter(self._cursor)


class Dialect:
    """A line that takes the journal's own SQL."""

    def __init__(self, line: ServerLine) -> None:
        self._line: Final = line

    def execute(self, sql: str, values: Sequence[Any] = ()) -> StatementAnswer:
        """Send one statement; its result is waited for when it is read."""
        return self._line.ask(translated(sql), values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> object:
        """Send one statement for each row of values."""
        words = translated(sql)
        for row in rows:
            self._line.ask(words, row)
        return None


class WriteStart:
    """Begins a transaction under the account's lock; `revised` says that something was changed.

    `begun` says that both are so already.
    """

    far = True

    def __init__(self, line: ServerLine, schema_name: str, *, begun: bool = False) -> None:
        if not begun:
            line.ask("BEGIN")
            line.ask(LOCK, (WRITERS, schema_name))
        self._moment: Final = line.ask(f"SELECT {NOW} AS now, pg_current_xact_id()::text AS number")
        self._revision: Final = line.ask(NEXT_REVISION)
        self._event: Final = line.ask(LAST_EVENT)
        self.revised = False
        self._read: Mapping[str, Any] = {}

    @property
    def now(self) -> str:
        """The server's time once the lock was held."""
        return self._first()["now"]

    @property
    def number(self) -> str:
        """The server's number of this transaction."""
        return self._first()["number"]

    def _first(self) -> Mapping[str, Any]:
        # Not a cached property: its lock is one for all journals of a process before Python 3.12.
        self._read = self._read or self._moment.fetchone() or {}
        return self._read

    def next_revision(self) -> int:
        """Return the journal's new revision."""
        self.revised = True
        row = self._revision.fetchone()
        return int(row["value"]) if row else 0

    def last_event(self) -> tuple[int, str]:
        """Return the number and the hash of the newest event."""
        self.revised = True
        row = self._event.fetchone()
        return (row["seq"], row["hash"]) if row else (0, event_log.FIRST_HASH)


class ReadStart:
    """Begins a transaction that sees one state of the journal and writes nothing."""

    far = True

    def __init__(self, line: ServerLine) -> None:
        line.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._moment: Final = line.ask(f"SELECT {NOW} AS now")
        self._now = ""

    @property
    def now(self) -> str:
        """The server's time."""
        self._now = self._now or (self._moment.fetchone() or {})["now"]
        return self._now

    def next_revision(self) -> int:
        """A transaction that only reads has none."""
        return 0

    def last_event(self) -> tuple[int, str]:
        """A transaction that only reads appends to none."""
        return 0, event_log.FIRST_HASH


def translated(sql: str) -> str:
    """Return a statement that reads the journal in PostgreSQL's words."""
    sql = sql.replace("%", "%%").replace("?", "%s")
    return sql.replace("substr(order_id, -4)", "right(order_id, 4)")


def steps() -> tuple[tuple[str, ...], ...]:
    """Return the statements of each step of the schema."""
    found = [tuple(_definition(each) for each in statements(step)) for step in STEPS]
    return ((*found[0], PRESENCES), *found[1:])


def _definition(sql: str) -> str:
    sql = sql.replace("STRICT, WITHOUT ROWID", "").replace("STRICT", "")
    sql = re.sub(r"\bINTEGER\b", "BIGINT", sql)
    if sql.startswith(("CREATE TABLE", "ALTER TABLE")):
        # Byte order, as SQLite compares text, whatever the locale of the database is.
        sql = re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', sql)
    return sql.replace("substr(order_id, -4)", "right(order_id, 4)")
