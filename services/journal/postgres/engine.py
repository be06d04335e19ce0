"""The journal on a PostgreSQL server that the team runs.

Every writer takes the account's lock first, as the file's writers do, and every time that is
written is the server's.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from psycopg import errors

from services.domain import event_log
from services.domain.errors import AWAY, JournalDamaged, JournalFailed
from services.journal import integrity, location, mark, rows
from services.journal.emergency_file import Emergency
from services.journal.mark import MOVED_TO
from services.journal.postgres import session, statements
from services.journal.postgres.consoles import ServerConsoles
from services.journal.postgres.kept_purchases import (
    KeptPurchases,
    contested,
    is_lost,
    write_again,
)
from services.journal.postgres.roles import OWNER
from services.journal.postgres.session import (
    CONNECT_SECONDS,
    Connection,
    JournalServer,
    bounded,
    conflict,
    connect,
    failure,
    foreign,
    refuse_unfit,
)
from services.journal.postgres.statements import (
    LOCK,
    WRITERS,
    Dialect,
    ReadStart,
    ServerLine,
    StatementAnswer,
    WriteStart,
)
from services.journal.schema import VERSION
from services.journal.transaction import JournalTransaction, TransactionStart
from services.system.clock import CorrectedClock

T = TypeVar("T")

AWAY_SECONDS = 2.0
"""How long after a failed connection the next one is not tried."""
SETTLE_SECONDS = 8.0
"""How long a commit without an answer is asked about."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
"""Seconds between two such questions: twice as long each time."""


LOOKS_ONLY: Final = "Your login may read the journal and write notes and marks, but not buy"

_ASKED: Final = (
    "SELECT pg_is_in_recovery() AS standby, {now} AS now, to_regclass('meta') IS NOT NULL AS here,"
    " to_regnamespace(%s) IS NOT NULL AS there, coalesce(has_schema_privilege("
    "to_regnamespace(%s), 'USAGE'), false) AS usable,"
    " coalesce(has_table_privilege(to_regclass('purchases'), 'INSERT'), false) AS buys,"
    f" coalesce(pg_has_role(to_regrole('{OWNER}'), 'MEMBER'), false) AS owns"
)


