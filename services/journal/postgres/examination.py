"""What is examined of a journal's server: whether it keeps what it took, and for whom."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from services.journal import rows
from services.journal.postgres import status
from services.journal.postgres.session import Connection, JournalServer, connect
from services.journal.postgres.statements import NOW
from services.journal.postgres.status import ServerStatus

TLS_SECONDS: Final = 5.0
_TLS_REQUEST: Final = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""How PostgreSQL's protocol asks for TLS: its length, and the number that means it."""

_SETTINGS: Final = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
_NAMES: Final = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "synchronous_standby_names",
    "max_connections",
    "superuser_reserved_connections",
)
_CLUSTER: Final = """
SELECT {now} AS now,
    (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c
        WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r')::bigint AS size,
    (SELECT sum(numbackends) FROM pg_stat_database)::bigint AS connections,
    (SELECT count(*) FROM pg_stat_replication) AS standbys,
    (SELECT last_archived_time FROM pg_stat_archiver) AS archived,
    (SELECT last_failed_time FROM pg_stat_archiver) AS failed
"""


class Examined(Struct, frozen=True):
    """What was found out about a server; times are UTC, sizes bytes, None where it is not known.

    Attributes:
        status: the journal there, as this login sees it.
        settings: of the server, by name.
        ahead: the server's clock minus this host's.
        tls: whether the line is encrypted.
        certificate_ends: until when the server's certificate holds.
        size: what the journal takes.
        connections: how many there are, of all databases.
        standbys: how many are connected.
        archived: when the server's log was archived last.
        archive_failed: when that failed last.
    """

    status: ServerStatus
    settings: dict[str, str]
    ahead: timedelta
    tls: bool
    certificate_ends: datetime | None
    size: int
    connections: int
    standbys: int
    archived: datetime | None
    archive_failed: datetime | None


def examine(server: JournalServer) -> Examined:
    """Find out what a journal's server is like; raises as `status.read` does."""
    seen = status.read(server)
    with connect(server) as connection:
        settings = {
            each["name"]: each["setting"] for each in connection.execute(_SETTINGS, (list(_NAMES),))
        }
        began = datetime.now(UTC)
        row = _row(connection, server)
        middle = began + (datetime.now(UTC) - began) / 2
        tls = bool(connection.pgconn.ssl_in_use)
        ends = _certificate_ends(connection, server) if tls else None
    there = rows.moment(row["now"]) or middle
    return Examined(
        status=seen,
        settings=settings,
        ahead=there - middle,
        tls=tls,
        certificate_ends=ends,
        size=row["size"] or 0,
        connections=row["connections"] or 0,
        standbys=row["standbys"],
        archived=row["archived"],
        archive_failed=row["failed"],
    )


def _row(connection: Connection, server: JournalServer) -> dict[str, Any]:
    asked = _CLUSTER.format(now=NOW)
    return connection.execute(asked.encode(), (server.schema,)).fetchone() or {}


def _certificate_ends(connection: Connection, server: JournalServer) -> datetime | None:
    """Return until when the server's certificate holds, from a handshake of its own."""
    root = server.parameters.get("sslrootcert", "system")
    context = ssl.create_default_context(cafile=None if root == "system" else root)
    address = connection.info.hostaddr or connection.info.host, connection.info.port
    try:
        with socket.create_connection(address, TLS_SECONDS) as line:
            line.sendall(_TLS_REQUEST)
            if line.recv(1) != b"S":
                return None
            with context.wrap_socket(line, server_hostname=connection.info.host) as wrapped:
                ends = (wrapped.getpeercert() or {}).get("notAfter")
    except OSError:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None
