"""Making and bringing up to date the journal on a server, by who owns it."""

from typing import Final

from services.journal.postgres import schema
from services.journal.postgres.session import Connection, JournalServer, connect

OWNER, DESK, SUPPORT = "carddesk_owner", "carddesk_desk", "carddesk_support"
"""The roles that logins are members of."""

_SETUP_LOCK: Final = 0x43444B33


def prepare(server: JournalServer) -> int:
    """Make the schema of a journal, or bring it up to date; returns the version it had, 0 for none.

    Raises:
        psycopg.Error: the server does not allow it; nothing was changed.
    """
    with connect(server) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SETUP_LOCK,))
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {server.schema}".encode())
        before = _version(connection)
        for number, step in enumerate(schema.steps()[before:], start=before + 1):
            for statement in step:
                connection.execute(statement.encode())
            connection.execute(
                "INSERT INTO meta VALUES ('application', %s), ('version', %s) ON CONFLICT (name)"
                " DO UPDATE SET value = excluded.value",
                (schema.APPLICATION, str(number)),
            )
        return before


def _version(connection: Connection) -> int:
    here = connection.execute("SELECT to_regclass('meta') IS NOT NULL AS here").fetchone()
    if here is None or not here["here"]:
        return 0
    row = connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
    return int(row["value"]) if row else 0
