"""The journal's schema on PostgreSQL: the same steps as those of the file, in its own words."""

import re
from typing import Final

from services.journal.schema import STEPS, statements

APPLICATION: Final = "carddesk"

PRESENCES: Final = """
CREATE UNLOGGED TABLE presences (
    number INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" UNIQUE NOT NULL,
    operator TEXT NOT NULL,
    host TEXT NOT NULL,
    version TEXT NOT NULL,
    since TEXT COLLATE "C" NOT NULL,
    beat TEXT COLLATE "C" NOT NULL DEFAULT ''
)
"""
"""Who is connected: a server's journal has consoles on several hosts."""


def translated(sql: str) -> str:
    """Return a statement that reads the journal in PostgreSQL's words."""
    sql = sql.replace("%", "%%").replace("?", "%s")
    return sql.replace("substr(order_id, -4)", "right(order_id, 4)")


def steps() -> tuple[tuple[str, ...], ...]:
    """Return the statements of each step of the schema."""
    found = [tuple(_definition(each) for each in statements(step)) for step in STEPS]
    return ((*found[0], PRESENCES), *found[1:])


def _definition(sql: str) -> str:
    sql = sql.replace("STRICT, WITHOUT ROWID", "").replace("STRICT", "")
    sql = re.sub(r"\bINTEGER\b", "BIGINT", sql)
    if sql.startswith(("CREATE TABLE", "ALTER TABLE")):
        # Byte order, as SQLite compares text, whatever the locale of the database is.
        sql = re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', sql)
    return sql.replace("substr(order_id, -4)", "right(order_id, 4)")
