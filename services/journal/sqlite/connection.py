"""The open SQLite file of a journal: its connection, its owner, transactions, and its failures.

Everything here runs in the journal's thread.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from services.domain.errors import JournalDamaged, JournalFailed
from services.journal import rows
from services.journal.sqlite.migrations import ForeignJournal, is_current, migrate
from services.journal.transaction import Conflict, JournalTransaction, ReadWhenAsked
from services.system.clock import Clock
from services.system.liveness import InUse

T = TypeVar("T")
BUSY_SECONDS = 5.0
SQLITE_VERSION: Final = sqlite3.sqlite_version


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Tell whether a version of SQLite has the fix for WAL files that several connections reset."""
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )


WAL_IS_SAFE = wal_is_safe(sqlite3.sqlite_version_info)


class JournalFile:
    """One connection to the file of one account.

    Args:
        clock: time, for what is written.
        who: the operator, for what is written.

    Attributes:
        in_use: the mark that this process has the file open.
    """

    def __init__(self, path: Path, clock: Clock, who: str) -> None:
        self.path: Final = path
        self.in_use: Final = InUse(path.with_name(path.name + ".open"))
        self.account = ""
        self.connection: sqlite3.Connection | None = None
        self._clock: Final = clock
        self._who: Final = who
        self._inode = 0

    def connect(self) -> None:
        """Open or create the file and bring it up to date; JournalFailed if it is another's."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._inode = os.fstat(fd).st_ino
        os.close(fd)
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self.connection = connection
        connection.row_factory = as_dict
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        connection.execute(f"PRAGMA journal_mode = {'WAL' if WAL_IS_SAFE else 'DELETE'}")
        connection.execute(f"PRAGMA synchronous = {'FULL' if WAL_IS_SAFE else 'EXTRA'}")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.row_factory = None
        try:
            migrate(connection, self.path, self.in_use)
        except ForeignJournal as reason:
            raise JournalFailed(
                f"The journal {self.path.name} cannot be used: {reason}", code="JOURNAL_FOREIGN"
            ) from reason
        connection.row_factory = as_dict
        if self._owner() is None:
            # Another console may have opened it since: the first to say whose it is has said it.
            claim = "INSERT OR IGNORE INTO meta VALUES ('account', ?)"
            self.transaction(lambda tx: tx.run(claim, self.account))
        if self._owner() != self.account:
            raise JournalFailed(
                f"The journal {self.path.name} belongs to another account", code="JOURNAL_FOREIGN"
            )

    def connect_to_read(self) -> None:
        """Open a file of this version and account, as it is; JournalFailed for another."""
        self._inode = self.path.stat().st_ino
        place = f"{self.path.absolute().as_uri()}?mode=ro"
        if os.statvfs(self.path).f_flag & os.ST_RDONLY:
            # No file for locks can be made there, and no process writes what they would guard.
            place += "&immutable=1"
        connection = sqlite3.connect(
            place, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self.connection = connection
        connection.execute("PRAGMA trusted_schema = OFF")
        if not is_current(connection):
            raise JournalFailed(
                f"The journal {self.path.name} is of another version of carddesk, and cannot be"
                " brought up to date where nothing can be written",
                code="JOURNAL_FOREIGN",
            )
        connection.row_factory = as_dict
        if self._owner() != self.account:
            raise JournalFailed(
                f"The journal {self.path.name} belongs to another account", code="JOURNAL_FOREIGN"
            )

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def in_place(self) -> None:
        """Make sure that the open file still is the journal, not one that was moved or deleted.

        Another console would find no journal there and know nothing of what is bought here.

        Raises:
            JournalFailed: another file, or none, is in its place.
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

    def snapshot(self, work: Callable[[JournalTransaction], T]) -> T:
        """Let a function read one state of the file, whatever other processes commit meanwhile."""
        connection = self._open_connection()
        connection.execute("BEGIN")
        try:
            return work(self.begin())
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def transaction(self, work: Callable[[JournalTransaction], T]) -> T:
        """Let a function write in one immediate transaction, all or nothing."""
        connection = self._open_connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self.begin())
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def begin(self) -> JournalTransaction:
        """Return what statements are run with, stamped with this moment."""
        now = rows.iso(self._clock.now()) or ""
        connection = self._open_connection()
        return JournalTransaction(connection, ReadWhenAsked(connection, now), self._who)

    def sync_folder(self) -> None:
        """Make sure that a new file is in its folder after a power cut."""
        fd = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def _owner(self) -> str | None:
        known = self.begin().row("SELECT value FROM meta WHERE name = 'account'")
        return known["value"] if known else None

    def _open_connection(self) -> sqlite3.Connection:
        if self.connection is None:
            raise JournalFailed("The journal is not open", code="JOURNAL_CLOSED")
        return self.connection


def as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row by the names of its columns."""
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def translated(work: Callable[[], T]) -> T:
    """Do a piece of work; whatever fails in the file leaves as a JournalFailed or a Conflict."""
    try:
        return work()
    except sqlite3.IntegrityError as error:
        raise Conflict(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise _failure(error) from error
    except rows.Unreadable as error:
        raise JournalDamaged(str(error)) from error
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
        return JournalDamaged()
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return JournalFailed("The journal cannot be written", code="JOURNAL_UNWRITABLE")
    return JournalFailed(f"The journal failed ({name or 'unknown'})", code="JOURNAL_FAILED")
