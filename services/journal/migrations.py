"""The journal's schema, one step a version, each applied in one transaction after a backup."""

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from services.domain.errors import JournalFailed
from services.domain.typed import note_tokens
from services.system.liveness import InUse

APPLICATION_ID = 0x43444B31  # "CDK1"

_V1 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES ('rev', '0');
CREATE TABLE purchases (
    id TEXT PRIMARY KEY,
    idempotency_key TEXT NOT NULL,
    state TEXT NOT NULL,
    product_id TEXT NOT NULL,
    product_title TEXT NOT NULL,
    type_id TEXT NOT NULL,
    type_name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    unit_price TEXT NOT NULL,
    total TEXT NOT NULL,
    operator TEXT NOT NULL,
    host TEXT NOT NULL,
    owner TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    baseline TEXT NOT NULL DEFAULT '{}',
    order_id TEXT,
    status TEXT NOT NULL DEFAULT '',
    fulfilled_quantity INTEGER,
    fulfilled_amount TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    sent_at TEXT,
    answered_at TEXT,
    next_look TEXT,
    decide_at TEXT,
    looks INTEGER NOT NULL DEFAULT 0,
    quiet INTEGER NOT NULL DEFAULT 0,
    late INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    candidates TEXT NOT NULL DEFAULT '[]',
    error_code TEXT NOT NULL DEFAULT '',
    error_message TEXT NOT NULL DEFAULT '',
    request_id TEXT NOT NULL DEFAULT '',
    rev INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX purchases_order ON purchases (order_id) WHERE order_id IS NOT NULL;
CREATE UNIQUE INDEX purchases_unsettled ON purchases (product_id, type_id, quantity)
    WHERE state IN ('SENDING', 'UNRESOLVED', 'AMBIGUOUS');
CREATE UNIQUE INDEX purchases_key ON purchases (idempotency_key) WHERE state <> 'NOT_SENT';
CREATE INDEX purchases_key_any ON purchases (idempotency_key);
CREATE INDEX purchases_live ON purchases (state)
    WHERE state IN ('INTENT', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS', 'HANDLING');
CREATE INDEX purchases_note ON purchases (created_at)
    WHERE acknowledged = 0 AND (state = 'NOT_PLACED' OR late = 1);
CREATE INDEX purchases_look ON purchases (next_look) WHERE next_look IS NOT NULL;
CREATE INDEX purchases_time ON purchases (created_at);
CREATE INDEX purchases_rev ON purchases (rev);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    kind TEXT NOT NULL,
    purchase_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    why TEXT NOT NULL,
    evidence TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX events_purchase ON events (purchase_id);
CREATE INDEX events_order ON events (order_id) WHERE order_id <> '';
CREATE TABLE orders (
    order_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    product TEXT NOT NULL,
    type TEXT NOT NULL,
    time TEXT NOT NULL,
    fulfilled_quantity INTEGER,
    fulfilled_amount TEXT,
    price_per_card TEXT,
    first_seen TEXT NOT NULL,
    known INTEGER NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_time ON orders (time);
CREATE INDEX orders_rev ON orders (rev);
CREATE INDEX orders_open ON orders (time)
    WHERE status NOT IN ('FULFILLED', 'PARTIALLY_FILLED', 'REFUNDED');
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL) STRICT;
"""

# The last four signs of an id leave one in tens of thousands; the signs before are compared.
_V2 = """
CREATE TABLE note_words (
    word TEXT NOT NULL,
    purchase_id TEXT NOT NULL,
    PRIMARY KEY (word, purchase_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchases_tail ON purchases (lower(substr(order_id, -4))) WHERE order_id IS NOT NULL;
CREATE INDEX orders_tail ON orders (lower(substr(order_id, -4)));
CREATE INDEX purchases_request ON purchases (request_id) WHERE request_id <> '';
CREATE TABLE deliveries (
    order_id TEXT PRIMARY KEY,
    given_at TEXT,
    given_by TEXT NOT NULL,
    rev INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_time ON deliveries (given_at) WHERE given_at IS NOT NULL;
CREATE INDEX deliveries_rev ON deliveries (rev);
INSERT INTO meta SELECT 'given_since', coalesce(max(created_at), '') FROM purchases;
"""

# How many cards came, never which. The condition is that of the index in `tracked`, word for word.
_V3 = """
ALTER TABLE purchases ADD COLUMN cards_came INTEGER;
ALTER TABLE orders ADD COLUMN cards_came INTEGER;
CREATE INDEX orders_missing ON orders (time) WHERE cards_came < CASE status
    WHEN 'FULFILLED' THEN quantity
    WHEN 'PARTIALLY_FILLED' THEN coalesce(fulfilled_quantity, 1) ELSE 0 END;
"""

_V4 = """
ALTER TABLE purchases RENAME COLUMN next_look TO next_check_at;
ALTER TABLE purchases RENAME COLUMN decide_at TO decision_due_at;
ALTER TABLE purchases RENAME COLUMN looks TO checks;
ALTER TABLE purchases RENAME COLUMN quiet TO clean_checks;
"""

# What the customer pays, and why settling left it where it is: a code with its values as JSON.
_V5 = """
ALTER TABLE purchases ADD COLUMN price TEXT;
ALTER TABLE purchases ADD COLUMN reason TEXT NOT NULL DEFAULT '';
"""

# The figures of a closed shift are in its event, which the chain covers.
_V6 = """
CREATE TABLE shifts (number INTEGER PRIMARY KEY, event INTEGER NOT NULL UNIQUE) STRICT;
"""

# The key of a line is there before anything is sent for it: its purchase is found by that key.
_V7 = """
CREATE TABLE sales (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    host TEXT NOT NULL,
    owner TEXT NOT NULL,
    customer TEXT NOT NULL DEFAULT '',
    received TEXT,
    closed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sales_time ON sales (created_at);
CREATE INDEX sales_open ON sales (created_at) WHERE closed = 0;
CREATE TABLE sale_lines (
    sale_id TEXT NOT NULL REFERENCES sales (id),
    number INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    product_title TEXT NOT NULL,
    region TEXT NOT NULL,
    type_id TEXT NOT NULL,
    type_name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    cost TEXT NOT NULL,
    price TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    left_out TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sale_id, number)
) STRICT;
"""

# What goods cost and how many there were, a row where that changed.
_V8 = """
CREATE TABLE prices_seen (
    product_id TEXT NOT NULL,
    type_id TEXT NOT NULL,
    at TEXT NOT NULL,
    price TEXT NOT NULL,
    stock INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    PRIMARY KEY (product_id, type_id, at)
) STRICT, WITHOUT ROWID;
"""

STEPS: tuple[str, ...] = (_V1, _V2, _V3, _V4, _V5, _V6, _V7, _V8)
VERSION = len(STEPS)


class ForeignJournal(Exception):
    """The file is a database, but not one that this version can write; the text says why."""


def migrate(connection: sqlite3.Connection, path: Path, in_use: InUse) -> None:
    """Bring an open journal to the current schema.

    A step and its version number are one transaction, so a death in the middle leaves the step
    before it whole; the copy beside the journal is for a person.

    Args:
        connection: the open journal.
        path: its file.
        in_use: the mark that this process has it open: a program of an earlier version that is
            still open cannot read what a step changed.

    Raises:
        ForeignJournal: it belongs to another program or to a newer carddesk.
        JournalFailed: it has to be brought up to date, and another process has it open.
    """
    # One look: another console may be taking the first step at this moment.
    connection.execute("BEGIN")
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    connection.execute("COMMIT")
    if application != APPLICATION_ID and (application or version or tables):
        raise ForeignJournal("it was written by another program")
    if version > VERSION:
        raise ForeignJournal(f"it was written by a newer carddesk (schema {version})")
    if version == VERSION:
        return
    if not version:
        _step_up(connection, version)
        return
    with in_use.alone() as alone:
        if in_use.known and not alone:
            raise _still_open(path, version, in_use.others())
        _keep_copy(connection, path, version)
        _step_up(connection, version)


def _still_open(path: Path, version: int, others: tuple[int, ...]) -> JournalFailed:
    host = socket.gethostname()
    where = ", ".join(f"process {pid} on {host}" for pid in others) or f"a process on {host}"
    return JournalFailed(
        f"The journal {path.name} is of an earlier carddesk (schema {version}) that still has it"
        f" open: {where}",
        advice="Nothing was changed. Press q in every console of this account and let its commands"
        " end, then start carddesk again.",
        code="JOURNAL_IN_USE",
    )


def _step_up(connection: sqlite3.Connection, version: int) -> None:
    for number, step in enumerate(STEPS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _pragma(connection, "user_version") < number:
                for statement in _statements(step):
                    connection.execute(statement)
                if number in _FILLED:
                    _FILLED[number](connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def is_current(connection: sqlite3.Connection) -> bool:
    """Tell whether an open journal has the current schema."""
    ours = _pragma(connection, "application_id") == APPLICATION_ID
    return ours and _pragma(connection, "user_version") == VERSION


def _keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Copy the journal as it is before its first step, readable by its owner alone.

    Another console may have taken the step since: then its copy is the one of before.
    """
    for left in path.parent.glob(f"{path.stem}.v{version}.[0-9]*"):
        if not _runs(left.suffix[1:]):
            left.unlink(missing_ok=True)
    fresh = path.with_suffix(f".v{version}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    copy = sqlite3.connect(fresh)
    try:
        connection.backup(copy)
        taken = _pragma(copy, "user_version")
    finally:
        copy.close()
    if taken == version:
        fresh.replace(path.with_suffix(f".v{version}.backup"))
    else:
        fresh.unlink()


def _runs(process: str) -> bool:
    """Tell whether there is a process of this number."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _index_notes(connection: sqlite3.Connection) -> None:
    """Fill the index of notes from the purchases that there are."""

    def rows() -> Iterator[tuple[str, str]]:
        noted = connection.execute("SELECT id, note FROM purchases WHERE note <> ''")
        for purchase_id, note in noted:
            for word in note_tokens.indexed(note):
                yield word, purchase_id

    connection.executemany("INSERT OR IGNORE INTO note_words VALUES (?, ?)", rows())


_FILLED: Mapping[int, Callable[[sqlite3.Connection], None]] = {2: _index_notes}
"""What SQL alone cannot work out from the rows that were there before a step."""


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _statements(script: str) -> list[str]:
    return [statement for part in script.split(";") if (statement := part.strip())]
