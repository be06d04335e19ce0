"""Buying: verify, write the intent down, send once, record what came of it."""

import socket
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from msgspec.structs import replace

from services.domain import models
from services.domain.errors import FOREIGN_CURRENCY, BadInput, JournalFailed, Refused
from services.domain.models import (
    Balance,
    Baseline,
    Check,
    Purchase,
    PurchaseState,
    Quote,
    Stock,
)
from services.domain.money import DINARS
from services.domain.phrase import Phrase, phrase, plain
from services.domain.status_text import words
from services.domain.text import clean
from services.domain.words.log_words import purchase_words
from services.journal import kept_limits, spending
from services.journal.database import Journal
from services.journal.purchases import Purchases, ask_identical, identical
from services.journal.rows import column
from services.journal.transaction import JournalTransaction
from services.purchasing import purchase_checks
from services.purchasing.outcomes import Outcomes
from services.purchasing.purchase_checks import CheckReport, Spent
from services.purchasing.reconciler import Reconciler
from services.settings.fields import PurchaseSettings
from services.system.clock import Clock, midnight
from services.system.tasks import both
from services.vendor.client import VendorClient
from services.vendor.placement import Placement

S = PurchaseState
QUOTE_SECONDS = 60.0
NOTHING = Decimal(0)
BASELINE_ORDERS = 100
BASELINE_SECONDS = 10.0
QUOTE_REQUESTS = 2
"""Stock and balance."""

PURCHASE_REQUESTS = 5
"""A quote, the newest orders and movement, and the purchase itself."""


def _silent(_: Check) -> None:
    return


class FigureReads(Protocol):
    """Reads the stock and the balance that a purchase depends on."""

    async def stock(self, product_id: str) -> Stock:
        """Return a product's denominations, read now; raises DeskError."""
        ...

    async def balance(self) -> Balance:
        """Return the balance, read now; raises DeskError."""
        ...


