"""The vendor's books: orders that become final by the clock, and the account that pays them."""

import asyncio
import hashlib
import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from services.domain.money import ZERO
from services.sandbox.catalog import (
    TEST_PARTIAL,
    TEST_PRICE,
    TEST_REFUND,
    TEST_STOCK,
    TEST_TYPES,
    ShelfProduct,
    ShelfType,
)
from services.sandbox.prices import Market
from services.sandbox.responses import SandboxRefusal
from services.sandbox.state import OrderRecord, State, StateFile, TransactionRecord
from services.system.clock import Clock


class RequestedOrder(Struct, frozen=True):
    """What somebody wants to buy, and under which circumstances.

    Attributes:
        charge: whether the account pays.
        foreign: whether another desk of the account buys.
        skew: seconds that the vendor's clock is ahead.
        lateness: seconds for which the list does not show the order.
    """

    product_id: str
    type_id: str
    quantity: int
    charge: bool
    foreign: bool = False
    skew: float = 0
    lateness: float = 0


class Accounts:
    """Products, orders, balance and transactions of the one account that the sandbox has."""

    def __init__(
        self,
        clock: Clock,
        *,
        path: Path | None,
        seed: int,
        balance: Decimal,
        handling_seconds: tuple[float, float],
        moving: bool,
        speed: int = 1,
    ) -> None:
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - handling times are to be repeatable
        self._mark = hashlib.sha256(str(seed).encode()).hexdigest()[:10]
        self._handling = handling_seconds
        self._file = StateFile(path) if path is not None else None
        self._changes = 0
        self._saved = 0
        kept = self._file.load() if self._file is not None else None
        self._state = kept or State(balance=ZERO)
        self.market = Market(clock, self._state.sold, moving=moving, speed=speed)
        self._orders = {order.id: order for order in self._state.orders}
        self._open = [order for order in self._state.orders if not order.final]
        if kept is None:
            self._book("DEPOSIT", balance, objid="", note="Opening balance", time=self.now())

    def now(self) -> datetime:
        """Return the time (UTC) to the millisecond, which is all that the vendor tells."""
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    @property
    def balance(self) -> Decimal:
        """The account's balance in DZD."""
        self.settle()
        return self._state.balance

    def orders(self) -> dict[str, OrderRecord]:
        """Return every order by id, oldest first."""
        self.settle()
        return dict(self._orders)

    def listed(self) -> list[OrderRecord]:
        """Return the orders that the list shows by now, newest first."""
        self.settle()
        now = self._clock.now()
        return [order for order in reversed(self._state.orders) if order.visible_at <= now]

    def transactions(self) -> list[TransactionRecord]:
        """Return the account's movements, newest first."""
        self.settle()
        return self._state.transactions[::-1]

    def next_id(self, now: datetime) -> str:
        """Return a fresh identifier of 24 hexadecimal digits, time first as the vendor's are."""
        self._state.counter += 1
        seconds = int(now.timestamp()) & 0xFFFFFFFF
        return f"{seconds:08x}{self._mark}{self._state.counter & 0xFFFFFF:06x}"

    def check(self, wish: RequestedOrder) -> tuple[ShelfProduct, ShelfType]:
        """Find what is wished for.

        Raises:
            SandboxRefusal: if there is no such thing, not enough of it, or not enough money.
        """
        product, kind = self._find(wish)
        if self.market.stock(product, kind) < wish.quantity:
            raise SandboxRefusal(400, "ERR_STOCK", "Product out of stock")
        required = self.market.price(kind) * wish.quantity
        if wish.charge and required > self.balance:
            raise SandboxRefusal(
                403,
                "INSUFFICIENT_BALANCE",
                "Not enough balance",
                {"required": required, "available": self.balance},
            )
        return product, kind

    def place(self, wish: RequestedOrder) -> OrderRecord:
        """Carry out a purchase.

        Raises:
            SandboxRefusal: as `check` does; nothing has changed then.
        """
        product, kind = self.check(wish)
        now = self.now()
        handling = round(self._random.uniform(*self._handling), 3)
        order = OrderRecord(
            id=self.next_id(now + timedelta(seconds=wish.skew)),
            product=product.id,
            type=kind.id,
            quantity=wish.quantity,
            price_per_card=self.market.price(kind),
            placed_at=now,
            ends_at=now + timedelta(seconds=handling),
            visible_at=now + timedelta(seconds=wish.lateness),
            outcome=_outcome(kind.id, wish.quantity),
            first_card=self._state.cards + 1,
            charged=wish.charge,
            skew=wish.skew,
            foreign=wish.foreign,
        )
        self._state.cards += order.outcome
        self._state.orders.append(order)
        self._orders[order.id] = order
        self._open.append(order)
        self.market.sell(kind, wish.quantity)
        if wish.charge:
            cost = order.price_per_card * order.quantity
            self._book("ORDER", -cost, objid=order.id, note=product.title, time=order.time)
        self._changes += 1
        return order

    def deposit(self, amount: Decimal) -> None:
        """Put money (DZD) on the account."""
        self._book("DEPOSIT", amount, objid="", note="Deposit", time=self.now())

    def finish(self, order_id: str | None) -> None:
        """Make one order, or all that are being handled, final at once.

        Raises:
            KeyError: if there is no such order.
        """
        chosen = self._open if order_id is None else [self._orders[order_id]]
        for order in chosen:
            order.ends_at = min(order.ends_at, self.now())
        self.settle()

    def settle(self) -> None:
        """Make every order final whose time has come; refunds are booked in that order."""
        now = self._clock.now()
        due = [order for order in self._open if order.ends_at <= now]
        for order in sorted(due, key=lambda order: order.ends_at):
            self._open.remove(order)
            order.status = _final_status(order)
            self._refund(order)
            self._changes += 1

    async def save(self) -> None:
        """Keep what has changed, without holding up the loop.

        Raises:
            OSError: when the disk does not take it.
        """
        if self._file is not None and self._changes != self._saved:
            changes = self._changes
            await asyncio.to_thread(self._file.write, msgspec.json.encode(self._state), changes)
            self._saved = max(self._saved, changes)

    def _find(self, wish: RequestedOrder) -> tuple[ShelfProduct, ShelfType]:
        product = self.market.product(wish.product_id)
        if product is None:
            raise SandboxRefusal(404, "NOT_FOUND", "Product not found")
        if wish.type_id in TEST_TYPES:
            return product, ShelfType(wish.type_id, wish.type_id, TEST_PRICE, TEST_STOCK)
        kind = next((kind for kind in product.types if kind.id == wish.type_id), None)
        if kind is None:
            raise SandboxRefusal(404, "NOT_FOUND", "Type not found for this product")
        return product, kind

    def _refund(self, order: OrderRecord) -> None:
        missing = order.quantity - order.outcome
        if order.charged and missing:
            ended = order.ends_at + timedelta(seconds=order.skew)
            refund = order.price_per_card * missing
            self._book("REFUND-ORDER", refund, objid=order.id, note="Refund", time=ended)

    def _book(self, type_: str, change: Decimal, *, objid: str, note: str, time: datetime) -> None:
        before = self._state.balance
        self._state.balance = before + change
        self._state.transactions.append(
            TransactionRecord(
                id=self.next_id(time),
                type=type_,
                amount=abs(change),
                old_balance=before,
                new_balance=self._state.balance,
                objid=objid,
                note=note,
                time=time,
            )
        )
        self._changes += 1


def _outcome(type_id: str, quantity: int) -> int:
    if type_id == TEST_REFUND:
        return 0
    return quantity // 2 if type_id == TEST_PARTIAL else quantity


def _final_status(order: OrderRecord) -> str:
    if order.outcome == order.quantity:
        return "FULFILLED"
    return "PARTIALLY_FILLED" if order.outcome else "REFUNDED"
