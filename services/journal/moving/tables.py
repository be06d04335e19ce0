"""All rows of a journal's tables, from either engine, to be written into the other."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from services.journal.mark import MOVED_TO
from services.journal.postgres.session import Connection

CopiedRows: TypeAlias = list[tuple[Any, ...]]
Tables: TypeAlias = dict[str, tuple[tuple[str, ...], CopiedRows]]
"""By table, in the order in which they can be filled: the names of its columns, and its rows."""

OWN_FACTS: Final = frozenset({"application", "version", MOVED_TO})
"""What `meta` says of one place alone."""

ONLY_THERE: Final = "presences"
"""Who is connected to a server."""

_NAMES: Final = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    " ORDER BY rowid"
)
_COLUMNS: Final = (
    "SELECT c.relname AS name, a.attname AS column FROM pg_class AS c JOIN pg_attribute AS a"
    " ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r' AND c.relname <> %s"
    " ORDER BY c.oid, a.attnum"
)


def of_file(connection: sqlite3.Connection) -> Tables:
    """Read every table of a file, in one snapshot."""
    connection.row_factory = None
    names = [name for (name,) in connection.execute(_NAMES)]
    found: Tables = {}
    for name in names:
        # Names come from the file's own schema, which is this program's.
        columns = tuple(row[1] for row in connection.execute(f"PRAGMA table_info({name})"))
        held = connection.execute(f"SELECT {', '.join(columns)} FROM {name}")  # noqa: S608
        found[name] = columns, _without_own(name, held.fetchall())
    return found


def of_server(connection: Connection, schema: str) -> Tables:
    """Read every table of a journal on a server, in the transaction that is open."""
    found: Tables = {}
    for name, columns in columns_there(connection, schema).items():
        held = connection.execute(f"SELECT {', '.join(columns)} FROM {name}".encode())  # noqa: S608
        found[name] = columns, _without_own(name, [tuple(row.values()) for row in held])
    return found


def columns_there(connection: Connection, schema: str) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table of a journal on a server, the oldest table first."""
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(_COLUMNS, (schema, ONLY_THERE)):
        found[row["name"]] = (*found.get(row["name"], ()), row["column"])
    return found


def into_file(connection: sqlite3.Connection, tables: Tables) -> None:
    """Put rows in the place of all that a new file holds, in the transaction that is open."""
    for name in reversed(tables):
        connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of the schema
    for name, (columns, held) in tables.items():
        marks = ", ".join("?" * len(columns))
        connection.executemany(
            f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            held,
        )


def into_server(connection: Connection, tables: Tables) -> None:
    """Put rows in the place of all that an unused journal on a server holds."""
    own = tuple(sorted(OWN_FACTS))
    for name in reversed(tables):
        but = f" WHERE name NOT IN {own}" if name == "meta" else ""
        connection.execute(f"DELETE FROM {name}{but}".encode())  # noqa: S608 - of the schema
    for name, (columns, held) in tables.items():
        copy = f"COPY {name} ({', '.join(columns)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(copy.encode()) as stream:
            for row in held:
                stream.write_row(row)


def differing(one: Tables, other: Tables) -> str:
    """Return the first table whose columns or rows are not the same in both, or an empty text."""
    for name in one.keys() | other.keys():
        if name not in one or name not in other:
            return name
        (columns, held), (others, found) = one[name], other[name]
        if set(columns) != set(others):
            return name
        at = [others.index(column) for column in columns]
        if sorted(held, key=repr) != sorted((tuple(r[i] for i in at) for r in found), key=repr):
            return name
    return ""


def events(tables: Tables) -> list[Mapping[str, Any]]:
    """Return the event log among these rows, oldest first."""
    columns, held = tables["events"]
    return sorted(
        (dict(zip(columns, row, strict=True)) for row in held), key=lambda row: row["seq"]
    )


def _without_own(name: str, held: Sequence[tuple[Any, ...]]) -> CopiedRows:
    return [row for row in held if name != "meta" or row[0] not in OWN_FACTS]
