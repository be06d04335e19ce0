"""Whether a journal can be trusted: its pages, its rows, and each purchase against its events."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

import msgspec

from services.domain import event_log, money
from services.journal import rows as journal_rows

CHECKED_AT_START = 200
SMALL_BYTES = 16 * 1024 * 1024
"""Up to here every page is read whenever a journal is opened: 0.3 s for 100 MB (measured)."""

_TABLES = {
    "meta": "rowid",
    "purchases": "rowid",
    "events": "rowid",
    "orders": "rowid",
    "leases": "rowid",
    "deliveries": "rowid",
    "note_words": "word",
    "shifts": "number",
    "cases": "number",
    "prices_seen": "product_id",
    "limits": "operator",
    "watches": "product_id",
}
"""Each table with what it is kept in the order of."""

PORTION = 500
"""How many rows are checked in one snapshot: writers wait that long, 20 ms of work (measured)."""


class Asks(Protocol):
    """What answers queries about a journal."""

    def rows(self, sql: str, *values: object) -> list[Mapping[str, Any]]:
        """Return all rows of a query."""
        ...

    def each(self, sql: str, *values: object) -> Iterator[Mapping[str, Any]]:
        """Return the rows of a query one after the other."""
        ...


def touch(tx: Asks) -> str:
    """Read the first and last entry of every table and index; SQLite raises where a page is bad.

    Every page cannot be read at each start once a journal is large, but the roots that a purchase
    goes through can.
    """
    for table, order in _TABLES.items():
        for way in ("ASC", "DESC"):
            # Table and index names come from the schema's own constants.
            tx.rows(f"SELECT * FROM {table} ORDER BY {order} {way} LIMIT 1")  # noqa: S608
        for index in tx.rows(f"PRAGMA index_list({table})"):
            columns = tx.rows(f"PRAGMA index_info({index['name']})")
            if not columns or columns[0]["name"] is None:
                continue
            where = _condition(tx, index["name"])
            for way in ("ASC", "DESC"):
                tx.rows(
                    f"SELECT * FROM {table} INDEXED BY {index['name']}{where}"  # noqa: S608
                    f" ORDER BY {columns[0]['name']} {way} LIMIT 1"
                )
    return ""


def pages(tx: Asks, *, contents: bool = False) -> str:
    """Look at every page; returns what is wrong, or an empty text.

    Args:
        tx: the journal.
        contents: also whether each index holds what its table holds, which takes twice as long.
    """
    pragma = "integrity_check" if contents else "quick_check"
    answer = tx.rows(f"PRAGMA {pragma}(1)")
    found = str(next(iter(answer[0].values()))) if answer else "no answer"
    return "" if found == "ok" else found.splitlines()[0]


def events(tx: Asks, newest: int | None = None) -> list[Mapping[str, Any]]:
    """Return every event, or the newest ones and the one before them, as the journal holds them."""
    if newest is None:
        return tx.rows("SELECT * FROM events ORDER BY seq")
    return tx.rows(
        "SELECT * FROM (SELECT * FROM events ORDER BY seq DESC LIMIT ?) AS e ORDER BY seq",
        newest + 1,
    )


def chain(tx: Asks, newest: int) -> str:
    """Name the first of the newest events whose hash does not fit; else empty."""
    held = events(tx, newest)
    return event_log.first_break(held, whole=len(held) <= newest)


def purchases_after(tx: Asks, purchase_id: str) -> tuple[str, str]:
    """Check the next purchases after one, in the order of their ids, each against its events.

    Returns:
        What is wrong, or an empty text; and the last id that was checked, empty after all of them.
    """
    held = tx.rows("SELECT * FROM purchases WHERE id > ? ORDER BY id LIMIT ?", purchase_id, PORTION)
    return _first(tx, held), held[-1]["id"] if held else ""


def deliveries_after(tx: Asks, order_id: str) -> tuple[str, str]:
    """Check the next marks of orders as handed over; returns as `purchases_after` does."""
    held = tx.rows(
        "SELECT * FROM deliveries WHERE order_id > ? ORDER BY order_id LIMIT ?", order_id, PORTION
    )
    wrong = (_wrong_mark(tx, each) for each in held)
    return next((words for words in wrong if words), ""), held[-1]["order_id"] if held else ""


def deliveries(tx: Asks) -> str:
    """Name the first mark that is not what its last event says, of all of them; else empty."""
    wrong, last = deliveries_after(tx, "")
    while last and not wrong:
        wrong, last = deliveries_after(tx, last)
    return wrong


def purchases(tx: Asks, newest: int | None = None) -> str:
    """Name the first purchase that cannot be read or is not what its events made it.

    Args:
        tx: the journal.
        newest: how many of the newest purchases are checked, beside all that are not at an end;
            None for every one.

    Returns:
        A clause without a full stop; empty when every one is as its events say.
    """
    if newest is None:
        chosen = "SELECT * FROM purchases"
        return _first(tx, tx.each(chosen))
    live = (
        "SELECT * FROM purchases WHERE state IN"
        " ('AWAITING_APPROVAL', 'INTENT', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS', 'HANDLING')"
    )
    watched = "SELECT * FROM purchases WHERE next_check_at IS NOT NULL"
    recent = "SELECT * FROM purchases ORDER BY created_at DESC LIMIT ?"
    return (
        _first(tx, tx.rows(live))
        or _first(tx, tx.rows(watched))
        or _first(tx, tx.rows(recent, newest))
    )


def _wrong_mark(tx: Asks, row: Mapping[str, Any]) -> str:
    found = tx.rows(
        "SELECT at, who, kind FROM events WHERE order_id = ? AND order_id <> ''"
        " AND kind IN ('delivered', 'undelivered') ORDER BY seq DESC LIMIT 1",
        row["order_id"],
    )
    last = found[0] if found else {"kind": "", "at": "", "who": ""}
    given = last["at"] if last["kind"] == "delivered" else None
    if not found or (row["given_at"], row["given_by"]) != (given, last["who"]):
        return f"the mark of order {row['order_id']} as given is not what its last event says"
    return ""


def _first(tx: Asks, rows: Iterator[Mapping[str, Any]] | list[Mapping[str, Any]]) -> str:
    for row in rows:
        if wrong := _wrong(tx, row):
            return wrong
    return ""


CONFIRMED: Final = ("approve", "restored")
"""The kinds of later events that say what a purchase is of, as its first one does."""


def _wrong(tx: Asks, row: Mapping[str, Any]) -> str:
    try:
        purchase = journal_rows.purchase(row)
        journal_rows.baseline(row["baseline"])
    except journal_rows.Unreadable as unreadable:
        return str(unreadable)
    if purchase.unit_price * purchase.quantity != purchase.total:
        return f"purchase {purchase.id} costs another total than its cards together"
    steps = tx.rows(
        "SELECT kind, to_state, order_id, evidence FROM events"
        " WHERE purchase_id = ? AND to_state <> '' ORDER BY seq",
        purchase.id,
    )
    if not steps:
        return f"purchase {purchase.id} has no event"
    last = steps[-1]
    if last["to_state"] != purchase.state.value:
        now, then = purchase.state, last["to_state"]
        return f"purchase {purchase.id} says {now}, its last event says {then}"
    if last["order_id"] != purchase.order_id:
        now, then = purchase.order_id or "none", last["order_id"] or "none"
        return f"purchase {purchase.id} names order {now}, its last event {then}"
    # Who approves a purchase confirms it once more, at the price of that moment.
    first = next((step for step in reversed(steps) if step["kind"] in CONFIRMED), steps[0])
    try:
        confirmed = msgspec.json.decode(first["evidence"], type=dict[str, Any])
    except msgspec.MsgspecError:
        return f"the first event of purchase {purchase.id} cannot be read"
    if confirmed.get("quantity", purchase.quantity) != purchase.quantity:
        now, then = purchase.quantity, confirmed["quantity"]
        return f"purchase {purchase.id} is about {now} cards, {then} were confirmed"
    if confirmed.get("total", row["total"]) != row["total"]:
        now, then = _dzd(row["total"]), _dzd(confirmed["total"])
        return f"purchase {purchase.id} costs {now}, {then} were confirmed"
    if confirmed.get("price") != row["price"]:
        return f"the price of purchase {purchase.id} is not the one that was confirmed"
    return ""


def _condition(tx: Asks, index: str) -> str:
    """Return the WHERE of a partial index as it was declared, without which it is not used."""
    [row] = tx.rows("SELECT sql FROM sqlite_schema WHERE name = ?", index) or [{"sql": None}]
    sql = " ".join((row["sql"] or "").split())
    _, where, condition = sql.partition(" WHERE ")
    return f"{where}{condition}"


def _dzd(stored: object) -> str:
    """Print a stored amount; what is damaged stays as it is."""
    try:
        return money.dinars(money.load(str(stored)))
    except ValueError:
        return f"{stored!r:.40} DZD"
