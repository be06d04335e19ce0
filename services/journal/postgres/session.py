"""A connection to the journal's server: how it is made, what bounds its waits, how it fails."""

import contextlib
import logging
import os
from collections.abc import Generator
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg import errors
from psycopg.rows import DictRow, dict_row

from services.domain.errors import AWAY, JournalFailed
from services.journal.transaction import Conflict

OLDEST_SERVER = 14
CONNECT_SECONDS = 5
ANSWER_SECONDS = 20.0
"""How long an answer of the server is waited for; longer than any statement may take there."""

# A host that is cut off is given up after about 20 s, and holds the lock of writers for 4 s at
# most: less than others wait for it.
_OPTIONS: Final = {
    "statement_timeout": "15000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "4000",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "15000",
    "client_connection_check_interval": "2000",
    "synchronous_commit": "on",
    "timezone": "UTC",
}

# What a broken line leaves to be said is said by the desk, in its own words and place.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)

_NEAR: Final = frozenset({"localhost", "127.0.0.1", "::1", ""})

Connection = psycopg.Connection[DictRow]


class JournalServer(Struct, frozen=True):
    """Where the team's journal is.

    `parameters` are those of libpq, without a password; `schema` is the one of the environment.
    """

    parameters: dict[str, str]
    schema: str = "carddesk"

    @property
    def place(self) -> str:
        """The server, database and schema in words, for a person; no password is in it."""
        named = self.parameters
        if "service" in named:
            return f"service {named['service']}"
        host, port = named.get("host", "this host"), named.get("port", "5432")
        return f"{named.get('dbname', 'carddesk')} on {host}:{port}"


def connect(server: JournalServer) -> Connection:
    """Open a connection whose every wait is bounded; raises psycopg.Error."""
    options = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())
    parameters: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "application_name": "carddesk",
        **server.parameters,
    }
    return Connection.connect(
        autocommit=True,
        row_factory=dict_row,
        options=f"{options} -c search_path={server.schema}",
        **parameters,
    )


def near(host: str) -> bool:
    """Tell whether no line leads to a host: it is this one, or a socket on it."""
    return host in _NEAR or host.startswith("/")


def refuse_unfit(connection: Connection) -> None:
    """Make sure that a journal can be kept on this server; raises JournalFailed."""
    version = connection.info.server_version // 10_000
    if version < OLDEST_SERVER:
        raise foreign(
            f"it runs version {version} of PostgreSQL, and {OLDEST_SERVER} or newer is needed"
        )
    info = connection.info
    if not near(info.host) and info.get_parameters().get("sslmode") != "verify-full":
        # Only a service file can say so: the settings leave no choice.
        raise JournalFailed(
            "The line to the journal's server is not proven by TLS",
            advice="Nothing was sent. Write sslmode=verify-full into the service's file.",
            code="JOURNAL_TLS",
        )
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        raise foreign(f"its encoding is {encoding}, not UTF8")


def foreign(why: str) -> JournalFailed:
    """Return the failure of a journal on a server that is not ours to use; `why` is a clause."""
    return JournalFailed(
        f"The journal on the server cannot be used: {why}",
        advice="Nothing was sent.",
        code="JOURNAL_FOREIGN",
    )


@contextlib.contextmanager
def bounded(connection: Connection, seconds: float) -> Generator[None]:
    """End the line if what is done meanwhile takes longer.

    Behind a tunnel a line that is cut stays open on this side: no time-out of the server, nor of
    the kernel, ends the wait for an answer.
    """
    timer = Timer(seconds, _hang_up, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: Connection) -> None:
    with contextlib.suppress(OSError, psycopg.Error):
        line = socket(fileno=os.dup(connection.fileno()))
        with line:
            line.shutdown(SHUT_RDWR)


def conflict(error: errors.UniqueViolation) -> Conflict:
    """Return the broken rule with the names of its columns, as the journal's callers read it."""
    return Conflict(f"{error.diag.constraint_name}: {error.diag.message_detail}")


def failure(error: psycopg.Error, server: JournalServer) -> JournalFailed:
    """Return what a failure of the server means for the operator."""
    if isinstance(error, errors.InsufficientPrivilege):
        return JournalFailed(
            "The journal's server does not allow this to your login",
            advice="Nothing was changed. Ask who runs the journal for the right, if you need it.",
            code="JOURNAL_RIGHTS",
        )
    if isinstance(error, errors.LockNotAvailable | errors.QueryCanceled | errors.DeadlockDetected):
        return JournalFailed(
            "The journal is held by another console that does not let go", code="JOURNAL_LOCKED"
        )
    if isinstance(error, errors.DiskFull):
        return JournalFailed("The disk of the journal's server is full", code="JOURNAL_FULL")
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return JournalFailed(
            "The journal's server is a standby, which can only be read",
            advice="Nothing was changed. Connect to the server that leads.",
            code="JOURNAL_UNWRITABLE",
        )
    if isinstance(error, psycopg.OperationalError | errors.IdleInTransactionSessionTimeout):
        if refused := _refused(str(error).lower()):
            message, advice, code = refused
            return JournalFailed(f"{message} ({server.place})", advice=advice, code=code)
        return JournalFailed(
            f"The journal's server cannot be reached ({server.place})",
            advice="Nothing can be bought until it is back; carddesk tries again by itself.",
            code=AWAY,
        )
    return JournalFailed(
        f"The journal failed ({error.sqlstate or 'unknown'})", code="JOURNAL_FAILED"
    )


_REFUSALS: Final = (
    (
        ("too many clients", "too many connections", "remaining connection slots"),
        "The journal's server has no connection left",
        "Leave consoles that are not needed, or let who runs it raise max_connections.",
        "JOURNAL_CONNECTIONS",
    ),
    (
        ("certificate", "tls", "ssl"),
        "The journal's server does not prove over TLS who it is",
        "Nothing was sent. Name its CA in journal_ca, and its host as its certificate has it.",
        "JOURNAL_TLS",
    ),
    (
        ("authentication", "no password supplied", "pg_hba", "role "),
        "The journal's server does not accept your login",
        "Compare the name in the setting journal, and the password in journal_passfile.",
        "JOURNAL_LOGIN",
    ),
    (
        ("database ",),
        "There is no such database on the journal's server",
        "Correct the setting journal, or let who runs the server make it.",
        "JOURNAL_MISSING",
    ),
    (
        ("definition of service", "service file"),
        "The service that the setting journal names is not known on this host",
        "Write it into ~/.pg_service.conf, or name the server itself.",
        "JOURNAL_MISSING",
    ),
)
"""By words of a connection that was refused: libpq gives no code with them."""


def _refused(text: str) -> tuple[str, str, str] | None:
    """Return message, advice and code of a connection that was refused, None of one that failed."""
    if "fatal" not in text and not any(word in text for word in ("ssl", "tls", "certif", "servi")):
        return None
    for words, message, advice, code in _REFUSALS:
        if any(word in text for word in words):
            return message, advice, code
    return None
