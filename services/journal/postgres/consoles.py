"""The consoles of several hosts: a lock at the server is each one's sign of life.

A second connection holds the lock and hears what other consoles have written. The server ends the
lock when the process ends, and within about 20 s when its line is cut. Behind a tunnel it may not
notice: a console that is not heard for 30 s counts as dead whatever it holds.
"""

import os
import secrets
import socket
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import psycopg

from services.journal.postgres.session import Connection, JournalServer, bounded, connect
from services.journal.postgres.statements import NOW
from services.journal.schema import VERSION
from services.journal.transaction import JournalTransaction

_LOCKS = "consoles of {}"
"""What the class of the locks is made of: each schema of a database has its own."""

KEY_REJECTED: Final = "key rejected"
"""What is heard when the vendor rejected a key on another host, instead of a console's name."""

BEAT_SECONDS = 4.0
"""How often the line is tried while nothing is heard, and how long its answer may take."""

SILENT_SECONDS = 30
"""A console that was not heard for so long is taken for dead, even if a tunnel holds its line."""

AGAIN_SECONDS = 1.0
"""How long after a failure the server is tried again."""

HEARD_SECONDS = 0.5
"""How long one wait for news lasts: a console that ends is alive for so long."""

# The time is the server's own, written into the statement by this module.
_SILENT = NOW.replace("clock_timestamp()", f"(clock_timestamp() - interval '{SILENT_SECONDS} s')")
_HELD = (
    "l.locktype = 'advisory' AND l.granted AND l.classid::bigint"
    " = hashtext(%s)::bigint & 4294967295"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_SHOWN = (
    "INSERT INTO presences (name, operator, host, version, since, beat)"  # noqa: S608
    f" VALUES (%s, %s, %s, %s, {NOW}, {NOW})"
    " ON CONFLICT (name) DO UPDATE SET beat = excluded.beat"
    " RETURNING number"
)
# Rows stay when their consoles have ended, so that counting them would take longer each day.
_BEAT = (
    f"UPDATE presences SET beat = {NOW} WHERE name = %s"  # noqa: S608
    f" RETURNING (SELECT count(*) FROM pg_locks AS l WHERE {_HELD}) AS consoles"
)
_ALIVE = (
    "SELECT 1 AS one FROM presences AS p JOIN pg_locks AS l ON l.locktype = 'advisory'"  # noqa: S608
    " AND l.granted AND l.classid::bigint = hashtext(?)::bigint & 4294967295"
    " AND l.objid::bigint = p.number"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    f" WHERE p.name = ? AND p.beat > {_SILENT}"
)


_CONNECTED: Final = (
    "SELECT p.operator, p.host, p.version, p.since FROM presences AS p JOIN pg_locks AS l"
    " ON l.locktype = 'advisory' AND l.granted AND l.objid::bigint = p.number"
    " AND l.classid::bigint = hashtext(%s)::bigint & 4294967295"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " ORDER BY p.since, p.number"
)


def connected(connection: Connection, schema: str) -> list[dict[str, Any]]:
    """Return who is connected to the journal of a schema, the longest first."""
    return connection.execute(_CONNECTED.encode(), (_LOCKS.format(schema),)).fetchall()


class ServerConsoles:
    """The consoles that are connected to the journal's server, this one among them.

    Args:
        server: where the journal is.
        operator: who works here; the login where it is empty.
    """

    may_be_cut_off = True
    rejections = 0
    count = 1

    def __init__(self, server: JournalServer, operator: str) -> None:
        self.name: Final = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.connected: Final = Event()
        self.failed: psycopg.Error | None = None
        self._server: Final = server
        self._locks: Final = _LOCKS.format(server.schema)
        self._operator: Final = operator
        self._changed: Callable[[], None] = lambda: None
        self._changes = 0
        self._ending = Event()
        self._listener: Thread | None = None

    @property
    def changes(self) -> int:
        """How often it was heard that the journal changed, or may have."""
        return self._changes

    def alive(self, tx: JournalTransaction, name: str) -> bool:
        """Tell whether the server holds the lock of the console of this presence name."""
        return tx.row(_ALIVE, self._locks, name) is not None

    def listen(self, changed: Callable[[], None]) -> None:
        """Call this, from a thread of its own, whenever the journal changed."""
        self._changed = changed

    def begin(self) -> None:
        """Connect in the background, and again whenever the line is lost."""
        if self._listener is None:
            self._listener = Thread(target=self._stay, name="journal-news", daemon=True)
            self._listener.start()

    def end(self) -> None:
        """Let the lock go, once the wait for news that runs now is over."""
        self._ending.set()

    def _stay(self) -> None:
        lost = False
        while not self._ending.is_set():
            try:
                with connect(self._server) as connection:
                    with bounded(connection, BEAT_SECONDS):
                        shown = self._show(connection)
                    if shown:
                        if lost:
                            # What was said meanwhile was not heard.
                            self.rejections += 1
                        lost = True
                        self.connected.set()
                        self._news()
                        self._listen(connection)
            except psycopg.Error as error:
                self.failed = error
            if self.connected.is_set():
                self.connected.clear()
                self._changed()
            self._ending.wait(AGAIN_SECONDS)

    def _show(self, connection: Connection) -> bool:
        """Take the lock of this console; its row stays the same however often the line is lost."""
        connection.execute(f"LISTEN {self._server.schema}".encode())
        row = connection.execute(
            _SHOWN.encode(),
            (
                self.name,
                self._operator or connection.info.user,
                socket.gethostname(),
                str(VERSION),
            ),
        ).fetchone()
        number = row["number"] if row else 0
        lock = "SELECT pg_try_advisory_lock(hashtext(%s), %s) AS held"
        # The server may not have noticed yet that the line before is gone.
        held = connection.execute(lock.encode(), (self._locks, number)).fetchone()
        return bool(held and held["held"])

    def _listen(self, connection: Connection) -> None:
        heard_at = float("-inf")
        while not self._ending.is_set():
            for heard in connection.notifies(timeout=HEARD_SECONDS, stop_after=1):
                if heard.payload == KEY_REJECTED:
                    self.rejections += 1
                elif heard.payload != self.name:
                    self._news()
            if monotonic() - heard_at > BEAT_SECONDS:
                with bounded(connection, BEAT_SECONDS):
                    beat = connection.execute(_BEAT.encode(), (self.name, self._locks)).fetchone()
                self.count = max(1, beat["consoles"]) if beat else 1
                heard_at = monotonic()

    def _news(self) -> None:
        self._changes += 1
        self._changed()
