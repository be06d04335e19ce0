"""Making and bringing up to date the journal on a server, by who owns it."""

from typing import Final

from msgspec import Struct
from psycopg import errors

from services.domain.errors import JournalFailed
from services.journal.postgres import roles, statements
from services.journal.postgres.consoles import connected
from services.journal.postgres.session import (
    Connection,
    JournalServer,
    connect,
    foreign,
    refuse_unfit,
)
from services.journal.schema import VERSION

_SETUP_LOCK: Final = 0x43444B33

_TABLES: Final = (
    "SELECT c.relname AS name, pg_get_userbyid(c.relowner) AS owner FROM pg_class AS c"
    " WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p')"
)
_SCHEMA_OWNER: Final = (
    "SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = %s"
)


class Prepared(Struct, frozen=True):
    """What was done: the schema's version before, 0 for none, and the roles that were made."""

    before: int
    version: int
    made: tuple[str, ...]


def prepare(server: JournalServer) -> Prepared:
    """Make the schema and the roles of a journal, or bring them up to date; all or nothing.

    Raises:
        JournalFailed: the server is not fit, what is there is not ours or newer, or older and in
            use; nothing was changed.
        psycopg.Error: the server does not allow it; nothing was changed.
    """
    with connect(server) as connection:
        refuse_unfit(connection)
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SETUP_LOCK,))
            before = _version(connection, server)
            made = _make_roles(connection)
            _make_schema(connection, server)
            if 0 < before < VERSION:
                _refuse_in_use(connection, server, before)
            _step_up(connection, before)
            connection.execute(roles.grants(server.schema).encode())
        return Prepared(before, VERSION, made)


def _version(connection: Connection, server: JournalServer) -> int:
    """Return the version of the journal that is there, 0 for none; raises JournalFailed."""
    tables = {each["name"] for each in connection.execute(_TABLES, (server.schema,))}
    if not tables:
        return 0
    if "meta" not in tables:
        raise foreign("another program has tables there")
    found = connection.execute(
        "SELECT name, value FROM meta WHERE name IN ('application', 'version')"
    )
    held = {each["name"]: each["value"] for each in found}
    if held.get("application") != statements.APPLICATION:
        raise foreign("it was written by another program")
    version = int(held.get("version", "0"))
    if version > VERSION:
        raise foreign(f"it was written by a newer carddesk (schema {version})")
    return version


def _make_roles(connection: Connection) -> tuple[str, ...]:
    """Make those of the roles that this cluster lacks; every journal on it shares them."""
    found = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (
        list(roles.ALL),
    ))  # fmt: skip
    there = {each["rolname"] for each in found}
    lacking = tuple(role for role in roles.ALL if role not in there)
    try:
        for role in lacking:
            connection.execute(f"CREATE ROLE {role}".encode())
    except errors.InsufficientPrivilege:
        raise JournalFailed(
            f"The roles {', '.join(lacking)} are not there, and your login may not make them",
            advice="Nothing was changed. Run carddesk journal init once with a login that may"
            " (CREATEROLE).",
            code="JOURNAL_RIGHTS",
        ) from None
    if roles.OWNER in lacking:
        # Who makes a role is not a member of it, but may become one.
        row = connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if row is not None and not row["rolsuper"]:
            connection.execute(f"GRANT {roles.OWNER} TO CURRENT_USER".encode())
    return lacking


def _make_schema(connection: Connection, server: JournalServer) -> None:
    """Make sure that the owners' role owns the schema and its tables, and act as it from here."""
    row = connection.execute(_SCHEMA_OWNER, (server.schema,)).fetchone()
    if row is None:
        connection.execute(f"CREATE SCHEMA {server.schema} AUTHORIZATION {roles.OWNER}".encode())
    elif row["owner"] != roles.OWNER:
        connection.execute(f"ALTER SCHEMA {server.schema} OWNER TO {roles.OWNER}".encode())
    for table in connection.execute(_TABLES, (server.schema,)).fetchall():
        if table["owner"] != roles.OWNER:
            name = table["name"]
            connection.execute(f"ALTER TABLE {name} OWNER TO {roles.OWNER}".encode())
    connection.execute(f"SET LOCAL ROLE {roles.OWNER}".encode())


def _refuse_in_use(connection: Connection, server: JournalServer, version: int) -> None:
    """Make sure that no console of an earlier version meets what a step changes."""
    if there := connected(connection, server.schema):
        who = ", ".join(f"{each['operator']} on {each['host']}" for each in there)
        raise JournalFailed(
            f"The journal is of an earlier carddesk (schema {version}) that still has it open:"
            f" {who}",
            advice="Nothing was changed. Let these consoles be left, then run it again.",
            code="JOURNAL_IN_USE",
        )


def _step_up(connection: Connection, before: int) -> None:
    for number, step in enumerate(statements.steps()[before:], start=before + 1):
        for statement in step:
            connection.execute(statement.encode())
        connection.execute(
            "INSERT INTO meta VALUES ('application', %s), ('version', %s) ON CONFLICT (name)"
            " DO UPDATE SET value = excluded.value",
            (statements.APPLICATION, str(number)),
        )
