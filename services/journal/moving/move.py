"""Moving a journal: it is marked where it was, copied whole, and compared before it is used.

The mark is on the disk before the copy can be used, so that no death in the middle leaves two
journals to buy with; the same command then goes on.
"""

import contextlib
import os
import socket
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Final, NoReturn

import psycopg
from msgspec import Struct

from services.domain import event_log
from services.domain.errors import JournalFailed
from services.journal import integrity, location
from services.journal.mark import MOVED_TO, moved_to
from services.journal.moving import tables
from services.journal.moving.tables import Tables
from services.journal.postgres.consoles import connected
from services.journal.postgres.session import Connection, JournalServer, connect
from services.journal.postgres.statements import LOCK, WRITERS, Dialect, ServerLine, WriteStart
from services.journal.postgres.status import facts
from services.journal.schema import VERSION
from services.journal.sqlite.connection import JournalFile, translated
from services.journal.transaction import JournalTransaction
from services.system.clock import Clock
from services.system.files import shown

KIND: Final = "moved"
NOTHING_DONE: Final = "Nothing was changed."
UNUSED: Final = frozenset({"meta", "events", "leases", "prices_seen"})
"""Tables that a journal may have rows in before anything is bought with it."""


class Moved(Struct, frozen=True):
    """A journal that was moved: from where, to where, and what of it was compared."""

    source: str
    target: str
    purchases: int
    events: int
    head: str


class Mover:
    """Moves the journal of one account between a file on this host and a server.

    Args:
        path: the file, whether it is there or not.
        account: whose journal it is.
        server: where the team's journal is or will be; its schema has been made.
        clock: time, for what is written into the file.
        who: the operator, for what is written into the file.
    """

    def __init__(
        self, path: Path, account: str, server: JournalServer, clock: Clock, who: str
    ) -> None:
        self._path: Final = path
        self._account: Final = account
        self._server: Final = server
        self._clock: Final = clock
        self._who: Final = who
        self._there: Final = f"{server.place}, schema {server.schema}"
        self._here: Final = f"{shown(path)} on {socket.gethostname()}"

    def to_server(self) -> Moved:
        """Copy the file into the server; nothing is bought with the file any more then.

        Raises:
            JournalFailed: another process has the file open, it is damaged or was moved elsewhere,
                or the journal on the server is in use, or not of this version.
            psycopg.Error: the server failed; the file is used on unless it had been copied.
        """
        if not self._path.exists():
            _refuse("There is no journal of this account in a file on this host", "JOURNAL_MISSING")
        location.prepare(self._path)
        with (
            location.turn(self._path),
            self._file() as file,
            connect(self._server) as connection,
        ):
            place = file.snapshot(moved_to)
            if place not in ("", self._there):
                _refuse(f"This journal was moved to {place} before", "JOURNAL_MOVED")
            translated(lambda: _examine(file))
            self._begin(connection)
            there = tables.of_server(connection, self._server.schema)
            held = translated(lambda: _all_of(file))
            if place and not tables.differing(held, there):
                # It was interrupted once all was there.
                return self._done(self._here, self._there, held)
            _refuse_used(there, self._there)
            if not place:
                translated(lambda: file.transaction(lambda tx: _mark(tx, self._there)))
                held = translated(lambda: _all_of(file))
            try:
                tables.into_server(connection, held)
                _compare(held, tables.of_server(connection, self._server.schema))
            except BaseException:
                translated(lambda: file.transaction(_unmark))
                raise
            connection.execute("COMMIT")
            return self._done(self._here, self._there, held)

    def to_file(self) -> Moved:
        """Copy the server's journal into the file; nothing is bought with the server then.

        Raises:
            JournalFailed: a console is connected, the journal is damaged or was moved elsewhere,
                or there is a journal in the file that was not moved.
            psycopg.Error: the server failed, or does not allow it; it is used on then.
        """
        location.prepare(self._path)
        with connect(self._server) as connection, location.turn(self._path):
            self._begin(connection)
            place = facts(connection, self._server).get(MOVED_TO, "")
            if place not in ("", self._here):
                _refuse(f"This journal was moved to {place} before", "JOURNAL_MOVED")
            before = self._left_behind()
            if wrong := _broken(tables.of_server(connection, self._server.schema)):
                _refuse(f"The journal on the server is damaged ({wrong})", "JOURNAL_DAMAGED")
            if not place:
                tx = self._writing(connection)
                _mark(tx, self._here)
            # Known to be on the disk before there is another journal to buy with.
            connection.execute("COMMIT")
            try:
                held = self._written(connection)
            except BaseException:
                self._unmarked(connection)
                raise
            if before:
                self._path.rename(before)
            self._fresh.rename(self._path)
            _sync(self._path.parent)
            return self._done(self._there, self._here, held)

    @contextlib.contextmanager
    def _file(self) -> Generator[JournalFile]:
        """Open the journal's file, which no other process may have open meanwhile."""
        file = JournalFile(self._path, self._clock, self._who)
        file.account = self._account
        file.in_use.take()
        try:
            with file.in_use.alone() as alone:
                if not alone:
                    _refuse("Another console or command has the journal open", "JOURNAL_IN_USE")
                translated(file.connect)
                yield file
        finally:
            file.close()
            file.in_use.drop()

    def _begin(self, connection: Connection) -> None:
        """Begin a transaction on the server as its only writer, while no console is connected."""
        connection.execute("BEGIN")
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(f"SET LOCAL {name} = 0".encode())
        connection.execute(LOCK.encode(), (WRITERS, self._server.schema))
        found = facts(connection, self._server)
        if found.get("account", self._account) != self._account:
            _refuse("The journal on the server belongs to another account", "JOURNAL_FOREIGN")
        if int(found.get("version", "0")) != VERSION:
            _refuse("The journal on the server is not of this version", "JOURNAL_FOREIGN")
        if there := connected(connection, self._server.schema):
            who = ", ".join(f"{each['operator']} on {each['host']}" for each in there)
            _refuse(f"Consoles are connected to the server: {who}", "JOURNAL_IN_USE")

    def _unmarked(self, connection: Connection) -> None:
        """Take the mark off the server's journal, which is used on."""
        with contextlib.suppress(psycopg.Error):
            connection.execute("ROLLBACK")
            connection.execute("DELETE FROM meta WHERE name = %s", (MOVED_TO,))

    def _writing(self, connection: Connection) -> JournalTransaction:
        """Return what writes in the transaction that is open."""
        line = ServerLine(connection, None)
        start = WriteStart(line, self._server.schema, begun=True)
        return JournalTransaction(Dialect(line), start, connection.info.user)

    @property
    def _fresh(self) -> Path:
        """The file while it is not whole yet."""
        return self._path.with_name(f"{self._path.name}.moving")

    def _left_behind(self) -> Path | None:
        """Return what the file that is there is renamed to: one that was moved to this server."""
        if not self._path.exists():
            return None
        with self._file() as file:
            if file.snapshot(moved_to) != self._there:
                _refuse(
                    f"There is a journal in a file here already: {shown(self._path)}",
                    "JOURNAL_EXISTS",
                )
        return self._path.with_name(f"{self._path.name}.moved-{self._clock.now():%Y%m%d-%H%M%S}")

    def _written(self, connection: Connection) -> Tables:
        """Write the new file and compare it; it is not in its place yet."""
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        held = tables.of_server(connection, self._server.schema)
        connection.execute("COMMIT")
        self._fresh.unlink(missing_ok=True)
        file = JournalFile(self._fresh, self._clock, self._who)
        file.account = self._account

        def fill() -> None:
            file.connect()
            opened = _connection(file)
            opened.execute("BEGIN IMMEDIATE")
            tables.into_file(opened, held)
            opened.execute("COMMIT")
            _compare(held, _all_of(file))
            _examine(file)

        try:
            translated(fill)
        except BaseException:
            file.close()
            self._fresh.unlink(missing_ok=True)
            raise
        file.close()
        return held

    def _done(self, source: str, target: str, held: Tables) -> Moved:
        log = tables.events(held)
        head = f"{log[-1]['seq']}:{log[-1]['hash']}" if log else f"0:{event_log.FIRST_HASH}"
        return Moved(source, target, len(held["purchases"][1]), len(log), head)