class Buyer:
    """Turns a confirmed quote into at most one `placeOrder`.

    Args:
        figures: reads stock and balance for every screen that shows them.
        journal: where the intent is written before, and the outcome after.
        reconciler: plans the checks of a purchase without an answer.
        limits: what the settings allow.
        operator: who buys, for the journal.
        changed: called after each committed step.
        stays: tells whether this process goes on after a purchase.
    """

    def __init__(
        self,
        client: VendorClient,
        figures: FigureReads,
        journal: Journal,
        purchases: Purchases,
        reconciler: Reconciler,
        clock: Clock,
        limits: PurchaseSettings,
        operator: str,
        changed: Callable[[Purchase, str | Phrase], Awaitable[None]],
        stays: Callable[[], bool],
    ) -> None:
        self._client: Final = client
        self._figures: Final = figures
        self._journal: Final = journal
        self._purchases: Final = purchases
        self._clock: Final = clock
        self._limits: Final = limits
        self._operator: Final = operator
        self._changed: Final = changed
        self._summed: list[tuple[datetime, str]] = []
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
        report: CheckReport | None = None,
        waiting: Purchase | None = None,
    ) -> Quote:
        """Check stock, limits and balance now, and say what the purchase would cost.

        Args:
            product_id: the vendor's product.
            type_id: the denomination.
            quantity: how many cards, 1 or more.
            previous: the quote the operator saw before, to say what moved since.
            report: called with each check as it runs.
            waiting: the purchase that waits for an approval, where this is to approve it.

        Raises:
            BadInput: the quantity is no number of cards.
            Refused: out of stock, too little balance, over a limit, or an identical purchase is
                not settled.
            DeskError: the vendor or the journal could not be read.
        """
        tell = report or _silent
        purchase_checks.check_quantity(quantity)
        tell(Check("stock", "running"))
        tell(Check("balance", "running"))
        async with self._client.reserved(QUOTE_REQUESTS):
            stock, balance = await both(self._figures.stock(product_id), self._figures.balance())
        denomination = purchase_checks.in_stock(stock, type_id, quantity, tell)
        if named := self._client.order_currency:
            tell(Check("balance", "failed", plain(f"orders in {named}")))
            raise Refused(
                f"The account's orders are in {named}", advice=DINARS, code=FOREIGN_CURRENCY
            )
        before = previous.unit_price if previous else denomination.price
        total = denomination.price * quantity
        above = await self._verify_limits(product_id, type_id, quantity, total, tell, waiting)
        purchase_checks.paid_for(balance, total, tell)
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
            changed=purchase_checks.price_moved(before, denomination.price),
            needs_approval=above,
        )

    async def buy(
        self,
        quote: Quote,
        *,
        note: str = "",
        price: Decimal | None = None,
        key: str = "",
        report: CheckReport | None = None,
    ) -> Purchase:
        """Carry out a confirmed quote, or have it wait for another person's approval.

        Must run in a task that is never cancelled: once the intent is written, the outcome
        has to be written too.

        Args:
            quote: what was confirmed, at most a minute old.
            note: the operator's words, for the journal.
            price: what the customer pays for all of it (DZD), None where that is not known.
            key: an idempotency key; the same key with the same purchase buys nothing.
            report: called with each step.

        Returns:
            The purchase as the journal holds it once the outcome is known or known to be unknown.

        Raises:
            Refused: something moved since the quote (`REQUOTE`), or an identical purchase is
                unsettled. Nothing was journalled or sent.
            OutcomeNotSaved: it was sent, and the journal could not take what came of it.
            DeskError: a check or the journal failed before anything was sent.
        """
        tell = report or _silent
        if key and (existing := await self._existing(quote, key)):
            return existing
        # All of its requests at once: it must not run out of them halfway.
        async with self._client.reserved(PURCHASE_REQUESTS):
            return await self._buy(quote, self._intent(quote, note, price, key), tell)

    async def _buy(self, quote: Quote, intent: Purchase, tell: CheckReport) -> Purchase:
        fresh = await self._still(quote, tell)
        if quote.needs_approval and not fresh.needs_approval:
            raise Refused("Confirm again: it needs no approval any more", code="REQUOTE")
        waits = fresh.needs_approval
        baseline = Baseline() if waits else await self._baseline(fresh.balance)
        await self._journal.make_ready()
        purchase = await self._purchases.add(
            replace(intent, state=S.AWAITING_APPROVAL) if waits else intent,
            self._journal.consoles.name,
            baseline,
            _seen(fresh),
            verify=lambda tx: self._verify_now(tx, quote, waits=waits),
        )
        if waits:
            await self._changed(purchase, purchase_words(purchase))
            tell(Check("place", "ok", words(purchase)))
            return purchase
        return await self._carry_out(purchase, baseline, tell)

    async def approve(
        self,
        waiting: Purchase,
        quote: Quote,
        verify: Callable[[JournalTransaction, Purchase], None],
        report: CheckReport | None = None,
    ) -> Purchase:
        """Carry out what another person asked for, at a quote that this one confirmed.

        Must run in a task that is never cancelled, as `buy`.

        Args:
            waiting: what waits for an approval.
            quote: what was confirmed, at most a minute old.
            verify: raises Refused for what this person may not approve, or not now.
            report: called with each step.

        Returns:
            The purchase as the journal holds it once the outcome is known or known to be unknown.

        Raises:
            Refused: something moved since the quote (`REQUOTE`), it waits no more, or this person
                may not approve it. Nothing was sent.
            DeskError: a check or the journal failed before anything was sent.
        """
        tell = report or _silent

        def sure(tx: JournalTransaction, held: Purchase) -> None:
            verify(tx, held)
            self._verify_now(tx, quote, held)

        async with self._client.reserved(PURCHASE_REQUESTS):
            fresh = await self._still(quote, tell, waiting)
            baseline = await self._baseline(fresh.balance)
            await self._journal.make_ready()
            purchase = await self._purchases.approve(
                fresh, waiting.id, self._journal.consoles.name, baseline, _seen(fresh), verify=sure
            )
            return await self._carry_out(purchase, baseline, tell)

    async def _still(
        self, quote: Quote, tell: CheckReport, waiting: Purchase | None = None
    ) -> Quote:
        """Check again what was confirmed; raises Refused where something moved since."""
        fresh = await self.quote(
            quote.product_id,
            quote.type_id,
            quote.quantity,
            previous=quote,
            report=tell,
            waiting=waiting,
        )
        age = (self._clock.now() - quote.read_at).total_seconds()
        if fresh.changed or age > QUOTE_SECONDS:
            moved = fresh.changed or plain(f"the quote is {int(age)} s old")
            raise Refused(phrase("Confirm again: {moved}", moved=moved), code="REQUOTE")
        return fresh

    async def _carry_out(
        self, purchase: Purchase, baseline: Baseline, tell: CheckReport
    ) -> Purchase:
        """Send an intent once, and write down what came of it."""
        await self._changed(purchase, "")
        tell(Check("place", "running", plain("sending")))
        sent, placement = await self._send(purchase, baseline)
        purchase = await self._outcomes.settle(sent, placement)
        became = {S.HANDLING: "ok", S.UNRESOLVED: "unknown"}.get(purchase.state, "failed")
        tell(Check("place", became, words(purchase)))
        return purchase

    async def write_pending(self) -> int:
        """Try again to write what the journal could not take; returns how many are left."""
        return await self._outcomes.write_pending()

    async def _verify_limits(
        self,
        product_id: str,
        type_id: str,
        quantity: int,
        total: Decimal,
        tell: CheckReport,
        waiting: Purchase | None,
    ) -> bool:
        """Make sure that it breaks no limit; returns whether another person has to approve it."""
        tell(Check("limits", "running"))
        if reason := self._journal.read_only:
            raise JournalFailed(reason, code="JOURNAL_READ_ONLY")
        if room := self._journal.room_wanted():
            tell(Check("limits", "failed", plain(room)))
            raise Refused(room, advice="Nothing was placed. Free disk space.", code="DISK_SPACE")

        def look(tx: JournalTransaction) -> tuple[Phrase, bool, Purchase | None]:
            but = waiting.id if waiting else ""
            identical_to = ask_identical(tx, product_id, type_id, quantity, but=but)
            return *self._judged(tx, quantity, total, waiting), identical_to()

        problem, above, same = await self._journal.read(look)
        if problem:
            tell(Check("limits", "failed", problem))
            raise Refused(phrase("Over a limit: {problem}", problem=problem), code="LIMIT")
        if same is not None:
            tell(Check("limits", "failed", plain("an identical purchase is not settled")))
            raise identical(same)
        detail = "another person approves it" if above else "within the limits"
        tell(Check("limits", "ok", plain(detail)))
        return above

    def _verify_now(
        self,
        tx: JournalTransaction,
        quote: Quote,
        waiting: Purchase | None = None,
        *,
        waits: bool = False,
    ) -> None:
        """Refuse what the limits do not allow any more since other consoles wrote meanwhile."""
        problem, above = self._judged(tx, quote.quantity, quote.total, waiting)
        if problem:
            raise Refused(phrase("Over a limit: {problem}", problem=problem), code="LIMIT")
        if above and not waits:
            raise Refused("Confirm again: another person has to approve it now", code="REQUOTE")

    def _judged(
        self, tx: JournalTransaction, quantity: int, total: Decimal, waiting: Purchase | None
    ) -> tuple[Phrase, bool]:
        """Say which limit it would break, and whether another person has to approve it.

        The limits are those of the settings and those kept in the journal. What waits for an
        approval counts for who asked, and once.
        """
        operator = waiting.operator if waiting else clean(self._operator)
        kept = kept_limits.ask(tx, operator)
        # What the last check had to know is asked for at once with the limits themselves.
        asked = {of: spending.ask_spent(tx, *of) for of in self._summed}
        together, own = kept()
        today = midnight(datetime.fromisoformat(tx.now))
        by_all, by_own = (today, ""), (today, operator)
        day = self._limits.max_day or together.max_day
        self._summed = [of for of, held in ((by_all, day), (by_own, own.max_day)) if held]
        sums = {of: (asked.get(of) or spending.ask_spent(tx, *of))() for of in self._summed}
        counted = waiting.total if waiting and waiting.created_at >= today else NOTHING
        spent = Spent(
            sums.get(by_all, NOTHING) - counted if day else NOTHING,
            sums.get(by_own, NOTHING) - counted if own.max_day else NOTHING,
        )
        problem = purchase_checks.over_limits(
            self._limits, quantity, total, spent.by_all
        ) or purchase_checks.over_kept(together, own, total, spent)
        most = kept_limits.approve_above(together, own)
        above = bool(most) and total > most and waiting is None
        if above and not problem and not self._journal.has_logins:
            problem = phrase(
                "above {most} DZD another person has to approve, which only a journal on a server"
                " can ask for",
                most=most,
            )
        return problem, above

    async def _existing(self, quote: Quote, idempotency_key: str) -> Purchase | None:
        """Return the purchase of this key, unless it was never sent."""
        found = await self._purchases.find(idempotency_key)
        if found is None or found.state is S.NOT_SENT or found.idempotency_key != idempotency_key:
            return None
        same = (found.product_id, found.type_id, found.quantity)
        if same != (quote.product_id, quote.type_id, quote.quantity):
            raise BadInput(
                "This idempotency key stands for another product, value or quantity",
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
            order_ids=(
                *(order.id for order in orders.items),
                *(item.id for item in orders.unread if item.id),
            ),
            transaction_id=transactions.items[0].id if transactions.items else "",
            balance=balance,
            offset_seconds=offset.total_seconds() if offset is not None else 0.0,
        )

    async def _listed(
        self,
    ) -> tuple[models.Page[models.Order], models.Page[models.Transaction], float]:
        """Return the newest orders and movement, and how old in seconds they may be by now."""
        began = self._clock.steady()
        orders, transactions = await both(
            self._client.orders(page=1, page_size=BASELINE_ORDERS),
            self._client.transactions(page=1, page_size=1),
        )
        return orders, transactions, self._clock.steady() - began

    def _intent(
        self, quote: Quote, note: str, price: Decimal | None, idempotency_key: str
    ) -> Purchase:
        now = self._clock.now()
        identity = uuid.uuid4().hex
        return Purchase(
            id=f"p{now:%y%m%d}-{identity[:12]}",
            idempotency_key=idempotency_key or identity,
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
            price=price,
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
        except (JournalFailed, Refused) as error:
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
