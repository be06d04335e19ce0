"""Whether a journal can be trusted: its pages, its rows, and each purchase against its events."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

from services import journal_rows

CHECKED_AT_START = 200
SMALL_BYTES = 16 * 1024 * 1024
"""Up to here every page is looked at whenever a journal is opened: 0.3 s for 100 MB (measured)."""

_TABLES = {
    "meta": "rowid",
    "purchases": "rowid",
    "events": "rowid",
    "orders": "rowid",
    "leases": "rowid",
    "deliveries": "rowid",
    "note_words": "word",
}
"""Each table with what it is kept in the order of."""


class Asks(Protocol):
    """What answers queries about a journal."""

    def rows(self, sql: str, *values: object) -> list[Mapping[str, Any]]:
        """Return all rows of a query."""
        ...

    def each(self, sql: str, *values: object) -> Iterator[Mapping[str, Any]]:
        """Return the rows of a query one after the other."""
        ...


def touch(tx: Asks) -> None:
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


def purchases(tx: Asks, newest: int | None = None) -> str:
    """Name the first purchase that cannot be read or is not what its events made it.

    Args:
        tx: the journal.
        newest: how many of the newest purchases are looked at, beside all that are not at an end;
            None for every one.

    Returns:
        A clause without a full stop; empty when every one is as its events say.
    """
    if newest is None:
        chosen = "SELECT * FROM purchases"
        return _first(tx, tx.each(chosen))
    live = (
        "SELECT * FROM purchases WHERE state IN"
        " ('INTENT', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS', 'HANDLING')"
    )
    watched = "SELECT * FROM purchases WHERE next_look IS NOT NULL"
    recent = "SELECT * FROM purchases ORDER BY created_at DESC LIMIT ?"
    return (
        _first(tx, tx.rows(live))
        or _first(tx, tx.rows(watched))
        or _first(tx, tx.rows(recent, newest))
    )


def deliveries(tx: Asks) -> str:
    """Name the first order whose mark as given is not what its last event made it; else empty."""
    for row in tx.each("SELECT * FROM deliveries"):
        events = tx.rows(
            "SELECT at, who, kind FROM events WHERE order_id = ? AND order_id <> ''"
            " AND kind IN ('delivered', 'undelivered') ORDER BY seq DESC LIMIT 1",
            row["order_id"],
        )
        last = events[0] if events else {"kind": "", "at": "", "who": ""}
        given = last["at"] if last["kind"] == "delivered" else None
        if not events or (row["given_at"], row["given_by"]) != (given, last["who"]):
            return f"the mark of order {row['order_id']} as given is not what its last event says"
    return ""


def _first(tx: Asks, rows: Iterator[Mapping[str, Any]] | list[Mapping[str, Any]]) -> str:
    for row in rows:
        if wrong := _wrong(tx, row):
            return wrong
    return ""


def _wrong(tx: Asks, row: Mapping[str, Any]) -> str:
    try:
        purchase = journal_rows.purchase(row)
        journal_rows.baseline(row["baseline"])
    except journal_rows.Unreadable as unreadable:
        return str(unreadable)
    named = f"purchase {purchase.id}"
    if purchase.unit_price * purchase.quantity != purchase.total:
        return f"{named} costs another total than its cards together"
    steps = tx.rows(
        "SELECT to_state, order_id, evidence FROM events"
        " WHERE purchase_id = ? AND to_state <> '' ORDER BY seq",
        purchase.id,
    )
    if not steps:
        return f"{named} has no event"
    last = steps[-1]
    if last["to_state"] != purchase.state.value:
        return f"{named} says {purchase.state}, its last event says {last['to_state']}"
    if last["order_id"] != purchase.order_id:
        said = last["order_id"] or "none"
        return f"{named} names order {purchase.order_id or 'none'}, its last event {said}"
    try:
        confirmed = msgspec.json.decode(steps[0]["evidence"], type=dict[str, Any])
    except msgspec.MsgspecError:
        return f"the first event of {named} cannot be read"
    if confirmed.get("quantity", purchase.quantity) != purchase.quantity:
        return f"{named} is about {purchase.quantity} cards, {confirmed['quantity']} were confirmed"
    if confirmed.get("total", row["total"]) != row["total"]:
        return f"{named} costs {row['total']} DZD, {confirmed['total']} DZD were confirmed"
    return ""


def _condition(tx: Asks, index: str) -> str:
    """Return the WHERE of a partial index as it was declared, without which it is not used."""
    [row] = tx.rows("SELECT sql FROM sqlite_schema WHERE name = ?", index) or [{"sql": None}]
    sql = " ".join((row["sql"] or "").split())
    _, where, condition = sql.partition(" WHERE ")
    return f"{where}{condition}"
