"""The journal's statements in PostgreSQL's words, and what each transaction begins with.

A statement whose result is not read travels with the next one: to a server far away, the number
of answers that are waited for is what a purchase takes longer.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import psycopg

from services.domain import event_log
from services.journal.postgres import schema
from services.journal.postgres.session import Connection
from services.journal.transaction import LAST_EVENT, NEXT_REVISION

WRITERS: Final = 0x43444B31
"""The class of the lock that writers take in turn: "CDK1"."""

NOW = "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
"""The server's clock, as `rows.iso` writes a time."""


class Dialect:
    """A connection that takes the journal's own SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> psycopg.Cursor[dict[str, Any]]:
        """Send one statement; its result is waited for when it is read."""
        return self._connection.execute(schema.translated(sql).encode(), values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> object:
        """Send one statement for each row of values."""
        words = schema.translated(sql).encode()
        for row in rows:
            self._connection.execute(words, row)
        return None


class WriteStart:
    """Begins a transaction under the account's lock; `revised` says that something was changed.

    `begun` says that both are so already.
    """

    def __init__(self, connection: Connection, schema_name: str, *, begun: bool = False) -> None:
        if not begun:
            connection.execute("BEGIN")
            lock(connection, schema_name)
        self._moment: Final = connection.execute(
            f"SELECT {NOW} AS now, pg_current_xact_id()::text AS number".encode()
        )
        self._revision: Final = connection.execute(NEXT_REVISION.encode())
        self._event: Final = connection.execute(LAST_EVENT.encode())
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

    def __init__(self, connection: Connection) -> None:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._moment: Final = connection.execute(f"SELECT {NOW} AS now".encode())
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


def lock(connection: Connection, schema_name: str) -> None:
    """Wait for the turn to write, until the end of the transaction."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (WRITERS, schema_name))
