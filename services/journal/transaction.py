"""A transaction of the journal, as the functions that run inside it see it.

Statements are SQL that SQLite and PostgreSQL both take, with `?` for a value.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from services.domain import event_log


class StatementResult(Protocol):
    """What a statement came to; its rows are mappings of column names."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Statements(Protocol):
    """An open connection to a database; it raises what its engine translates."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> StatementResult:
        """Run one statement."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run one statement for each row of values."""
        ...


class Conflict(Exception):
    """A unique rule of the journal said no; `args[0]` names the rule."""


class JournalTransaction:
    """A transaction in progress, as the functions that run inside it see it."""

    def __init__(self, statements: Statements, now: str, who: str) -> None:
        self._statements = statements
        self._rev: int | None = None
        self.now: Final = now
        self.who: Final = who

    def run(self, sql: str, *values: object) -> int:
        """Execute one statement; returns the number of rows it changed."""
        return self._statements.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute one statement for each row."""
        self._statements.executemany(sql, rows)

    def rows(self, sql: str, *values: object) -> list[Mapping[str, Any]]:
        """Return all rows of a query."""
        return self._statements.execute(sql, values).fetchall()

    def each(self, sql: str, *values: object) -> Iterator[Mapping[str, Any]]:
        """Return the rows of a query one after the other, for those that may be thousands."""
        return iter(self._statements.execute(sql, values))

    def row(self, sql: str, *values: object) -> Mapping[str, Any] | None:
        """Return the first row of a query."""
        return self._statements.execute(sql, values).fetchone()

    def rev(self) -> int:
        """Return this transaction's revision, the number that other consoles read on from."""
        if self._rev is None:
            row = self.row(
                "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT)"
                " WHERE name = 'rev' RETURNING value"
            )
            self._rev = int(row["value"]) if row else 0
        return self._rev

    def revision(self) -> int:
        """Return the revision of the newest write."""
        row = self.row("SELECT value FROM meta WHERE name = 'rev'")
        return int(row["value"]) if row else 0

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
    ) -> int:
        """Append a row to the hash-chained event log; returns its number."""
        last = self.row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
        seq, previous = (last["seq"] + 1, last["hash"]) if last else (1, event_log.FIRST_HASH)
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
            event_log.chain(previous, fields),
        )
        return seq
