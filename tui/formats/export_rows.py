"""The rows of a list as columns for a file: what the command line's JSON says, without codes."""

from collections.abc import Iterable, Mapping

from services.domain.book import BoardOrder, Logged
from services.domain.day_figures import Seller
from services.domain.event_log import Event
from services.domain.ledger import LedgerRow
from services.domain.models import Denomination, Product, Purchase
from services.domain.money import Prices
from services.domain.shop.case import CaseRow
from tui.formats import as_json, case

ExportRow = dict[str, object]
CODES: tuple[str, ...] = ("value", "serial")
"""The columns that hold codes."""


def rows(listed: Iterable[object], prices: Prices, product_id: str = "") -> list[ExportRow]:
    """Return what a pane lists, one flat row for each line.

    Args:
        listed: the values.
        prices: how the prices are made that customers pay.
        product_id: what the denominations are of, where those are listed.
    """
    return [_row(value, prices, product_id) for value in listed]


def card_columns(card: Mapping[str, str]) -> dict[str, str]:
    """Return a card's own fields as columns; a name of the vendor's never takes one of ours."""
    return {name if name in CODES else f"card_{name}": value for name, value in card.items()}


def _row(value: object, prices: Prices, product_id: str) -> ExportRow:
    match value:
        case Product():
            return as_json.product(value)
        case Denomination():
            return {
                "type_id": value.id,
                "name": value.name,
                "price": as_json.amount(None if value.closed else value.price),
                "quantity": value.quantity,
                "retail_price": as_json.amount(
                    None if value.closed else prices.price(value.price, product_id, value.id)
                ),
            }
        case BoardOrder():
            retail = as_json.amount(value.customer_price(prices))
            return {**as_json.board_order(value), "retail_price": retail}
        case Purchase():
            return _flat(as_json.purchase(value))
        case CaseRow():
            # How long it is open is true for the moment of a screen alone.
            said = case.document(value, value.case.opened_at)
            return {name: each for name, each in said.items() if name not in ("days", "overdue")}
        case Event():
            return as_json.event(value)
        case Seller():
            return as_json.seller(value)
        case LedgerRow():
            return as_json.movement(value)
        case Logged():
            entry = value.entry
            return {
                "at": as_json.instant(entry.at),
                "level": entry.level,
                "customer": entry.customer,
                "text": entry.text,
            }
        case _:
            raise TypeError(f"no list holds a {type(value).__name__}")


def _flat(document: ExportRow) -> ExportRow:
    """Give each part of a purchase's error a column of its own."""
    error = document.pop("error")
    fields: ExportRow = dict(error) if isinstance(error, dict) else {}  # pyright: ignore[reportUnknownArgumentType]
    return document | {
        f"error_{name}": fields.get(name) for name in ("code", "message", "request_id")
    }
