"""What can be said of a journal's server without opening a console on it."""

import time
from datetime import datetime
from typing import Final

from msgspec import Struct

from services.domain.errors import JournalFailed
from services.journal import rows
from services.journal.postgres import statements
from services.journal.postgres.consoles import connected
from services.journal.postgres.session import (
    Connection,
    JournalServer,
    connect,
    foreign,
    refuse_unfit,
)

ROUND_TRIPS: Final = 5

_ROLE: Final = """
SELECT session_user AS login, current_setting('server_version') AS version,
    pg_is_in_recovery() AS standby, CASE
        WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN 'superuser'
        WHEN pg_has_role((SELECT nspowner FROM pg_namespace WHERE nspname = %(schema)s), 'USAGE')
            THEN 'owner'
        WHEN has_table_privilege(to_regclass('purchases'), 'INSERT') THEN 'desk'
        WHEN has_column_privilege(to_regclass('purchases'), 'note', 'UPDATE') THEN 'support'
        ELSE 'none' END AS role
"""
_HERE: Final = (
    "SELECT to_regnamespace(%s) IS NOT NULL AS there, to_regclass('meta') IS NOT NULL AS here"
)
_FACTS: Final = (
    "SELECT name, value FROM meta WHERE name IN ('application', 'version', 'account', 'moved_to')"
)


class ConnectedConsole(Struct, frozen=True):
    """A console that has the journal open; `since` is UTC."""

    operator: str
    host: str
    since: datetime | None


class ServerStatus(Struct, frozen=True):
    """A journal on a server, as one login sees it; `latency` is of one round trip, in seconds."""

    version: str
    schema: str
    schema_version: int
    account: str
    login: str
    role: str
    standby: bool
    moved_to: str
    consoles: tuple[ConnectedConsole, ...]
    latency: float


def read(server: JournalServer) -> ServerStatus:
    """Look at the journal on a server.

    Raises:
        JournalFailed: the server is not fit, there is no journal, or it is another program's.
        psycopg.Error: it cannot be reached, or does not accept the login.
    """
    with connect(server) as connection:
        row = connection.execute(_ROLE.encode(), {"schema": server.schema}).fetchone() or {}
        found = facts(connection, server)
        return ServerStatus(
            version=row["version"],
            schema=server.schema,
            schema_version=int(found.get("version", "0")),
            account=found.get("account", ""),
            login=row["login"],
            role=row["role"],
            standby=row["standby"],
            moved_to=found.get("moved_to", ""),
            consoles=tuple(
                ConnectedConsole(each["operator"], each["host"], rows.moment(each["since"]))
                for each in connected(connection, server.schema)
            ),
            latency=_latency(connection),
        )


def facts(connection: Connection, server: JournalServer) -> dict[str, str]:
    """Return what a journal says of itself; raises JournalFailed where there is none of ours."""
    refuse_unfit(connection)
    row = connection.execute(_HERE.encode(), (server.schema,)).fetchone() or {}
    if not row["here"]:
        raise _not_here(server, there=row["there"])
    found = {each["name"]: each["value"] for each in connection.execute(_FACTS.encode())}
    if found.get("application") != statements.APPLICATION:
        raise foreign("it was written by another program")
    return found


def _not_here(server: JournalServer, *, there: bool) -> JournalFailed:
    if there:
        return JournalFailed(
            f"Your login may not use the journal in {server.place}",
            advice="Ask who runs it for the role of a desk or of support.",
            code="JOURNAL_RIGHTS",
        )
    return JournalFailed(
        f"There is no journal in {server.place}",
        advice="Its owner makes it with carddesk journal init.",
        code="JOURNAL_MISSING",
    )


def _latency(connection: Connection) -> float:
    """Return the median of a few round trips, in seconds."""
    taken: list[float] = []
    for _ in range(ROUND_TRIPS):
        began = time.perf_counter()
        connection.execute("SELECT 1")
        taken.append(time.perf_counter() - began)
    return sorted(taken)[ROUND_TRIPS // 2]
