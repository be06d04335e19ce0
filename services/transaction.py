"""One transaction of the journal as the work inside it sees it, and SQLite's failures in words."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from services import journal_rows
from services.errors import JournalFailed

T = TypeVar("T")


class Conflict(Exception):
    """A unique rule of the journal said no; `args[0]` names the rule."""


class Transaction:
    """A transaction in progress, as the functions that run inside it see it."""

    def __init__(self, connection: sqlite3.Connection, now: str, who: str) -> None:
        self._connection = connection
        self._rev: int | None = None
        self.now: Final = now
        self.who: Final = who

    def run(self, sql: str, *values: object) -> int:
        """Execute one statement; returns the number of rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute one statement for each row."""
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, *values: object) -> list[Mapping[str, Any]]:
        """Return all rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def each(self, sql: str, *values: object) -> Iterator[Mapping[str, Any]]:
        """Return the rows of a query one after the other, for those that may be thousands."""
        return self._connection.execute(sql, values)

    def row(self, sql: str, *values: object) -> Mapping[str, Any] | None:
        """Return the first row of a query."""
        return self._connection.execute(sql, values).fetchone()

    def rev(self) -> int:
        """Return this transaction's revision, the number that other consoles read on from."""
        if self._rev is None:
            row = self.row("UPDATE meta SET value = value + 1 WHERE name = 'rev' RETURNING value")
            self._rev = int(row["value"]) if row else 0
        return self._rev

    def event(
        self,
        kind: str,
        *,
        purchase_id: str = "",
        order_id: str = "",
        from_state: str = "",
        to_state: str = "",
        why: str = "",
        evidence: Mapping[str, object] | None = None,
    ) -> None:
        """Append a row to the hash-chained event log."""
        last = self.row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
        seq, previous = (last["seq"] + 1, last["hash"]) if last else (1, journal_rows.FIRST_HASH)
        text = msgspec.json.encode(evidence or {}).decode()
        fields = (
            seq,
            self.now,
            self.who,
            kind,
            purchase_id,
            order_id,
            from_state,
            to_state,
            why,
            text,
        )
        self.run(
            "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            *fields,
            journal_rows.chain(previous, fields),
        )


def translated(work: Callable[[], T]) -> T:
    """Do a piece of work; whatever fails in the file leaves as a JournalFailed or a Conflict."""
    try:
        return work()
    except sqlite3.IntegrityError as error:
        raise Conflict(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise _failure(error) from error
    except journal_rows.Unreadable as error:
        raise JournalFailed(f"The journal is damaged: {error}", code="JOURNAL_DAMAGED") from error
    except OSError as error:
        raise JournalFailed(
            f"The journal cannot be written: {error.strerror or error}", code="JOURNAL_UNWRITABLE"
        ) from error


def _failure(error: sqlite3.DatabaseError) -> JournalFailed:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return JournalFailed(
            "The journal is locked by another process that does not let go", code="JOURNAL_LOCKED"
        )
    if name.startswith("SQLITE_FULL"):
        return JournalFailed("The disk is full: the journal cannot be written", code="JOURNAL_FULL")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return JournalFailed("The journal is damaged", code="JOURNAL_DAMAGED")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return JournalFailed("The journal cannot be written", code="JOURNAL_UNWRITABLE")
    return JournalFailed(f"The journal failed ({name or 'unknown'})", code="JOURNAL_FAILED")