class PostgresEngine:
    """One connection for everything that is written and read.

    Args:
        server: where the journal is.
        path: the place on this host beside which the emergency file lies.
        emergency: that file.
        clock: takes the server's time at each connection.
        who: the operator, for what is written; the login where it is empty.
        pause: lets the journal's thread rest for so many seconds.
    """

    has_logins = True

    def __init__(
        self,
        server: JournalServer,
        path: Path,
        emergency: Emergency,
        clock: CorrectedClock,
        who: str,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.read_only = ""
        self.notes_only = False
        self.standby = False
        self.is_owner = False
        self._server: Final = server
        self._path: Final = path
        self._emergency: Final = emergency
        self._clock: Final = clock
        self.consoles: Final = ServerConsoles(server, who)
        self._away_since: datetime | None = None
        self.listen: Final = self.consoles.listen
        self.who = who
        self._pause: Final = pause
        self._account = ""
        self._connection: Connection | None = None
        self._away_until = 0.0
        self._compared = False
        self._looked = 0
        self._kept: Final = KeptPurchases(path)

    @property
    def away_since(self) -> datetime | None:
        """Since when the server cannot be reached, as the line for news shows it first."""
        if self.standby or self.consoles.connected.is_set():
            self._away_since = None
        elif self._away_since is None:
            self._away_since = self._clock.now()
        return self._away_since

    def open(self, account: str) -> None:
        """Connect, and make sure that the journal there is of this version and account."""
        self._account = account
        location.prepare(self._path)
        try:
            self._emergency.open()
            self._kept.forget(self._clock.now())
        except OSError as error:
            self.read_only = f"No room for the emergency file ({error.strerror}). Buying is off"
        self._usable()
        if self.standby:
            # It takes no sign of life, and says nothing of changes.
            return
        self.consoles.begin()
        if not self.consoles.connected.wait(CONNECT_SECONDS):
            raise self.consoles.failed or psycopg.OperationalError("no sign of life could be left")

    def open_to_read(self, account: str, why: str) -> None:
        """Connect where this host's disk takes nothing; buying is off."""
        self._account = account
        self.read_only = f"Nothing can be kept on this host: {why}. Buying is off"
        self._usable()

    def close(self) -> None:
        """Close the connection and the room for the emergency file."""
        self._emergency.close()
        self._drop()

    def leave(self) -> None:
        """The sign of life ends with the desk, not with the journal."""

    def transaction(self, work: Callable[[JournalTransaction], T], *, answered: bool = False) -> T:
        """Let a function write under the account's lock, all or nothing.

        When the answer to COMMIT is lost, the server is asked what became of the transaction.
        """
        connection = self._usable()
        sent: list[tuple[str, T]] = []
        try:
            with bounded(connection, session.ANSWER_SECONDS), connection.pipeline() as pipeline:
                line = ServerLine(connection, pipeline)
                start = WriteStart(line, self._server.schema)
                tx = self._begun(line, start)
                result = work(tx)
                written = _rows(line, tx.purchases)
                if start.revised:
                    line.ask("SELECT pg_notify(%s, %s)", (self._server.schema, self.consoles.name))
                sent.append((start.number, result))
                line.ask("COMMIT")
            line.ended()
            with contextlib.suppress(OSError):
                self._kept.add(written.fetchall() if written else ())
        except psycopg.OperationalError:
            self._roll_back()
            if not sent or not self._lost() or answered or not self._committed(sent[0][0]):
                raise
        except BaseException:
            self._roll_back()
            raise
        return sent[0][1]

    def snapshot(self, work: Callable[[JournalTransaction], T]) -> T:
        """Let a function read one state of the journal, whatever others commit meanwhile."""
        connection = self._usable()
        try:
            with bounded(connection, session.ANSWER_SECONDS), connection.pipeline() as pipeline:
                line = ServerLine(connection, pipeline)
                result = work(self._begun(line, ReadStart(line)))
                line.ask("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        return result

    def changes(self) -> int:
        """Return how often it was heard that the journal changed; a standby may have any time."""
        self._looked += self.standby
        return self.consoles.changes + self._looked

    def watched(self, work: Callable[[], T]) -> T:
        """Do a piece of work; what fails leaves as a JournalFailed or a Conflict."""
        try:
            return work()
        except errors.UniqueViolation as error:
            raise conflict(error) from error
        except psycopg.Error as error:
            raise failure(error, self._server) from error
        except rows.Unreadable as error:
            raise JournalDamaged(str(error)) from error
        except OSError as error:
            raise JournalFailed(
                f"The emergency file cannot be written: {error.strerror or error}",
                code="JOURNAL_UNWRITABLE",
            ) from error

    def in_place(self) -> None:
        """A server's journal is where its connection leads."""

    def room_wanted(self) -> str:
        """Say that too little room is left for the emergency file, or return an empty text."""
        return location.room_wanted(self._path.parent)

    def make_ready(self) -> None:
        """Make sure that the server answers and the emergency file can be written."""
        try:
            self._emergency.open()
        except OSError as error:
            raise JournalFailed(
                f"No room for the emergency file ({error.strerror})",
                advice="Nothing was sent. Free disk space.",
                code="JOURNAL_FULL",
            ) from error
        self._usable()

    def set_aside(self, why: str) -> None:
        """A damaged journal on a server is for the person who runs it."""
        raise JournalFailed(
            f"The journal on the server is damaged ({why})",
            advice="Nothing was changed, and buying is off. Restore it from a backup.",
            code="JOURNAL_DAMAGED",
        )

    def verified(self, work: Callable[[JournalTransaction], T]) -> tuple[T, str]:
        """Run a function that only reads, then check the chain and each purchase against it."""

        def both(tx: JournalTransaction) -> tuple[T, str]:
            read = work(tx)
            events: Sequence[Mapping[str, Any]] = integrity.events(tx)
            broken = event_log.first_break(events, whole=True)
            return read, broken or integrity.purchases(tx) or integrity.deliveries(tx)

        return self.snapshot(both)

    def examine_copies(self) -> tuple[str, ...]:
        """None is made of a journal on a server."""
        return ()

    def _begun(self, line: ServerLine, start: TransactionStart) -> JournalTransaction:
        return JournalTransaction(Dialect(line), start, self.who)

    def _usable(self) -> Connection:
        connection = self._connection
        if connection is not None and not connection.closed and not connection.broken:
            if not self._compared and not self.read_only:
                self._compared = True
                try:
                    self._write_again()
                except BaseException:
                    self._compared = False
                    raise
            return connection
        if self._clock.steady() < self._away_until and not self.consoles.connected.is_set():
            raise JournalFailed(
                f"The journal's server cannot be reached ({self._server.place})",
                advice="Nothing can be bought until it is back; carddesk tries again by itself.",
                code=AWAY,
            )
        self._drop()
        try:
            connection = connect(self._server)
        except psycopg.Error:
            self._away_until = self._clock.steady() + AWAY_SECONDS
            raise
        try:
            with bounded(connection, session.ANSWER_SECONDS):
                self._examine(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self.who = self.who or connection.info.user
        self._compared = False
        return self._usable()

    def _write_again(self) -> None:
        """Write what this host has committed and the server has lost, since it failed over."""
        kept = self._kept.newest(self._clock.now())
        lost = self.snapshot(lambda tx: [row for row in kept if is_lost(tx, row)]) if kept else []
        for row in lost:
            try:
                self._restore(row)
            except errors.UniqueViolation as taken:
                # Of two unsettled purchases of the same goods the other one is settled first.
                if "order_id" in str(conflict(taken)):
                    self._restore(contested(row))

    def _restore(self, row: Mapping[str, Any]) -> None:
        self.transaction(lambda tx: write_again(tx, row))

    def _examine(self, connection: Connection) -> None:
        """Make sure that this is a journal of ours that can be written safely."""
        refuse_unfit(connection)
        asked = _ASKED.format(now=statements.NOW)
        row = connection.execute(asked.encode(), (self._server.schema,) * 2).fetchone() or {}
        self._clock.correct(datetime.fromisoformat(row["now"]))
        if row["there"] and not row["here"] and not row["usable"]:
            raise JournalFailed(
                f"Your login may not use the journal in {self._server.place}",
                advice="Nothing was sent. Ask who runs it for the role of a desk or of support.",
                code="JOURNAL_RIGHTS",
            )
        if not row["here"]:
            raise JournalFailed(
                f"There is no journal in {self._server.place}",
                advice="Nothing was sent. Make it with carddesk journal init.",
                code="JOURNAL_MISSING",
            )
        held = {
            each["name"]: each["value"]
            for each in connection.execute(
                "SELECT name, value FROM meta WHERE name"
                " IN ('application', 'version', 'account', 'moved_to')"
            )
        }
        if held.get("application") != statements.APPLICATION:
            raise foreign("it was written by another program")
        version = int(held.get("version", "0"))
        if version > VERSION:
            raise foreign(f"it was written by a newer carddesk (schema {version})")
        if version < VERSION:
            raise JournalFailed(
                f"The journal on the server is of an earlier carddesk (schema {version})",
                advice="Nothing was changed. Its owner brings it up to date with"
                " carddesk journal init.",
                code="JOURNAL_FOREIGN",
            )
        self.notes_only, self.is_owner = not row["buys"], row["owns"]
        if self.notes_only:
            self.read_only = LOOKS_ONLY
        self.standby = row["standby"]
        if self.standby:
            self.read_only = "The journal's server is a standby, which can only be read"
        elif place := held.get(MOVED_TO):
            self.read_only = mark.sentence(place)
        elif held.get("account", self._account) != self._account:
            raise foreign("it belongs to another account")
        elif "account" not in held and self.notes_only:
            raise JournalFailed(
                "No desk has opened this journal yet, so it is not known whose it is",
                advice="Nothing was sent. Open it with a login that may buy first.",
                code="JOURNAL_MISSING",
            )
        elif "account" not in held:
            connection.execute(
                "INSERT INTO meta VALUES ('account', %s) ON CONFLICT DO NOTHING", (self._account,)
            )
            self._examine(connection)

    def _lost(self) -> bool:
        return self._connection is None or self._connection.closed or self._connection.broken

    def _committed(self, number: str) -> bool:
        """Ask the server, under the account's lock, whether a transaction was committed.

        Raises:
            psycopg.Error: the server cannot say; what it was about is unknown.
        """
        end = self._clock.steady() + SETTLE_SECONDS
        seconds = FIRST_PAUSE
        while True:
            self._away_until = 0.0
            try:
                connection = self._usable()
                with bounded(connection, session.ANSWER_SECONDS), connection.transaction():
                    connection.execute(LOCK.encode(), (WRITERS, self._server.schema))
                    row = connection.execute(
                        "SELECT pg_xact_status(%s::xid8) AS became", (number,)
                    ).fetchone()
                if row is not None and row["became"] in ("committed", "aborted"):
                    return row["became"] == "committed"
            except psycopg.OperationalError:
                if self._clock.steady() >= end:
                    raise
            if self._clock.steady() >= end:
                raise psycopg.OperationalError("the server does not say what became of it")
            self._pause(seconds)
            seconds = min(2 * seconds, LONGEST_PAUSE)

    def _roll_back(self) -> None:
        connection = self._connection
        if connection is None or connection.closed:
            return
        # Not a statement: psycopg takes what was skipped after a failed one for prepared, and
        # forgets that only here.
        with contextlib.suppress(psycopg.Error):
            connection.rollback()

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def _rows(line: ServerLine, ids: Iterable[str]) -> StatementAnswer | None:
    """Ask for purchases as they are written now, without waiting for the answer."""
    wanted = sorted(ids)
    return line.ask("SELECT * FROM purchases WHERE id = ANY(%s)", (wanted,)) if wanted else None
