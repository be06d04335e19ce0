"""Buying: verify, write the intent down, send once, record what came of it."""

import asyncio
import contextlib
import socket
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from services import money
from services.client import Placement, VendorClient
from services.clock import Clock, midnight
from services.errors import BadInput, JournalFailed, NotSent, Refused
from services.journal import Journal
from services.journal_rows import Baseline, iso
from services.models import Balance, Check, Denomination, Purchase, PurchaseState, Quote, Stock
from services.presence import Presence
from services.purchases import Purchases, identical
from services.reconcile import Reconciler
from services.settings import PurchaseSettings
from services.text import clean
from services.wording import named, words

S = PurchaseState
Report = Callable[[Check], None]
QUOTE_SECONDS = 60.0
BASELINE_ORDERS = 100
LARGEST_QUANTITY = 100_000
REFUSED_WATCH = timedelta(seconds=10)


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
    ) -> None:
        self._client: Final = client
        self._journal: Final = journal
        self._purchases: Final = purchases
        self._reconciler: Final = reconciler
        self._presence: Final = presence
        self._clock: Final = clock
        self._limits: Final = limits
        self._operator: Final = operator
        self._changed: Final = changed
        self._unwritten: list[tuple[str, S, str, dict[str, object]]] = []

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
        stock, balance = await asyncio.gather(
            self._client.stock(product_id), self._client.balance()
        )
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
        purchase = await self._purchases.add(
            self._intent(quote, note, key), self._presence.name, baseline
        )
        await self._changed(purchase, "")
        tell(Check("place", "running", "sending"))
        placement = await self._send(purchase)
        purchase = await self._settle(purchase, placement)
        became = {S.HANDLING: "ok", S.UNRESOLVED: "unknown"}.get(purchase.state, "failed")
        tell(Check("place", became, words(purchase)))
        return purchase

    async def write_pending(self) -> int:
        """Try again to write what the journal could not take; returns how many are left."""
        pending, self._unwritten = self._unwritten, []
        for purchase_id, state, why, changes in pending:
            # Refused: the emergency file was carried over meanwhile, and this one is written.
            with contextlib.suppress(JournalFailed, Refused):
                await self._outcome(purchase_id, state, why, changes)
        return len(self._unwritten)

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
        orders, transactions = await asyncio.gather(
            self._client.orders(page=1, page_size=BASELINE_ORDERS),
            self._client.transactions(page=1, page_size=1),
        )
        offset = self._client.server_offset
        return Baseline(
            order_ids=tuple(order.id for order in orders.items),
            transaction_id=transactions.items[0].id if transactions.items else "",
            balance=balance,
            offset_seconds=offset.total_seconds() if offset is not None else 0.0,
        )

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

    async def _send(self, purchase: Purchase) -> Placement:
        async def sending() -> None:
            sent = await self._purchases.move(
                purchase.id,
                S.SENDING,
                "the request is about to leave",
                {"sent_at": self._clock.now()},
            )
            await self._changed(sent, "")

        try:
            return await self._client.place(
                purchase.product_id,
                purchase.type_id,
                purchase.quantity,
                sending=sending,
                deadline=float(self._limits.deadline_seconds),
            )
        except (JournalFailed, Refused, NotSent) as error:
            return Placement(verdict="NOT_SENT", sent=False, code=error.code, message=error.message)

    async def _settle(self, purchase: Purchase, placement: Placement) -> Purchase:
        """Commit what the answer means; an order id that is bound already counts as no answer."""
        facts: dict[str, object] = {
            "answered_at": self._clock.now(),
            "error_code": placement.code,
            "error_message": placement.message,
            "request_id": placement.request_id,
        }
        if placement.verdict == "HANDLING":
            if await self._purchases.bound((placement.order_id,)):
                facts["error_message"] = "The vendor answered with an order that is known already"
                return await self._unresolved(purchase, "the answer names a known order", facts)
            facts |= {"order_id": placement.order_id, "status": "HANDLING"}
            facts |= {"error_code": "", "error_message": "", "request_id": placement.request_id}
            return await self._outcome(purchase.id, S.HANDLING, "the vendor accepted it", facts)
        if placement.verdict == "NOT_SENT":
            return await self._outcome(purchase.id, S.NOT_SENT, placement.message, facts)
        if placement.verdict == "REFUSED":
            facts["next_look"] = self._clock.now() + REFUSED_WATCH
            return await self._outcome(purchase.id, S.REFUSED, placement.message, facts)
        return await self._unresolved(purchase, placement.message, facts)

    async def _unresolved(self, purchase: Purchase, why: str, facts: dict[str, object]) -> Purchase:
        sent = await self._purchases.find(purchase.id) or purchase
        plan = self._reconciler.schedule(sent)
        return await self._outcome(purchase.id, S.UNRESOLVED, why, {**plan, **facts})

    async def _outcome(
        self, purchase_id: str, state: S, why: str, changes: dict[str, object]
    ) -> Purchase:
        """Write an outcome durably: the journal, then without the ballast, then the emergency file.

        The order id is on disk before anyone sees it, or, if nothing can be written, stays in
        memory and on the screen until it can.
        """
        try:
            moved = await self._purchases.move(purchase_id, state, why, changes)
        except JournalFailed:
            self._journal.emergency.free_ballast()
            try:
                moved = await self._purchases.move(purchase_id, state, why, changes)
            except JournalFailed:
                return await self._last_resort(purchase_id, state, why, changes)
        await self._changed(moved, f"{named(moved)}: {words(moved)}")
        return moved

    async def _last_resort(
        self, purchase_id: str, state: S, why: str, changes: dict[str, object]
    ) -> Purchase:
        answered = changes.get("answered_at")
        order_id = str(changes.get("order_id") or "")
        record = {
            "purchase_id": purchase_id,
            "state": state.value,
            "order_id": order_id,
            "answered_at": iso(answered if isinstance(answered, datetime) else None) or "",
        }
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._journal.emergency.append, record)
        self._unwritten.append((purchase_id, state, why, changes))
        raise JournalFailed(
            f"The outcome could not be written to the journal: {state}"
            + (f", order {order_id}" if order_id else ""),
            advice="Write this order id down now. Free disk space; carddesk keeps trying.",
            code="JOURNAL_FULL",
        )


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
