"""The journal's engine: one SQLite file, one thread, transactions that cannot be half."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from services import event_chain, journal_file, journal_rows
from services.clock import Clock
from services.emergency import Emergency
from services.errors import JournalFailed
from services.migrations import ForeignJournal, migrate

T = TypeVar("T")
BUSY_SECONDS = 5.0
CHECKED_AT_START = 200
SQLITE_VERSION: Final = sqlite3.sqlite_version
# Older SQLite can corrupt a WAL file that several connections reset at once.
WAL_IS_SAFE = (
    sqlite3.sqlite_version_info >= (3, 51, 3)
    or (3, 50, 7) <= sqlite3.sqlite_version_info < (3, 51)
    or (3, 44, 6) <= sqlite3.sqlite_version_info < (3, 45)
)


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


class Journal:
    """One account's journal in one environment.

    Every access runs in one thread of its own, in the order it was asked for, and is carried out
    even when whoever asked has been cancelled meanwhile.
    """

    def __init__(self, path: Path, clock: Clock, who: str) -> None:
        self.path: Final = path
        self.emergency: Final = Emergency(path)
        self.read_only = ""
        self._clock = clock
        self._who = who
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._connection: sqlite3.Connection | None = None

    async def open(self, account: str) -> None:
        """Open or create the journal of this account (its fingerprint).

        A damaged file is moved aside, never repaired in place; then `read_only` says why buying is
        off, and what is left can still be read.

        Raises:
            JournalFailed: unsafe place; a file that is foreign, newer, locked, another account's.
        """
        await self._in_thread(lambda: self._open(account))

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        if self._connection is not None:
            await self._in_thread(self._close)
        self._thread.shutdown()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run a function in one immediate transaction, all or nothing.

        Raises:
            JournalFailed: the journal could not take it; nothing of it was written.
            Conflict: a unique rule said no; nothing of it was written.
        """
        return await self._in_thread(lambda: self._transaction(work))

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run a function that only reads; raises JournalFailed."""
        return await self._in_thread(lambda: work(self._begin()))

    async def changed_elsewhere(self) -> int:
        """Return a number that differs when another process has written since the last call."""
        return await self._in_thread(
            lambda: int((self._begin().row("PRAGMA data_version") or {})["data_version"])
        )

    async def revision(self) -> int:
        """Return the revision of the newest write."""

        def work(tx: Transaction) -> int:
            row = tx.row("SELECT value FROM meta WHERE name = 'rev'")
            return int(row["value"]) if row else 0

        return await self.read(work)

    async def verify(self) -> str:
        """Check the whole file and event chain; returns what is wrong, or an empty text."""
        return await self._in_thread(self._verify)

    async def examine_copies(self) -> tuple[str, ...]:
        """Say of each damaged journal that was moved aside what is wrong with it."""
        copies = journal_file.damaged_copies(self.path)
        return await self._in_thread(
            lambda: tuple(f"{copy.name}: {self._examine_copy(copy)}" for copy in copies)
        )

    # Everything below runs in the journal's thread.

    def _open(self, account: str) -> None:
        journal_file.prepare(self.path)
        fresh = not self.path.exists()
        # The ballast is made once a journal stands, so one without content has lost it.
        emptied = not fresh and not self.path.stat().st_size and self.emergency.was_here()
        try:
            _translated(lambda: self._connect(account))
            broken = _translated(lambda: self._verify_chain(CHECKED_AT_START))
            if emptied:
                broken = "it was emptied"
        except JournalFailed as error:
            if error.code != "JOURNAL_DAMAGED":
                self._close()
                raise
            broken = error.message
        if broken:
            self._move_aside(account)
        for copy in journal_file.damaged_copies(self.path):
            self.read_only = (
                f"The journal was damaged and was moved to {copy.name}. Buying is off until you"
                " have compared the orders with it and moved that file away"
            )
        if kind := journal_file.network_file_system(self.path.parent):
            self.read_only = f"The journal lies on a network file system ({kind}). Buying is off"
        try:
            self.emergency.open()
        except OSError as error:
            self.read_only = f"No room beside the journal ({error.strerror}). Buying is off"
        if fresh:
            self._sync_folder()

    def _connect(self, account: str) -> None:
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        os.close(fd)
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._connection = connection
        connection.row_factory = _as_dict
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        connection.execute(f"PRAGMA journal_mode = {'WAL' if WAL_IS_SAFE else 'DELETE'}")
        connection.execute(f"PRAGMA synchronous = {'FULL' if WAL_IS_SAFE else 'EXTRA'}")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.row_factory = None
        try:
            migrate(connection, self.path)
        except ForeignJournal as reason:
            raise JournalFailed(
                f"The journal {self.path.name} cannot be used: {reason}", code="JOURNAL_FOREIGN"
            ) from reason
        connection.row_factory = _as_dict
        known = self._begin().row("SELECT value FROM meta WHERE name = 'account'")
        if known is None:
            self._transaction(lambda tx: tx.run("INSERT INTO meta VALUES ('account', ?)", account))
        elif known["value"] != account:
            raise JournalFailed(
                f"The journal {self.path.name} belongs to another account", code="JOURNAL_FOREIGN"
            )

    def _move_aside(self, account: str) -> None:
        self._close()
        stamp = self._clock.now().strftime("%Y%m%d-%H%M%S")
        self.path.rename(self.path.with_name(f"{self.path.name}.damaged-{stamp}"))
        for suffix in ("-journal", "-wal", "-shm"):
            side = self.path.with_name(self.path.name + suffix)
            if side.exists():
                side.rename(side.with_name(f"{side.name}.damaged-{stamp}"))
        self._connect(account)

    def _close(self) -> None:
        self.emergency.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open_connection(self) -> sqlite3.Connection:
        if self._connection is None:
            raise JournalFailed("The journal is not open", code="JOURNAL_CLOSED")
        return self._connection

    def _begin(self) -> Transaction:
        now = journal_rows.iso(self._clock.now()) or ""
        return Transaction(self._open_connection(), now, self._who)

    def _transaction(self, work: Callable[[Transaction], T]) -> T:
        connection = self._open_connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._begin())
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def _verify(self) -> str:
        answer = self._begin().row("PRAGMA integrity_check(1)") or {}
        found = str(answer.get("integrity_check", "no answer"))
        return found if found != "ok" else self._verify_chain(None)

    def _verify_chain(self, last: int | None) -> str:
        """Name the first event row whose hash does not fit, over all rows or the last ones."""
        rows = self._begin().rows(
            "SELECT * FROM (SELECT * FROM events ORDER BY seq DESC LIMIT ?) ORDER BY seq",
            -1 if last is None else last + 1,
        )
        return event_chain.first_break(rows, whole=last is None or len(rows) <= last)

    def _examine_copy(self, copy: Path) -> str:
        """Say what is wrong with a journal that was moved aside; it is only read."""
        try:
            with contextlib.closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as held:
                held.row_factory = _as_dict
                rows = held.execute("SELECT * FROM events ORDER BY seq").fetchall()
        except sqlite3.Error:
            return "it is no journal any more"
        return event_chain.first_break(rows, whole=True) or "its event chain is unbroken"

    def _sync_folder(self) -> None:
        fd = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            future = self._thread.submit(lambda: _translated(work))
        except RuntimeError as error:
            raise JournalFailed("The journal is closed", code="JOURNAL_CLOSED") from error
        return await _uncancelled(future)


async def _uncancelled(future: Future[T]) -> T:
    """Await a thread's work; a cancelled awaiter leaves the work itself untouched."""
    waiter = asyncio.wrap_future(future)
    waiter.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(waiter)


def _translated(work: Callable[[], T]) -> T:
    try:
        return work()
    except sqlite3.IntegrityError as error:
        raise Conflict(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise _failure(error) from error
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


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
