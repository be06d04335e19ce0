"""The rows of a list as columns for a file: what the command line's JSON says, without codes."""

from collections.abc import Iterable

from services.book_models import BoardOrder
from services.journal_rows import Event
from services.ledger_models import LedgerRow
from services.models import Denomination, Product, Purchase
from tui import present
from widgets.logged import Logged

Row = dict[str, object]


def rows(listed: Iterable[object]) -> list[Row]:
    """Return what a pane lists, one flat row for each line."""
    return [_row(value) for value in listed]


def _row(value: object) -> Row:
    match value:
        case Product():
            return {
                "product_id": value.id,
                "title": value.title,
                "category": value.category,
                "region": value.region,
                "enabled": value.enabled,
            }
        case Denomination():
            return {
                "type_id": value.id,
                "name": value.name,
                "price": present.amount(value.price),
                "quantity": value.quantity,
            }
        case BoardOrder():
            return dict(present.board_order(value))
        case Purchase():
            return _flat(present.purchase(value))
        case Event():
            return dict(present.event(value))
        case LedgerRow():
            return dict(present.movement(value))
        case Logged():
            entry = value.entry
            return {"at": present.instant(entry.at), "level": entry.level, "text": entry.text}
        case _:
            raise TypeError(f"no list holds a {type(value).__name__}")


def _flat(document: Row) -> Row:
    """Give each part of a purchase's error a column of its own."""
    error = document.pop("error")
    told: Row = dict(error) if isinstance(error, dict) else {}  # pyright: ignore[reportUnknownArgumentType]
    return document | {
        f"error_{name}": told.get(name) for name in ("code", "message", "request_id")
    }
