"""The rows of the order board: the vendor's orders joined with our purchases and their names."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from services.domain.book import BoardOrder
from services.domain.models import (
    ENDED,
    IN_FLIGHT,
    Catalog,
    Delivery,
    Order,
    Purchase,
    PurchaseState,
    Stock,
    more_cards,
)
from services.domain.text import NOTHING, SafeText, short_id

_ORDERLESS = frozenset(
    {
        PurchaseState.AWAITING_APPROVAL,
        PurchaseState.INTENT,
        PurchaseState.SENDING,
        PurchaseState.UNRESOLVED,
        PurchaseState.AMBIGUOUS,
        PurchaseState.NOT_PLACED,
    }
)


class BoardRows:
    """Keeps a row for each order and unsettled purchase; rows that did not change stay the same."""

    def __init__(self, hours: float) -> None:
        self._span = timedelta(hours=hours)
        self._orders: dict[str, Order] = {}
        self._purchases: dict[str, Purchase] = {}
        self._by_order: dict[str, str] = {}
        self._titles: dict[str, SafeText] = {}
        self._facts: dict[str, dict[str, Any]] = {}
        self._names: dict[tuple[str, str], SafeText] = {}
        self._given: dict[str, Delivery] = {}
        self._cases: dict[str, int] = {}
        self._ended: Mapping[str, datetime] = {}
        self._rows: dict[str, BoardOrder] = {}
        self._order: list[str] | None = None
        self._sorted: tuple[BoardOrder, ...] | None = None
        self._oldest: datetime | None = None

    def learn(self, catalog: Catalog | None = None, stock: Stock | None = None) -> None:
        """Take product and denomination names from what was read anyway."""
        changed: set[str] = set()
        if catalog is not None:
            for product in catalog.products():
                known = self._titles.get(product.id), self._facts.get(product.id)
                facts = {"region": product.region, "also": product.also}
                if known != (product.title, facts):
                    self._titles[product.id] = product.title
                    self._facts[product.id] = facts
                    changed.add(product.id)
                for type_id, value in product.values:
                    changed |= self._name(product.id, type_id, value)
        if stock is not None:
            for denomination in stock.denominations:
                changed |= self._name(stock.product_id, denomination.id, denomination.name)
        if changed:
            for order in self._orders.values():
                if order.product in changed:
                    self._draw_order(order)
            for row in tuple(self._rows.values()):
                if row.product_id in changed:
                    self._put(replace(row, **self._facts.get(row.product_id, {})))

    def take_orders(self, orders: Iterable[Order]) -> None:
        """Take orders as just read."""
        for order in orders:
            self._orders[order.id] = order
            self._draw_order(order)

    def purchase(self, purchase_id: str) -> Purchase | None:
        """Return a purchase as it was last taken."""
        return self._purchases.get(purchase_id)

    def take_purchase(self, purchase: Purchase) -> None:
        """Take a purchase as the journal now holds it."""
        self._purchases[purchase.id] = purchase
        self._names.setdefault((purchase.product_id, purchase.type_id), purchase.type_name)
        if purchase.order_id:
            self._by_order[purchase.order_id] = purchase.id
            self._drop(purchase.id)
            order = self._orders.get(purchase.order_id)
            self._put(self._order_row(order, purchase) if order else self._purchase_row(purchase))
        elif purchase.state in _ORDERLESS and not purchase.acknowledged:
            self._put(self._purchase_row(purchase))
        else:
            self._drop(purchase.id)

    def take_given(self, deliveries: Iterable[Delivery]) -> None:
        """Take which orders were given to a customer, or after all were not."""
        for delivery in deliveries:
            self._given[delivery.order_id] = delivery
            if (row := self._rows.get(delivery.order_id)) is not None:
                self._put(row)

    def take_cases(self, counts: Mapping[str, int]) -> None:
        """Take how many open cases orders have, by their ids."""
        for order_id, count in counts.items():
            self._cases[order_id] = count
            if (row := self._rows.get(order_id)) is not None:
                self._put(row)
            if not count:
                self._cases.pop(order_id)

    def take_ended(self, ended: Mapping[str, datetime]) -> None:
        """Take when purchases came to their end (UTC), by their ids."""
        self._ended = ended
        for row in tuple(self._rows.values()):
            if row.ended_at != ended.get(row.purchase_id):
                self._put(row)

    def nameless(self) -> frozenset[str]:
        """Return the products of which an order on the board has a denomination without a name."""
        return frozenset(self.nameless_of(self._orders.values()))

    def nameless_of(self, orders: Iterable[Order]) -> tuple[str, ...]:
        """Return the products of which one of these orders has a denomination without a name."""
        return tuple(
            dict.fromkeys(
                order.product
                for order in orders
                if order.product
                and (order.product, order.type) not in self._names
                and order.id not in self._by_order
            )
        )

    def owner(self, order_id: str) -> Purchase | None:
        """Return the purchase that an order of the board belongs to."""
        return self._purchases.get(self._by_order.get(order_id, ""))

    def rows(self, now: datetime) -> tuple[BoardOrder, ...]:
        """Return the rows, newest first; the same tuple as before when none changed."""
        horizon = now - self._span
        if self._oldest is not None and self._oldest < horizon:
            for row in [r for r in self._rows.values() if _ages(r) and r.time < horizon]:
                self._forget(row)
            self._oldest = min((r.time for r in self._rows.values() if _ages(r)), default=None)
            self._order = self._sorted = None
        if self._order is None:
            newest_first = sorted(
                self._rows.values(), key=lambda row: (row.time, row.row_id), reverse=True
            )
            self._order = [row.row_id for row in newest_first]
        if self._sorted is None:
            self._sorted = tuple(map(self._rows.__getitem__, self._order))
        return self._sorted

    def unsettled(self) -> tuple[Purchase, ...]:
        """Return the purchases a person should know of: unsettled, not placed, or late."""
        return tuple(
            p
            for p in self._purchases.values()
            if p.state in (PurchaseState.UNRESOLVED, PurchaseState.AMBIGUOUS)
            or (not p.acknowledged and (p.state is PurchaseState.NOT_PLACED or p.late))
        )

    def to_approve(self) -> tuple[Purchase, ...]:
        """Return the purchases that wait for another person's approval."""
        waits = PurchaseState.AWAITING_APPROVAL
        return tuple(p for p in self._purchases.values() if p.state is waits)

    def in_flight(self) -> tuple[Purchase, ...]:
        """Return the purchases that are being sent."""
        flying = (PurchaseState.INTENT, PurchaseState.SENDING)
        return tuple(p for p in self._purchases.values() if p.state in flying)

    def awaited(self) -> frozenset[tuple[str, str, int]]:
        """Return the goods of purchases that wait for an answer, or for their order to be found.

        Each is the product, the type and how many.
        """
        waiting = (*IN_FLIGHT, PurchaseState.UNRESOLVED, PurchaseState.AMBIGUOUS)
        return frozenset(
            (p.product_id, p.type_id, p.quantity)
            for p in self._purchases.values()
            if p.state in waiting
        )

    def codes_late(self) -> tuple[Purchase, ...]:
        """Return our purchases that are paid and whose codes have not all come."""
        return tuple(p for p in self._purchases.values() if p.missing)

    def open_count(self) -> int:
        """Return how many orders of the account are still open."""
        return sum(not row.final and bool(row.order_id) for row in self._rows.values())

    def joined(
        self,
        orders: Iterable[Order],
        purchases: Iterable[Purchase],
        given: Mapping[str, Delivery] | None = None,
    ) -> tuple[BoardOrder, ...]:
        """Return rows for orders that need not be on the board, newest first.

        A purchase whose order is not among them has a row of its own.

        Args:
            orders: as the vendor tells them.
            purchases: those of ours that they may belong to.
            given: which of them were given to a customer, by order id.
        """
        owners = {p.order_id or p.id: p for p in purchases}
        rows = [self._order_row(order, owners.pop(order.id, None)) for order in orders]
        rows += [self._purchase_row(purchase) for purchase in owners.values()]
        marks = given or {}
        rows = [with_mark(r, marks[r.order_id]) if r.order_id in marks else r for r in rows]
        rows = [self._with_cases(row) for row in rows]
        return tuple(sorted(rows, key=lambda row: (row.time, row.row_id), reverse=True))

    def _name(self, product_id: str, type_id: str, name: SafeText) -> set[str]:
        """Take the name of a denomination; returns its product where that is news."""
        if self._names.get((product_id, type_id)) == name:
            return set()
        self._names[product_id, type_id] = name
        return {product_id}

    def _draw_order(self, order: Order) -> None:
        self._put(self._order_row(order, self.owner(order.id)))

    def _put(self, row: BoardOrder) -> None:
        if (delivery := self._given.get(row.order_id)) is not None:
            row = with_mark(row, delivery)
        if (ended := self._ended.get(row.purchase_id)) is not None and row.final:
            row = replace(row, ended_at=ended)
        row = self._with_cases(row)
        known = self._rows.get(row.row_id)
        if known == row:
            return
        self._rows[row.row_id] = row
        self._sorted = None
        if known is None or known.time != row.time:
            self._order = None
        if _ages(row):
            self._oldest = min(self._oldest or row.time, row.time)

    def _with_cases(self, row: BoardOrder) -> BoardOrder:
        count = self._cases.get(row.order_id, 0)
        return row if row.cases == count else replace(row, cases=count)

    def _drop(self, row_id: str) -> None:
        if self._rows.pop(row_id, None) is not None:
            self._order = self._sorted = None

    def _forget(self, row: BoardOrder) -> None:
        self._rows.pop(row.row_id, None)
        self._orders.pop(row.order_id, None)
        self._given.pop(row.order_id, None)
        if not row.late:
            self._purchases.pop(row.purchase_id, None)

    def _order_row(self, order: Order, owner: Purchase | None) -> BoardOrder:
        if owner is not None and owner.cards_came is not None:
            # What came once has come, whatever this answer holds.
            order = replace(order, cards_came=more_cards(order.cards_came, owner.cards_came))
        names = (order.product, order.type)
        price = order.price_per_card
        return BoardOrder(
            row_id=order.id,
            order_id=order.id,
            state=order.status,
            product=owner.product_title
            if owner
            else self._titles.get(order.product, short_id(order.product)),
            denomination=owner.type_name if owner else self._names.get(names, short_id(order.type)),
            quantity=order.quantity,
            time=order.time,
            mine=owner is not None,
            fulfilled_quantity=order.fulfilled_quantity,
            # The price may have moved after the yes: the vendor's is what is paid.
            total=price * order.quantity if price is not None else owner.total if owner else None,
            note=owner.note if owner else NOTHING,
            operator=owner.operator if owner else NOTHING,
            purchase_id=owner.id if owner else "",
            final=not order.open,
            late=owner.late if owner else False,
            product_id=order.product,
            type_id=order.type,
            idempotency_key=owner.idempotency_key if owner else "",
            cards_came=order.cards_came,
            price=owner.price if owner else None,
            sent_at=owner.sent_at if owner else None,
            **self._facts.get(order.product, {}),
        )

    def _purchase_row(self, purchase: Purchase) -> BoardOrder:
        return _purchase_row(purchase, self._facts.get(purchase.product_id, {}))


