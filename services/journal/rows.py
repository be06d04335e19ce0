"""How purchases, orders and events are written as journal rows, and read back. Pure."""

import contextlib
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from sys import intern
from typing import Any

import msgspec
from msgspec import Struct

from services.domain import money
from services.domain.event_log import Event
from services.domain.models import Baseline, Order, Purchase, PurchaseError, PurchaseState
from services.domain.settlement_reason import SettlementReason
from services.domain.text import clean


class Unreadable(Exception):
    """A row holds what carddesk never wrote; the text names it."""


def iso(moment: datetime | None) -> str | None:
    """Write a time for the journal: UTC, microseconds, `Z`, so that text order is time order."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime | None:
    """Read back what `iso` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else money.load(text)


@contextlib.contextmanager
def _readable(what: str) -> Generator[None]:
    try:
        yield
    except (ValueError, TypeError, ArithmeticError, msgspec.MsgspecError) as error:
        raise Unreadable(f"{what} cannot be read") from error


def purchase(row: Mapping[str, Any]) -> Purchase:
    """Read a purchase from its row; raises Unreadable."""
    with _readable(f"purchase {row['id']}"):
        return _purchase(row)


def _purchase(row: Mapping[str, Any]) -> Purchase:
    error = None
    reason = _reason(row["reason"])
    if row["error_code"] or row["error_message"] or reason:
        error = PurchaseError(row["error_code"], row["error_message"], row["request_id"], reason)
    return Purchase(
        id=row["id"],
        idempotency_key=row["idempotency_key"],
        state=PurchaseState(row["state"]),
        product_id=row["product_id"],
        product_title=clean(row["product_title"]),
        type_id=row["type_id"],
        type_name=clean(row["type_name"]),
        quantity=row["quantity"],
        unit_price=money.load(row["unit_price"]),
        total=money.load(row["total"]),
        created_at=_when(row["created_at"]),
        updated_at=_when(row["updated_at"]),
        operator=clean(row["operator"]),
        host=row["host"],
        note=clean(row["note"]),
        order_id=row["order_id"] or "",
        status=row["status"],
        fulfilled_quantity=row["fulfilled_quantity"],
        fulfilled_amount=_amount(row["fulfilled_amount"]),
        sent_at=moment(row["sent_at"]),
        answered_at=moment(row["answered_at"]),
        next_check_at=moment(row["next_check_at"]),
        decision_due_at=moment(row["decision_due_at"]),
        checks=row["checks"],
        clean_checks=row["clean_checks"],
        late=bool(row["late"]),
        acknowledged=bool(row["acknowledged"]),
        candidates=tuple(msgspec.json.decode(row["candidates"], type=list[str])),
        request_id=row["request_id"],
        error=error,
        cards_came=row["cards_came"],
        price=_amount(row["price"]),
    )


def _reason(text: str) -> SettlementReason | None:
    return msgspec.json.decode(text, type=SettlementReason) if text else None


def column(value: object) -> object:
    """Turn a field's value into what its column holds."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Decimal):
        return money.stored(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, tuple | Struct):
        return msgspec.json.encode(value).decode()
    return value


def order(row: Mapping[str, Any]) -> Order:
    """Read a tracked order from its row; it never holds cards. Raises Unreadable."""
    with _readable(f"order {row['order_id']}"):
        return _order(row)


def _order(row: Mapping[str, Any]) -> Order:
    return Order(
        id=row["order_id"],
        # Of ten thousand orders the few words that are in all of them are kept once.
        status=clean(intern(row["status"])),
        quantity=row["quantity"],
        product=intern(row["product"]),
        type=intern(row["type"]),
        time=_when(row["time"]),
        fulfilled_quantity=row["fulfilled_quantity"],
        fulfilled_amount=_amount(row["fulfilled_amount"]),
        price_per_card=_amount(row["price_per_card"]),
        cards_came=row["cards_came"],
    )


def event(row: Mapping[str, Any]) -> Event:
    """Read an event from its row; raises Unreadable."""
    with _readable(f"event {row['seq']}"):
        return msgspec.convert(dict(row), Event)


def baseline(text: str) -> Baseline:
    """Read a purchase's baseline; raises Unreadable."""
    with _readable("the baseline of a purchase"):
        return msgspec.json.decode(text, type=Baseline)
