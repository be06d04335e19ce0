"""The prices and the stock that were seen, a row where they changed; bounded value by value."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.domain import money
from services.domain.models import Denomination, Stock
from services.domain.watching.price_history import (
    MOST_POINTS,
    STOCK_DAYS,
    PriceHistory,
    PricePoint,
    SeenPrice,
    next_point,
)
from services.journal import rows as journal_rows
from services.journal.transaction import JournalTransaction

_OF_VALUE: Final = "product_id = ? AND type_id = ?"
_OF_PRODUCT: Final = "SELECT * FROM prices_seen WHERE product_id = ? ORDER BY type_id, at"
_NEWEST: Final = f"SELECT * FROM prices_seen WHERE {_OF_VALUE} ORDER BY at DESC LIMIT 1"  # noqa: S608
_OLD_STOCK: Final = f"DELETE FROM prices_seen WHERE {_OF_VALUE} AND moved = 0 AND at < ?"  # noqa: S608
_TOO_MANY: Final = (
    f"DELETE FROM prices_seen WHERE {_OF_VALUE} AND at <= (SELECT at FROM prices_seen"  # noqa: S608
    f" WHERE {_OF_VALUE} ORDER BY at DESC LIMIT 1 OFFSET {MOST_POINTS})"
)


def keep(tx: JournalTransaction, stock: Stock) -> None:
    """Keep what changed of a product's values since they were kept last, and drop what is old."""
    for value in stock.denominations:
        _keep(tx, stock, value)


def _keep(tx: JournalTransaction, stock: Stock, value: Denomination) -> None:
    goods = (stock.product_id, value.id)
    row = tx.row(_NEWEST, *goods)
    point = next_point(_point(row) if row else None, value, stock.read_at)
    if point is None:
        return
    tx.run(
        "INSERT INTO prices_seen VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        *goods,
        journal_rows.iso(point.at),
        money.stored(point.price),
        point.stock,
        int(point.moved),
    )
    tx.run(_OLD_STOCK, *goods, journal_rows.iso(stock.read_at - STOCK_DAYS))
    tx.run(_TOO_MANY, *goods, *goods)


def history(tx: JournalTransaction, product_id: str) -> PriceHistory:
    """Return what was kept of a product, each value's points oldest first."""
    found: dict[str, tuple[PricePoint, ...]] = {}
    for seen in _read(tx.each(_OF_PRODUCT, product_id)):
        found[seen.type_id] = (*found.get(seen.type_id, ()), seen.point)
    return found


def seen_since(
    tx: JournalTransaction, since: datetime, product_id: str = ""
) -> tuple[SeenPrice, ...]:
    """Return what was kept since a time (UTC), product by product and value by value.

    Args:
        tx: the journal.
        since: the oldest that is wanted.
        product_id: of one product alone; empty for all of them.
    """
    start = journal_rows.iso(since)
    of, values = (" AND product_id = ?", (product_id,)) if product_id else ("", ())
    query = f"SELECT * FROM prices_seen WHERE at >= ?{of} ORDER BY product_id, type_id, at"  # noqa: S608
    return tuple(_read(tx.each(query, start, *values)))


def _read(rows: Iterable[Mapping[str, Any]]) -> Iterator[SeenPrice]:
    for row in rows:
        # A row that cannot be read costs no other, and no purchase depends on it.
        if point := _point(row):
            yield SeenPrice(row["product_id"], row["type_id"], point)


def _point(row: Mapping[str, Any]) -> PricePoint | None:
    try:
        at, price = datetime.fromisoformat(row["at"]), money.load(row["price"])
    except (ValueError, ArithmeticError):
        return None
    return PricePoint(at, price, row["stock"], bool(row["moved"]))
