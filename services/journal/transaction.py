"""A transaction of the journal, as the functions that run inside it see it.

Statements are SQL that SQLite and PostgreSQL both take, with `?` for a value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec

from services.domain import event_log
from services.journal import rows


class StatementResult(Protocol):
    """What a statement came to; its rows are mappings of column names."""

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


class TransactionStart(Protocol):
    """What a transaction begins with, read no earlier than it is asked for."""

    @property
    def now(self) -> str:
        """The time that is written, UTC, as `rows.iso` writes it."""
        ...

    @property
    def far(self) -> bool:
        """Whether each answer is waited for, so that questions are best asked together."""
        ...

    def next_revision(self) -> int:
        """Raise the journal's revision by one and return it."""
        ...

    def last_event(self) -> tuple[int, str]:
        """Return the number and the hash of the newest event, 0 and the first hash before it."""
        ...


class Conflict(Exception):
    """A unique rule of the journal said no; `args[0]` names the rule."""


class JournalTransaction:
    """A transaction in progress, as the functions that run inside it see it.

    Attributes:
        who: the operator, for what is written.
        purchases: the ids of those that it wrote.
    """

    def __init__(self, statements: Statements, start: TransactionStart, who: str) -> None:
        self._statements = statements
        self._start = start
        self._rev: int | None = None
        self._last: tuple[int, str] | None = None
        self.who: Final = who
        self.purchases: Final[set[str]] = set()

    @property
    def now(self) -> str:
        """The time of this transaction, UTC, as `rows.iso` writes it."""
        return self._start.now

    def later(self, seconds: float) -> str:
        """Return the time so many seconds after this transaction, as it is written."""
        return rows.iso(datetime.fromisoformat(self.now) + timedelta(seconds=seconds)) or ""

    def run(self, sql: str, *values: object) -> None:
        """Execute one statement; on a server far away it is not waited for."""
        self._statements.execute(sql, values)

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute one statement for each row."""
        self._statements.executemany(sql, rows)

    def rows(self, sql: str, *values: object) -> list[Mapping[str, Any]]:
        """Return all rows of a query."""
        return self._statements.execute(sql, values).fetchall()

    def ask(self, sql: str, *values: object) -> Callable[[], list[Mapping[str, Any]]]:
        """Ask for the rows of a query, to be read before this transaction writes.

        Returns:
            What reads them: a server far away is waited for once for all questions asked before,
            and a file is not read where the answer is not wanted.
        """
        if self._start.far:
            return self._statements.execute(sql, values).fetchall
        return lambda: self.rows(sql, *values)

    def each(self, sql: str, *values: object) -> Iterator[Mapping[str, Any]]:
        """Return the rows of a query one after the other, for those that may be thousands."""
        return iter(self._statements.execute(sql, values))

    def row(self, sql: str, *values: object) -> Mapping[str, Any] | None:
        """Return the first row of a query."""
        return self._statements.execute(sql, values).fetchone()

    def rev(self) -> int:
        """Return this transaction's revision, the number that other consoles read on from."""
        if self._rev is None:
            self._rev = self._start.next_revision()
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
        last, previous = self._last or self._start.last_event()
        seq = last + 1
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
        chained = event_log.chain(previous, fields)
        self.run("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?)", *fields, chained)
        self._last = seq, chained
        return seq


NEXT_REVISION: Final = (
    "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT)"
    " WHERE name = 'rev' RETURNING value"
)
LAST_EVENT: Final = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1"


class ReadWhenAsked:
    """A transaction that begins at a known time, on a connection that is near."""

    far = False

    def __init__(self, statements: Statements, now: str) -> None:
        self._statements = statements
        self.now: Final = now

    def next_revision(self) -> int:
        """Raise the journal's revision by one and return it."""
        row = self._statements.execute(NEXT_REVISION).fetchone()
        return int(row["value"]) if row else 0

    def last_event(self) -> tuple[int, str]:
        """Return the number and the hash of the newest event."""
        row = self._statements.execute(LAST_EVENT).fetchone()
        return (row["seq"], row["hash"]) if row else (0, event_log.FIRST_HASH)
