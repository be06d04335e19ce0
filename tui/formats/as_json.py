"""Values as JSON: the contract of the command line. Money is a string, a time is ISO 8601 UTC."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from services.domain import money
from services.domain.book import BoardOrder
from services.domain.day_figures import At, DayFigures, Seller, ToHandOver
from services.domain.event_log import Event
from services.domain.ledger import LedgerRow, Owner
from services.domain.models import (
    Balance,
    Card,
    Catalog,
    Delivery,
    Order,
    Product,
    Purchase,
    PurchaseError,
    PurchaseState,
    Quote,
    Stock,
)
from services.domain.money import Prices
from services.domain.purchase_states import approval_ends
from services.domain.spending import Spending
from services.domain.timeline import Timeline, TimelineEntry
from services.domain.typed.lookup import LookupHit, LookupResult
from services.local_files.receipt_files import ReceiptFile

Document: TypeAlias = dict[str, object]


def amount(value: Decimal | None) -> str | None:
    """Return an amount (DZD) as `980.50`, or None where there is none."""
    return None if value is None else money.stored(value)


def instant(moment: datetime) -> str:
    """Return a time as ISO 8601 in UTC: `2026-03-31T18:30:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def catalog(read: Catalog, products: Sequence[Product]) -> Document:
    """Return the products that were asked for and when the catalogue was read."""
    return {
        "read_at": instant(read.read_at),
        "products": [product(each) for each in products],
    }


def product(listed: Product) -> Document:
    return {
        "product_id": listed.id,
        "title": listed.title,
        "category": listed.category,
        "region": listed.region,
        "enabled": listed.enabled,
    }


def stock(
    read: Stock, retail: Mapping[str, Decimal], low: Collection[str] = frozenset()
) -> Document:
    """Return a product's denominations with prices and margin (DZD) and cards in stock.

    `retail` is what a customer pays for each, by type id; `low` are those below the floor.
    """
    return {
        "product_id": read.product_id,
        "product_title": read.product_title,
        "read_at": instant(read.read_at),
        "types": [
            {
                "type_id": kind.id,
                "type_name": kind.name,
                "unit_price": amount(None if kind.closed else kind.price),
                "retail_price": amount(None if kind.closed else retail[kind.id]),
                "margin": amount(None if kind.closed else retail[kind.id] - kind.price),
                "below_floor": kind.id in low,
                "stock": kind.quantity,
                "not_for_sale": kind.closed or None,
            }
            for kind in read.denominations
        ],
    }


def balance(read: Balance) -> Document:
    return {"balance": amount(read.amount), "currency": "DZD", "read_at": instant(read.read_at)}


def spending(spent: Spending, balance: Balance | None) -> Document:
    """Return what was spent and how long the balance lasts; what is not known is null."""
    pace, held = spent.pace, balance.amount if balance else None
    return {
        "balance": amount(held),
        "currency": "DZD",
        "spent_today": amount(spent.today),
        "max_day": amount(spent.day_limit) if spent.day_limit else None,
        "left_today": amount(spent.left_today),
        "orders_today": spent.orders,
        "cards_today": spent.cards,
        "account_spent_today": amount(spent.account_today),
        "spent_7_days": amount(spent.week),
        "history_days": spent.history_days,
        "pace_per_day": amount(pace),
        "runway_days": None if held is None else spent.lasts(held),
        "refundable_at_most": amount(spent.refundable),
        "open_orders": spent.open_orders,
        "tied_up": amount(spent.tied),
        "unresolved": spent.unresolved,
    }


def day(figures: DayFigures, prices: Prices, held: ToHandOver) -> Document:
    """Return the figures of today; an hour, a day and a balance by when it began or was so."""
    sold = figures.sold(prices)
    return {
        "sold_today": amount(sold),
        "margin_today": amount(sold - figures.cost),
        "came_back_today": amount(figures.came_back),
        "orders_to_hand_over": held.orders,
        "cards_to_hand_over": held.cards,
        "spent_by_hour": _series(figures.hours),
        "spent_by_day": _series(figures.days),
        "best_sellers": [seller(each) for each in figures.sellers(prices)],
        "balance_of_day": _series(figures.balance),
        "deposits": _series(figures.deposits),
    }


def seller(sold: Seller) -> Document:
    """Return a product with how many cards of it were sold today, and for what."""
    return {"product": sold.product, "cards": sold.cards, "sold": amount(sold.sold)}


def _series(points: Sequence[At]) -> list[Document]:
    return [{"at": instant(each.time), "amount": amount(each.amount)} for each in points]


def movement(row: LedgerRow) -> Document:
    """Return one movement on the account with its order; `mine` is null where that is not known."""
    moved = row.transaction
    owned = {Owner.OURS: True, Owner.OTHER: False}
    return {
        "id": moved.id,
        "type": moved.type,
        "operation": moved.operation,
        "amount": amount(moved.amount),
        "old_balance": amount(moved.old_balance),
        "new_balance": amount(moved.new_balance),
        "order_id": row.order_id or None,
        "purchase_id": (row.order.purchase_id or None) if row.order else None,
        "mine": owned.get(row.owner),
        "note": moved.note,
        "time": instant(moved.time),
        "mark": row.mark.value or None,
    }


def quote(asked: Quote) -> Document:
    """Return what would be bought now, with what it was checked against."""
    return {
        "product_id": asked.product_id,
        "product_title": asked.product_title,
        "type_id": asked.type_id,
        "type_name": asked.type_name,
        "quantity": asked.quantity,
        "unit_price": amount(asked.unit_price),
        "total": amount(asked.total),
        "stock": asked.stock,
        "balance": amount(asked.balance),
        "balance_after": amount(asked.balance_after),
        "read_at": instant(asked.read_at),
        "needs_approval": asked.needs_approval,
    }


def board_order(row: BoardOrder) -> Document:
    """Return a line of the order list; another desk's order has no `purchase_id`."""
    return {
        "order_id": row.order_id or None,
        "purchase_id": row.purchase_id or None,
        "state": row.state,
        "product_id": row.product_id,
        "product_title": row.product,
        "type_id": row.type_id,
        "type_name": row.denomination,
        "quantity": row.quantity,
        "fulfilled_quantity": row.fulfilled_quantity,
        "cards_came": row.cards_came,
        "cards_missing": row.missing,
        "total": amount(row.total),
        "price": amount(row.price),
        "note": row.note,
        "operator": row.operator,
        "mine": row.mine,
        "final": row.final,
        "late": row.late,
        "created_at": instant(row.time),
        "given_at": instant(row.given_at) if row.given_at else None,
        "given_by": row.given_by or None,
    }


def purchase(bought: Purchase, cards: Sequence[Card] | None = None) -> Document:
    """Return a purchase; `cards` is there only where a person asked to reveal them."""
    document: Document = {
        "purchase_id": bought.id,
        "idempotency_key": bought.idempotency_key,
        "state": bought.state.value,
        "order_id": bought.order_id or None,
        "product_id": bought.product_id,
        "product_title": bought.product_title,
        "type_id": bought.type_id,
        "type_name": bought.type_name,
        "quantity": bought.quantity,
        "unit_price": amount(bought.unit_price),
        "total": amount(bought.total),
        "price": amount(bought.price),
        "fulfilled_quantity": bought.fulfilled_quantity,
        "fulfilled_amount": amount(bought.fulfilled_amount),
        "cards_came": bought.cards_came,
        "cards_missing": bought.missing,
        "note": bought.note,
        "operator": bought.operator,
        "created_at": instant(bought.created_at),
        "updated_at": instant(bought.updated_at),
        "error": _error(bought.error),
    }
    if bought.state is PurchaseState.AWAITING_APPROVAL:
        document["approval_ends"] = instant(approval_ends(bought))
    return document if cards is None else document | {"cards": revealed(cards)}


def foreign_order(order: Order, row: BoardOrder, cards: Sequence[Card] | None = None) -> Document:
    """Return an order that no purchase of this journal claims, with a purchase's keys."""
    price = order.price_per_card
    document: Document = {
        "purchase_id": None,
        "idempotency_key": None,
        "state": order.status,
        "order_id": order.id,
        "product_id": order.product,
        "product_title": row.product,
        "type_id": order.type,
        "type_name": row.denomination,
        "quantity": order.quantity,
        "unit_price": amount(price),
        "total": None if price is None else amount(price * order.quantity),
        "price": None,
        "fulfilled_quantity": order.fulfilled_quantity,
        "fulfilled_amount": amount(order.fulfilled_amount),
        "cards_came": order.cards_came,
        "cards_missing": order.missing,
        "note": "",
        "operator": "",
        "created_at": instant(order.time),
        "updated_at": instant(order.time),
        "error": None,
    }
    return document if cards is None else document | {"cards": revealed(cards)}


def revealed(cards: Sequence[Card]) -> list[dict[str, str]]:
    """Return the cards' own values: only for the stream that a person asked to have them on."""
    return [
        {
            "value": card.value.reveal(),
            "serial": card.serial.reveal(),
            **{name: value.reveal() for name, value in card.more},
        }
        for card in cards
    ]


def handed(file: ReceiptFile, path: Path) -> Document:
    """Return a file that was written for a customer; never what is in it."""
    return {
        "name": file.name,
        "path": str(path),
        "written_at": instant(file.since),
        "bytes": file.size,
    }


def event(row: Event) -> Document:
    """Return a row of the event log; `hash` covers it and the row before it."""
    return {
        "seq": row.seq,
        "at": instant(row.at),
        "who": row.who,
        "kind": row.kind,
        "purchase_id": row.purchase_id or None,
        "order_id": row.order_id or None,
        "from_state": row.from_state or None,
        "to_state": row.to_state or None,
        "why": row.why,
        "hash": row.hash,
    }


def _error(error: PurchaseError | None) -> Document | None:
    """Return why a purchase is in its state; a request id alone is no error."""
    if error is None or not (error.code or error.said):
        return None
    return {
        "code": error.code,
        "message": str(error.said),
        "request_id": error.request_id or None,
    }


def found(read: LookupResult, timeline: Timeline | None) -> Document:
    """Return what was found; `timeline` is there when it is one thing."""
    return {
        "hits": [hit(each) for each in read.hits],
        "story": None if timeline is None else order_timeline(timeline),
        "said": list(map(str, read.said)),
    }


def hit(each: LookupHit) -> Document:
    """Return a hit: an order with what it was found by."""
    return {"found_by": list(each.by), **board_order(each.row)}


def order_timeline(timeline: Timeline) -> Document:
    """Return a timeline; an entry without a time is so now."""
    return {
        "order": board_order(timeline.row),
        "purchase": None if timeline.purchase is None else purchase(timeline.purchase),
        "tell": list(timeline.tell),
        "tell_in": {language: list(said) for language, said in timeline.tell_in.items()},
        "entries": [_entry(each) for each in timeline.entries],
        "gaps": list(map(str, timeline.gaps)),
    }


def delivery(mark: Delivery) -> Document:
    """Return the mark that an order was given, both nulls when it is not."""
    return {
        "order_id": mark.order_id,
        "given_at": instant(mark.at) if mark.at else None,
        "given_by": mark.by if mark.at else None,
    }


def _entry(each: TimelineEntry) -> Document:
    return {
        "at": instant(each.at) if each.at else None,
        "what": each.what,
        "who": each.who or None,
        "amounts": {name: amount(value) for name, value in each.amounts},
        "facts": list(map(str, each.facts)),
    }
