"""The watches of an account: what is watched, how it stood, and what a watch had to say."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.domain.models import Stock
from services.domain.text import clean
from services.domain.watching import watch as rules
from services.domain.watching.watch import GoodsWatch, WatchedFor, WatchedValue, WatchNews
from services.journal import rows as journal_rows
from services.journal.transaction import JournalTransaction

NEWS, SET, REMOVED = "watch", "watch-set", "watch-removed"
"""The kinds of their events; what a watch says is in the evidence of the first."""

_PUT: Final = """
INSERT INTO watches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (product_id, type_id) DO UPDATE SET
    product = excluded.product, region = excluded.region, value = excluded.value,
    wants = excluded.wants, since = excluded.since, who = excluded.who, gone = excluded.gone,
    read_at = excluded.read_at, standing = excluded.standing
"""


class WatchesRead(Struct, frozen=True):
    """All watches, what they said after an event, and the number of the newest event."""

    watches: tuple[GoodsWatch, ...]
    news: tuple[WatchNews, ...]
    seq: int


def listed(tx: JournalTransaction, product_id: str = "") -> tuple[GoodsWatch, ...]:
    """Return all watches, those of one product if it is named, as they were set."""
    of, values = (" WHERE product_id = ?", (product_id,)) if product_id else ("", ())
    rows = tx.rows(f"SELECT * FROM watches{of} ORDER BY since, product_id, type_id", *values)  # noqa: S608
    found = map(_watch, rows)
    return tuple(each for each in found if each is not None)


def after(tx: JournalTransaction, seq: int | None) -> WatchesRead:
    """Return all watches and what they said after an event; None for what was said: nothing."""
    newest = tx.row("SELECT max(seq) AS seq FROM events")
    last = (newest["seq"] if newest else 0) or 0
    rows: Iterable[Mapping[str, Any]] = ()
    if seq is not None and last > seq:
        rows = tx.rows("SELECT * FROM events WHERE seq > ? ORDER BY seq", seq)
    news = (news_of(row) for row in rows if row["kind"] == NEWS)
    return WatchesRead(listed(tx), tuple(each for each in news if each), last)


def put(tx: JournalTransaction, watch: GoodsWatch) -> None:
    """Set a watch, in the place of one on the same goods, with its event."""
    tx.event(SET, why=f"{watch.goods}: {watch.wants.words}", evidence=_goods(watch))
    _write(tx, watch)


def remove(tx: JournalTransaction, product_id: str, type_id: str) -> GoodsWatch | None:
    """Take a watch off, with its event; returns it, None where there was none."""
    held = next((w for w in listed(tx, product_id) if w.is_on(product_id, type_id)), None)
    gone = "DELETE FROM watches WHERE product_id = ? AND type_id = ?"
    tx.run(gone, product_id, type_id)
    if held is not None:
        tx.event(REMOVED, why=held.goods, evidence=_goods(held))
    return held


def take(tx: JournalTransaction, stock: Stock) -> None:
    """Let the watches on a product take a reading, and write down what they say."""
    for watch in listed(tx, stock.product_id):
        _keep(tx, watch, *rules.read(watch, stock))


def take_gone(tx: JournalTransaction, product_id: str) -> None:
    """Let the watches on a product take that the vendor lists it no more."""
    for watch in listed(tx, product_id):
        _keep(tx, watch, *rules.vanished(watch))


def news_of(row: Mapping[str, Any]) -> WatchNews | None:
    """Return what a watch said, from its event; None where that cannot be read."""
    try:
        news = msgspec.json.decode(row["evidence"], type=WatchNews)
    except msgspec.MsgspecError:
        return None
    named = {each: clean(getattr(news, each)) for each in ("product", "region", "value")}
    return replace(news, **named, seq=row["seq"], at=journal_rows.moment(row["at"]))


def _keep(
    tx: JournalTransaction, before: GoodsWatch, watch: GoodsWatch, news: tuple[WatchNews, ...]
) -> None:
    if watch is not before:
        _write(tx, watch)
    for each in news:
        facts = msgspec.to_builtins(each, builtin_types=())
        tx.event(NEWS, why=str(each.words), evidence=facts)


def _write(tx: JournalTransaction, watch: GoodsWatch) -> None:
    tx.run(
        _PUT,
        watch.product_id,
        watch.type_id,
        watch.product,
        watch.region,
        watch.value,
        msgspec.json.encode(watch.wants).decode(),
        journal_rows.iso(watch.since),
        watch.by,
        int(watch.gone),
        journal_rows.iso(watch.read_at),
        msgspec.json.encode(watch.values).decode(),
    )


def _watch(row: Mapping[str, Any]) -> GoodsWatch | None:
    """Read a watch; one that cannot be read costs no other."""
    try:
        since = journal_rows.moment(row["since"])
        read_at = journal_rows.moment(row["read_at"])
        wants = msgspec.json.decode(row["wants"], type=WatchedFor)
        values = msgspec.json.decode(row["standing"], type=dict[str, WatchedValue])
    except (ValueError, msgspec.MsgspecError):
        return None
    if since is None:
        return None
    return GoodsWatch(
        row["product_id"],
        row["type_id"],
        clean(row["product"]),
        clean(row["region"]),
        clean(row["value"]),
        wants,
        since,
        clean(row["who"]),
        bool(row["gone"]),
        read_at,
        values,
    )


def _goods(watch: GoodsWatch) -> dict[str, object]:
    return {"product_id": watch.product_id, "type_id": watch.type_id}
