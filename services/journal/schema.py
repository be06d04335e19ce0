"""The journal's schema, one step a version, in the words of SQLite."""

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

# How many cards came, never which. The condition is that of the query in `orders`, word for word.
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

# Which card of which order does not work, never its code.
_V9 = """
CREATE TABLE cases (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    card INTEGER NOT NULL,
    purchase_id TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    ticket TEXT NOT NULL DEFAULT '',
    due TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    replaced_by TEXT NOT NULL DEFAULT '',
    closed_at TEXT,
    closed_by TEXT NOT NULL DEFAULT '',
    rev INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX cases_card ON cases (order_id, card) WHERE closed_at IS NULL;
CREATE INDEX cases_rev ON cases (rev);
"""

# What is watched for whom, and how it was when it was last spoken of.
_V10 = """
CREATE TABLE watches (
    product_id TEXT NOT NULL,
    type_id TEXT NOT NULL,
    product TEXT NOT NULL,
    region TEXT NOT NULL,
    value TEXT NOT NULL,
    wants TEXT NOT NULL,
    since TEXT NOT NULL,
    who TEXT NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    read_at TEXT,
    standing TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (product_id, type_id)
) STRICT, WITHOUT ROWID;
"""

# What all together and each operator may spend, beside what the settings of a host say.
_V11 = """
CREATE TABLE limits (
    operator TEXT NOT NULL,
    name TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (operator, name)
) STRICT, WITHOUT ROWID;
"""

# Of the requests that a key has in a minute, those that a console took; keys by fingerprint.
_V12 = """
CREATE TABLE request_shares (
    key TEXT NOT NULL,
    console TEXT NOT NULL,
    block INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (key, console, block)
) STRICT, WITHOUT ROWID;
CREATE TABLE rejected_keys (
    key TEXT PRIMARY KEY,
    rejected TEXT NOT NULL,
    said TEXT NOT NULL,
    accepted TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

# What waits for an approval is not at an end, and is bought by no other console meanwhile.
_V13 = """
DROP INDEX purchases_live;
CREATE INDEX purchases_live ON purchases (state) WHERE state IN
    ('AWAITING_APPROVAL', 'INTENT', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS', 'HANDLING');
DROP INDEX purchases_unsettled;
CREATE UNIQUE INDEX purchases_unsettled ON purchases (product_id, type_id, quantity)
    WHERE state IN ('AWAITING_APPROVAL', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS');
"""

STEPS: tuple[str, ...] = (_V1, _V2, _V3, _V4, _V5, _V6, _V7, _V8, _V9, _V10, _V11, _V12, _V13)
VERSION = len(STEPS)


def statements(script: str) -> list[str]:
    """Return the statements of a script."""
    return [statement for part in script.split(";") if (statement := part.strip())]