def with_mark(row: BoardOrder, delivery: Delivery) -> BoardOrder:
    """Return a row with the mark that its order was given to a customer, or without it."""
    by = delivery.by if delivery.at else NOTHING
    if (row.given_at, row.given_by) == (delivery.at, by):
        return row
    return replace(row, given_at=delivery.at, given_by=by)


def _purchase_row(purchase: Purchase, facts: Mapping[str, Any]) -> BoardOrder:
    """Draw a purchase whose order the list has not shown yet."""
    return BoardOrder(
        row_id=purchase.order_id or purchase.id,
        order_id=purchase.order_id,
        state=purchase.status if purchase.order_id and purchase.status else purchase.state.value,
        product=purchase.product_title,
        denomination=purchase.type_name,
        quantity=purchase.quantity,
        time=purchase.sent_at or purchase.created_at,
        mine=True,
        fulfilled_quantity=purchase.fulfilled_quantity,
        total=purchase.total,
        note=purchase.note,
        operator=purchase.operator,
        purchase_id=purchase.id,
        final=purchase.state in ENDED and not purchase.missing,
        late=purchase.late,
        product_id=purchase.product_id,
        type_id=purchase.type_id,
        idempotency_key=purchase.idempotency_key,
        cards_came=purchase.cards_came,
        price=purchase.price,
        sent_at=purchase.sent_at,
        **facts,
    )


def _ages(row: BoardOrder) -> bool:
    """Tell whether a row leaves the board with time: what is ours stays until its codes came."""
    return row.final or bool(row.missing and not row.mine)
