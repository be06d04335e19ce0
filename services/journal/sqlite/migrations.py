"""Bringing a file to the journal's schema: each step in one transaction, after a backup."""

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from services.domain.errors import JournalFailed
from services.domain.typed import note_tokens
from services.journal.schema import STEPS, VERSION, statements
from services.system.liveness import InUse

APPLICATION_ID = 0x43444B31  # "CDK1"


class ForeignJournal(Exception):
    """The file is a database, but not one that this version can write; the text says why."""


def migrate(connection: sqlite3.Connection, path: Path, in_use: InUse) -> None:
    """Bring an open journal to the current schema.

    A step and its version number are one transaction, so a death in the middle leaves the step
    before it whole; the copy beside the journal is for a person.

    Args:
        connection: the open journal.
        path: its file.
        in_use: the mark that this process has it open: a program of an earlier version that is
            still open cannot read what a step changed.

    Raises:
        ForeignJournal: it belongs to another program or to a newer carddesk.
        JournalFailed: it has to be brought up to date, and another process has it open.
    """
    # Read at one moment: another console may be taking the first step now.
    connection.execute("BEGIN")
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    connection.execute("COMMIT")
    if application != APPLICATION_ID and (application or version or tables):
        raise ForeignJournal("it was written by another program")
    if version > VERSION:
        raise ForeignJournal(f"it was written by a newer carddesk (schema {version})")
    if version == VERSION:
        return
    if not version:
        _step_up(connection, version)
        return
    with in_use.alone() as alone:
        if in_use.known and not alone:
            raise _still_open(path, version, in_use.others())
        _keep_copy(connection, path, version)
        _step_up(connection, version)


def _still_open(path: Path, version: int, others: tuple[int, ...]) -> JournalFailed:
    host = socket.gethostname()
    where = ", ".join(f"process {pid} on {host}" for pid in others) or f"a process on {host}"
    return JournalFailed(
        f"The journal {path.name} is of an earlier carddesk (schema {version}) that still has it"
        f" open: {where}",
        advice="Nothing was changed. Press q in every console of this account and let its commands"
        " end, then start carddesk again.",
        code="JOURNAL_IN_USE",
    )


def _step_up(connection: sqlite3.Connection, version: int) -> None:
    for number, step in enumerate(STEPS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _pragma(connection, "user_version") < number:
                for statement in statements(step):
                    connection.execute(statement)
                if number in _FILLED:
                    _FILLED[number](connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def is_current(connection: sqlite3.Connection) -> bool:
    """Tell whether an open journal has the current schema."""
    ours = _pragma(connection, "application_id") == APPLICATION_ID
    return ours and _pragma(connection, "user_version") == VERSION


def _keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Copy the journal as it is before its first step, readable by its owner alone.

    Another console may have taken the step since: then its copy is the one of before.
    """
    for left in path.parent.glob(f"{path.stem}.v{version}.[0-9]*"):
        if not _runs(left.suffix[1:]):
            left.unlink(missing_ok=True)
    fresh = path.with_suffix(f".v{version}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    copy = sqlite3.connect(fresh)
    try:
        connection.backup(copy)
        taken = _pragma(copy, "user_version")
    finally:
        copy.close()
    if taken == version:
        fresh.replace(path.with_suffix(f".v{version}.backup"))
    else:
        fresh.unlink()


def _runs(process: str) -> bool:
    """Tell whether there is a process of this number."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _index_notes(connection: sqlite3.Connection) -> None:
    """Fill the index of notes from the purchases that there are."""

    def rows() -> Iterator[tuple[str, str]]:
        noted = connection.execute("SELECT id, note FROM purchases WHERE note <> ''")
        for purchase_id, note in noted:
            for word in note_tokens.indexed(note):
                yield word, purchase_id

    connection.executemany("INSERT OR IGNORE INTO note_words VALUES (?, ?)", rows())


_FILLED: Mapping[int, Callable[[sqlite3.Connection], None]] = {2: _index_notes}
"""What SQL alone cannot work out from the rows that were there before a step."""


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
