"""Buying: verify, write the intent down, send once, record what came of it."""

import socket
import uuid
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final

from services import money
from services.at_once import both
from services.client import Placement, VendorClient
from services.clock import Clock, midnight
from services.errors import BadInput, JournalFailed, NotSent, Refused
from services.journal import Journal
from services.journal_rows import Baseline, column
from services.models import (
    Balance,
    Check,
    Denomination,
    OrderPage,
    Purchase,
    PurchaseState,
    Quote,
    Stock,
    TransactionPage,
)
from services.outcomes import Outcomes
from services.presence import Presence
from services.purchases import Purchases, identical
from services.reconcile import Reconciler
from services.settings import PurchaseSettings
from services.text import clean
from services.wording import words

S = PurchaseState
Report = Callable[[Check], None]
QUOTE_SECONDS = 60.0
BASELINE_ORDERS = 100
LARGEST_QUANTITY = 100_000
BASELINE_SECONDS = 10.0


def _silent(_: Check) -> None:
    return


class Purchasing:
    """Turns a confirmed quote into at most one `placeOrder`.

    Args:
        client: the vendor.
        journal: where the intent is written before, and the outcome after.
        purchases: the journal's purchases.
        reconciler: plans the looks for a purchase nobody answered for.
        presence: this process's claim to be alive.
        clock: time.
        limits: what the settings allow.
        operator: who buys, for the journal.
        changed: told after each committed step.
        stays: tells whether this process goes on after a purchase.
    """

    def __init__(
        self,
        client: VendorClient,
        journal: Journal,
        purchases: Purchases,
        reconciler: Reconciler,
        presence: Presence,
        clock: Clock,
        limits: PurchaseSettings,
        operator: str,
        changed: Callable[[Purchase, str], Awaitable[None]],
        stays: Callable[[], bool],
    ) -> None:
        self._client: Final = client
        self._journal: Final = journal
        self._purchases: Final = purchases
        self._presence: Final = presence
        self._clock: Final = clock
        self._limits: Final = limits
        self._operator: Final = operator
        self._changed: Final = changed
        self._outcomes: Final = Outcomes(
            journal, purchases, reconciler.schedule, clock, changed, stays
        )

    async def quote(
        self,
        product_id: str,
        type_id: str,
        quantity: int,
        *,
        previous: Quote | None = None,
        report: Report | None = None,
    ) -> Quote:
        """Check stock, limits and balance now, and say what the purchase would cost.

        Args:
            product_id: the vendor's product.
            type_id: the denomination.
            quantity: how many cards, 1 or more.
            previous: the quote the operator saw before, to say what moved since.
            report: told of each check as it runs.

        Raises:
            BadInput: the quantity is no number of cards.
            Refused: out of stock, too little balance, over a limit, or an identical purchase is
                not settled.
            DeskError: the vendor or the journal could not be read.
        """
        tell = report or _silent
        if not 1 <= quantity <= LARGEST_QUANTITY:
            raise BadInput(f"The quantity must be a whole number from 1 to {LARGEST_QUANTITY}")
        tell(Check("stock", "running"))
        tell(Check("balance", "running"))
        stock, balance = await both(self._client.stock(product_id), self._client.balance())
        denomination = self._verify_stock(stock, type_id, quantity, tell)
        total = denomination.price * quantity
        await self._verify_limits(product_id, type_id, quantity, total, tell)
        self._verify_balance(balance, total, tell)
        return Quote(
            product_id=product_id,
            product_title=stock.product_title,
            type_id=type_id,
            type_name=denomination.name,
            quantity=quantity,
            unit_price=denomination.price,
            total=total,
            stock=denomination.quantity,
            balance=balance.amount,
            balance_after=balance.amount - total,
            read_at=stock.read_at,
            typed_total=bool(self._limits.confirm_above) and total >= self._limits.confirm_above,
            changed=_moved(previous, denomination, quantity) if previous else "",
        )

    async def buy(
        self, quote: Quote, *, note: str = "", key: str = "", report: Report | None = None
    ) -> Purchase:
        """Carry out a confirmed quote.

        Must run in a task that nobody cancels: from the moment the intent is written, the outcome
        has to be written too.

        Args:
            quote: what was confirmed, at most a minute old.
            note: the operator's words, for the journal.
            key: an idempotency key; the same key with the same purchase buys nothing.
            report: told of each step.

        Returns:
            The purchase as the journal holds it once the outcome is known or known to be unknown.

        Raises:
            Refused: something moved since the quote (`REQUOTE`), or an identical purchase is
                unsettled. Nothing was journalled or sent.
            DeskError: a check or the journal failed before anything was sent.
        """
        tell = report or _silent
        if key and (existing := await self._existing(quote, key)):
            return existing
        fresh = await self.quote(
            quote.product_id, quote.type_id, quote.quantity, previous=quote, report=report
        )
        age = (self._clock.now() - quote.read_at).total_seconds()
        if fresh.changed or age > QUOTE_SECONDS:
            moved = fresh.changed or f"the quote is {int(age)} s old"
            raise Refused(f"Confirm again: {moved}", code="REQUOTE")
        baseline = await self._baseline(fresh.balance)
        await self._journal.make_ready()
        purchase = await self._purchases.add(
            self._intent(quote, note, key), self._presence.name, baseline, _seen(fresh)
        )
        await self._changed(purchase, "")
        tell(Check("place", "running", "sending"))
        sent, placement = await self._send(purchase, baseline)
        purchase = await self._outcomes.settle(sent, placement)
        became = {S.HANDLING: "ok", S.UNRESOLVED: "unknown"}.get(purchase.state, "failed")
        tell(Check("place", became, words(purchase)))
        return purchase

    async def write_pending(self) -> int:
        """Try again to write what the journal could not take; returns how many are left."""
        return await self._outcomes.write_pending()

    def _verify_stock(
        self, stock: Stock, type_id: str, quantity: int, tell: Report
    ) -> Denomination:
        denomination = stock.find(type_id)
        if denomination is None:
            tell(Check("stock", "failed", "not sold any more"))
            raise Refused("This denomination is not sold any more", code="ERR_STOCK")
        if denomination.quantity < quantity:
            left = denomination.quantity
            detail = f"{left} in stock, {quantity} wanted" if left else "out of stock"
            tell(Check("stock", "failed", detail))
            raise Refused(f"Not enough stock: {detail}", code="ERR_STOCK")
        tell(Check("stock", "ok", f"{denomination.quantity} in stock"))
        return denomination

    async def _verify_limits(
        self, product_id: str, type_id: str, quantity: int, total: Decimal, tell: Report
    ) -> None:
        tell(Check("limits", "running"))
        problem = ""
        if reason := self._journal.read_only:
            raise JournalFailed(reason, code="JOURNAL_READ_ONLY")
        if room := self._journal.room_wanted():
            tell(Check("limits", "failed", room))
            raise Refused(room, advice="Nothing was placed. Free disk space.", code="DISK_SPACE")
        limits = self._limits
        if limits.max_quantity and quantity > limits.max_quantity:
            problem = f"at most {limits.max_quantity} cards a purchase are allowed"
        elif limits.max_total and total > limits.max_total:
            problem = f"at most {money.show(limits.max_total)} DZD a purchase are allowed"
        elif limits.max_day:
            spent = await self._purchases.spent_since(midnight(self._clock.now()))
            if spent + total > limits.max_day:
                problem = (
                    f"{money.show(spent)} DZD spent today, {money.show(limits.max_day)} DZD allowed"
                )
        if problem:
            tell(Check("limits", "failed", problem))
            raise Refused(f"Over a limit: {problem}", code="LIMIT")
        same = await self._purchases.identical_unsettled(product_id, type_id, quantity)
        if same is not None:
            tell(Check("limits", "failed", "an identical purchase is not settled"))
            raise identical(same)
        tell(Check("limits", "ok", "within the limits"))

    def _verify_balance(self, balance: Balance, total: Decimal, tell: Report) -> None:
        if balance.amount < total:
            detail = f"{money.show(balance.amount)} DZD there, {money.show(total)} DZD needed"
            tell(Check("balance", "failed", detail))
            raise Refused(f"Not enough balance: {detail}", code="INSUFFICIENT_BALANCE")
        # No amount: the ticket shows it where privacy mode can hide it, and the sandbox takes none.
        tell(Check("balance", "ok", "enough"))

    async def _existing(self, quote: Quote, key: str) -> Purchase | None:
        """Return the purchase this key stands for, unless it was never sent."""
        found = await self._purchases.find(key)
        if found is None or found.state is S.NOT_SENT or found.idempotency_key != key:
            return None
        same = (found.product_id, found.type_id, found.quantity)
        if same != (quote.product_id, quote.type_id, quote.quantity):
            raise BadInput(
                "This idempotency key stands for another product, denomination or quantity",
                code="KEY_MISMATCH",
            )
        return found

    async def _baseline(self, balance: Decimal) -> Baseline:
        """Read what is there before the purchase; too old a reading would call it new.

        Raises:
            Refused: the vendor answered too slowly twice.
            DeskError: the vendor could not be read.
        """
        orders, transactions, age = await self._listed()
        if age > BASELINE_SECONDS:
            orders, transactions, age = await self._listed()
        if age > BASELINE_SECONDS:
            raise Refused(
                f"The vendor took {age:.0f} s to list what is there already, which is too old to"
                " tell a new order by",
                advice="Nothing was placed. Try again when the line is faster.",
                code="BASELINE_OLD",
            )
        offset = self._client.server_offset
        return Baseline(
            order_ids=tuple(order.id for order in orders.items),
            transaction_id=transactions.items[0].id if transactions.items else "",
            balance=balance,
            offset_seconds=offset.total_seconds() if offset is not None else 0.0,
        )

    async def _listed(self) -> tuple[OrderPage, TransactionPage, float]:
        """Return the newest orders and movement, and how old in seconds they may be by now."""
        began = self._clock.steady()
        orders, transactions = await both(
            self._client.orders(page=1, page_size=BASELINE_ORDERS),
            self._client.transactions(page=1, page_size=1),
        )
        return orders, transactions, self._clock.steady() - began

    def _intent(self, quote: Quote, note: str, key: str) -> Purchase:
        now = self._clock.now()
        identity = uuid.uuid4().hex
        return Purchase(
            id=f"p{now:%y%m%d}-{identity[:12]}",
            idempotency_key=key or identity,
            state=S.INTENT,
            product_id=quote.product_id,
            product_title=quote.product_title,
            type_id=quote.type_id,
            type_name=quote.type_name,
            quantity=quote.quantity,
            unit_price=quote.unit_price,
            total=quote.total,
            created_at=now,
            updated_at=now,
            operator=clean(self._operator),
            host=socket.gethostname(),
            note=clean(note),
        )

    async def _send(self, purchase: Purchase, baseline: Baseline) -> tuple[Purchase, Placement]:
        """Send once; returns the purchase as it was sent, and what came of it."""
        sent = [purchase]

        async def sending() -> None:
            self._journal.in_place()
            sent[0] = await self._purchases.move(
                purchase.id,
                S.SENDING,
                "the request is about to leave",
                {"sent_at": self._clock.now()},
                evidence={
                    "orders_before": len(baseline.order_ids),
                    "transaction_before": baseline.transaction_id,
                    "deadline": self._limits.deadline_seconds,
                },
            )
            await self._changed(sent[0], "")

        try:
            placement = await self._client.place(
                purchase.product_id,
                purchase.type_id,
                purchase.quantity,
                sending=sending,
                deadline=float(self._limits.deadline_seconds),
            )
        except (JournalFailed, Refused, NotSent) as error:
            placement = Placement(
                verdict="NOT_SENT", sent=False, code=error.code, message=error.message
            )
        return sent[0], placement


def _seen(quote: Quote) -> dict[str, object]:
    """Return what was on the screen when it was confirmed, as the event log writes it."""
    return {
        "unit_price": column(quote.unit_price),
        "stock": quote.stock,
        "balance": column(quote.balance),
        "quoted_at": column(quote.read_at),
    }


def _moved(previous: Quote, now: Denomination, quantity: int) -> str:
    """Say what differs from the quote that the operator confirmed, or return an empty text."""
    if now.price != previous.unit_price:
        return (
            f"the price was {money.show(previous.unit_price)} DZD"
            f" and is now {money.show(now.price)} DZD a card"
        )
    if quantity != previous.quantity:
        return f"the quantity was {previous.quantity} and is now {quantity}"
    return ""
