"""The journal's engine: one SQLite file, one thread, transactions that cannot be half."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from services import event_chain, journal_check, journal_file, journal_rows
from services.clock import Clock
from services.emergency import Emergency
from services.errors import JournalFailed
from services.journal_check import CHECKED_AT_START
from services.migrations import ForeignJournal, migrate
from services.transaction import Conflict, Transaction, translated

__all__ = ["Conflict", "Journal", "Transaction"]

T = TypeVar("T")
BUSY_SECONDS = 5.0
SQLITE_VERSION: Final = sqlite3.sqlite_version


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Tell whether a version of SQLite has the mend of WAL files that several connections reset."""
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )


WAL_IS_SAFE = wal_is_safe(sqlite3.sqlite_version_info)


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
        self._account = ""
        self._broken = ""
        self._inode = 0

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

    def in_place(self) -> None:
        """Make sure that the open file still is the journal, not one that was moved or deleted.

        Another console would find no journal there and know nothing of what is bought here.

        Raises:
            JournalFailed: another file, or none, stands in its place.
        """
        try:
            there = self.path.stat().st_ino
        except OSError:
            there = 0
        if there != self._inode:
            raise JournalFailed(
                "The journal was moved or deleted while it was open",
                advice="Nothing was sent. Put it back if you can, and start carddesk again.",
                code="JOURNAL_MOVED",
            )

    def room_wanted(self) -> str:
        """Say that too little room is left on the journal's disk to buy, or return ''."""
        return journal_file.room_wanted(self.path.parent)

    async def make_ready(self) -> None:
        """Make sure, just before a purchase, that its outcome will find room.

        Raises:
            JournalFailed: the journal is gone, or the room beside it cannot be taken.
        """
        self.in_place()
        await self._in_thread(self._take_room)

    async def set_aside(self, why: str) -> None:
        """Move a journal aside that turned out to be damaged, and go on read-only in a new one.

        Args:
            why: what is wrong with it, a clause.

        Raises:
            JournalFailed: it could not be moved, or no new one be made.
        """

        def work() -> None:
            self._move_aside(why)
            self._settle_in()

        await self._in_thread(work)

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
        self._account = account
        journal_file.prepare(self.path)
        with journal_file.turn(self.path):
            self._open_alone(account)

    def _open_alone(self, account: str) -> None:
        fresh = not self.path.exists()
        # The ballast is made once a journal stands, so one without content has lost it.
        emptied = not fresh and not self.path.stat().st_size and self.emergency.was_here()
        doubtful = self._doubtful()
        try:
            translated(lambda: self._connect(account))
            broken = "it was emptied" if emptied else translated(lambda: self._examine(doubtful))
        except JournalFailed as error:
            if error.code != "JOURNAL_DAMAGED":
                self._close()
                raise
            broken = error.message
        if broken:
            self._move_aside(broken)
        self._settle_in()
        if fresh:
            self._sync_folder()

    def _settle_in(self) -> None:
        """Work out whether buying is possible with this journal, and take the room it needs."""
        self.read_only = ""
        for copy in journal_file.damaged_copies(self.path):
            why = f" ({self._broken})" if self._broken else ""
            self.read_only = (
                f"The journal was damaged{why} and was moved to {copy.name}. Buying is off until"
                " you have compared the orders with it and moved that file away"
            )
        if kind := journal_file.network_file_system(self.path.parent):
            self.read_only = f"The journal lies on a network file system ({kind}). Buying is off"
        try:
            self.emergency.open()
        except OSError as error:
            self.read_only = f"No room beside the journal ({error.strerror}). Buying is off"
        with contextlib.suppress(FileNotFoundError):
            self._suspect.unlink()

    def _take_room(self) -> None:
        try:
            self.emergency.open()
        except OSError as error:
            raise JournalFailed(
                f"No room beside the journal ({error.strerror})",
                advice="Nothing was sent. Free disk space.",
                code="JOURNAL_FULL",
            ) from error

    @property
    def _suspect(self) -> Path:
        """The mark of a journal that was found damaged while it was in use."""
        return self.path.with_name(self.path.name + ".suspect")

    def _doubtful(self) -> bool:
        """Tell whether every page and row has to be looked at: a death while it was written."""
        sides = (self.path.with_name(self.path.name + side) for side in ("-journal", "-wal"))
        return self._suspect.exists() or any(
            side.exists() and side.stat().st_size > 0 for side in sides
        )

    def _examine(self, doubtful: bool) -> str:
        """Say what is wrong with the open file as far as a start can wait to know it."""
        tx = self._begin()
        if doubtful or self.path.stat().st_size <= journal_check.SMALL_BYTES:
            found = journal_check.pages(tx, contents=doubtful)
        else:
            journal_check.touch(tx)
            found = ""
        last = None if doubtful else CHECKED_AT_START
        return found or self._verify_chain(last) or journal_check.purchases(tx, last)

    def _connect(self, account: str) -> None:
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._inode = os.fstat(fd).st_ino
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
        if self._owner() is None:
            # Another console may have opened it since: the first to say whose it is has said it.
            told = "INSERT OR IGNORE INTO meta VALUES ('account', ?)"
            self._transaction(lambda tx: tx.run(told, account))
        if self._owner() != account:
            raise JournalFailed(
                f"The journal {self.path.name} belongs to another account", code="JOURNAL_FOREIGN"
            )

    def _owner(self) -> str | None:
        known = self._begin().row("SELECT value FROM meta WHERE name = 'account'")
        return known["value"] if known else None

    def _move_aside(self, why: str) -> None:
        self._broken = why.removeprefix("The journal is damaged: ")
        self._close()
        stamp = self._clock.now().strftime("%Y%m%d-%H%M%S")
        self.path.rename(self.path.with_name(f"{self.path.name}.damaged-{stamp}"))
        for suffix in ("-journal", "-wal", "-shm"):
            side = self.path.with_name(self.path.name + suffix)
            if side.exists():
                side.rename(side.with_name(f"{side.name}.damaged-{stamp}"))
        self._connect(self._account)

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
        tx = self._begin()
        found = journal_check.pages(tx, contents=True) or self._verify_chain(None)
        return found or journal_check.purchases(tx) or journal_check.deliveries(tx)

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
                found = event_chain.first_break(rows, whole=True)
                found = found or journal_check.purchases(Transaction(held, "", ""))
        except sqlite3.Error:
            return "it is no journal any more"
        return found or "its event chain is unbroken"

    def _sync_folder(self) -> None:
        fd = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def _watched(self, work: Callable[[], T]) -> T:
        """Do a piece of work; once it shows damage, nothing is bought with this journal."""
        try:
            return translated(work)
        except JournalFailed as failure:
            if failure.code == "JOURNAL_DAMAGED" and not self.read_only:
                self.read_only = (
                    f"{failure.message}. Buying is off; start carddesk again: the next start"
                    " examines all of it"
                )
                with contextlib.suppress(OSError):
                    self._suspect.touch(0o600)
            raise

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            future = self._thread.submit(lambda: self._watched(work))
        except RuntimeError as error:
            raise JournalFailed("The journal is closed", code="JOURNAL_CLOSED") from error
        return await _uncancelled(future)


async def _uncancelled(future: Future[T]) -> T:
    """Await a thread's work; a cancelled awaiter leaves the work itself untouched."""
    waiter = asyncio.wrap_future(future)
    waiter.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(waiter)


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