def _mark(tx: JournalTransaction, place: str) -> None:
    tx.event(KIND, why=f"the journal was moved to {place}")
    tx.run("INSERT INTO meta VALUES (?, ?)", MOVED_TO, place)


def _unmark(tx: JournalTransaction) -> None:
    tx.event(KIND, why="the journal was not moved after all")
    tx.run("DELETE FROM meta WHERE name = ?", MOVED_TO)


def _connection(file: JournalFile) -> sqlite3.Connection:
    if file.connection is None:
        raise JournalFailed("The journal is not open", code="JOURNAL_CLOSED")
    return file.connection


def _all_of(file: JournalFile) -> Tables:
    connection = _connection(file)
    usual = connection.row_factory
    connection.execute("BEGIN")
    try:
        return tables.of_file(connection)
    finally:
        connection.row_factory = usual
        connection.execute("ROLLBACK")


def _examine(file: JournalFile) -> None:
    """Make sure that all of a file is what its events say; raises JournalFailed."""

    def wrong(tx: JournalTransaction) -> str:
        return (
            integrity.pages(tx, contents=True)
            or event_log.first_break(integrity.events(tx), whole=True)
            or integrity.purchases(tx)
            or integrity.deliveries(tx)
        )

    if found := file.snapshot(wrong):
        _refuse(f"The journal is damaged ({found})", "JOURNAL_DAMAGED")


def _broken(held: Tables) -> str:
    return event_log.first_break(tables.events(held), whole=True)


def _compare(one: Tables, other: Tables) -> None:
    if found := tables.differing(one, other) or _broken(other):
        raise JournalFailed(
            f"The copy of the journal is not the same as the journal ({found})",
            advice="The journal is used where it was.",
            code="JOURNAL_DAMAGED",
        )


def _refuse_used(there: Tables, place: str) -> None:
    used = next((name for name, (_, held) in there.items() if held and name not in UNUSED), "")
    kinds = {each["kind"] for each in tables.events(there)}
    if used or kinds - {"limits"}:
        _refuse(
            f"The journal in {place} holds something already ({used or 'events'})", "JOURNAL_EXISTS"
        )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse(message: str, code: str) -> NoReturn:
    raise JournalFailed(message, advice=NOTHING_DONE, code=code)
