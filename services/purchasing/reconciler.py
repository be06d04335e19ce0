"""Finding out what happened to an unresolved purchase, from the vendor's own list and ledger."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from services.domain.balance_chain import after
from services.domain.errors import DeskError
from services.domain.models import Baseline, Order, Purchase, PurchaseState
from services.domain.phrase import Phrase, phrase
from services.domain.settlement_reason import SettlementReason
from services.domain.status_text import named, reason
from services.journal.purchases import Purchases
from services.purchasing import evidence
from services.purchasing.check_schedule import CheckSchedule
from services.purchasing.evidence import AccountReading, Finding
from services.system.clock import Clock
from services.vendor import pagination
from services.vendor.client import VendorClient

S = PurchaseState
WATCH = timedelta(hours=24)
AFTER = timedelta(seconds=30)


class Reconciler:
    """Checks the purchases without an answer, and settles them by evidence only.

    Args:
        client: reads of the vendor.
        exclusive: whether every buyer of this account uses this journal.
        charged: whether this environment takes money for orders.
        settle_seconds: how long absence must last before it counts.
    """

    def __init__(
        self,
        client: VendorClient,
        purchases: Purchases,
        clock: Clock,
        *,
        exclusive: bool,
        charged: bool,
        settle_seconds: float,
        changed: Callable[[Purchase, str | Phrase], Awaitable[None]],
    ) -> None:
        self._client: Final = client
        self._purchases: Final = purchases
        self._clock: Final = clock
        self._exclusive: Final = exclusive
        self._charged: Final = charged
        self._settle: Final = settle_seconds
        self._changed: Final = changed
        self._schedule: Final = CheckSchedule(clock, settle_seconds)
        self._looking = asyncio.Lock()

    def schedule(self, purchase: Purchase) -> dict[str, object]:
        """Return the schedule fields of a purchase that has just become UNRESOLVED."""
        return self._schedule.begin(purchase)

    def schedule_again(self) -> dict[str, object]:
        """Return the schedule fields of a purchase whose candidates a person ruled out."""
        return self._schedule.again()

    def left(self, purchase: Purchase) -> float:
        """Return the seconds until a purchase is looked for again, 0 when nothing is planned."""
        return self._schedule.left(purchase) or 0.0

    async def due(self) -> float | None:
        """Return the seconds until the next check that is planned, or None when there is none."""
        waits = [self._schedule.left(purchase) for purchase in await self._purchases.watched()]
        return min((wait for wait in waits if wait is not None), default=None)

    async def look_due(self) -> None:
        """Make every check whose time has come; a failed one is planned again.

        Raises:
            DeskError: the last check that failed, after all the others were made.
        """
        failed: DeskError | None = None
        for purchase in await self._purchases.watched():
            if self._schedule.left(purchase) == 0:
                try:
                    await self.look(purchase.id)
                except DeskError as error:
                    failed = error
        if failed is not None:
            raise failed

    async def look(self, purchase_id: str) -> Purchase:
        """Look for one purchase now and act on what is found.

        Raises:
            DeskError: the vendor or the journal could not be read; the next check stays planned.
        """
        async with self._looking:
            purchase, baseline = await self._purchases.with_baseline(purchase_id)
            if purchase.state not in (S.UNRESOLVED, S.AMBIGUOUS, S.NOT_PLACED, S.REFUSED):
                return purchase
            try:
                reading = await self.read(purchase, baseline)
            except DeskError as error:
                await self._plan(purchase, self._schedule.failed(purchase, error))
                raise
            finding = await self.judge(purchase, baseline, reading)
            return await self._act(purchase, finding, reading)

    async def read(self, purchase: Purchase, baseline: Baseline) -> AccountReading:
        """Read the whole list from the send time and the transactions since the baseline.

        Raises:
            DeskError: a page could not be read.
        """
        sent = purchase.sent_at or purchase.created_at
        start = sent - evidence.SKEW + timedelta(seconds=baseline.offset_seconds)
        end = self._clock.now() + timedelta(seconds=baseline.offset_seconds) + WATCH
        orders = await self._client.all_orders(start)
        found, unread = await pagination.alone(orders.unread, self._client.order)
        moves = await self._client.all_transactions(start, end)
        since = after(moves.items, baseline.transaction_id)
        balance = await self._client.balance()
        listed = (*orders.items, *found)
        return AccountReading(listed, since, orders.still, moves.complete, balance.amount, unread)

    async def judge(
        self, purchase: Purchase, baseline: Baseline, reading: AccountReading
    ) -> Finding:
        """Say what a reading means for a purchase; raises JournalFailed."""
        rivals, owners = await self._purchases.contest(
            purchase,
            [
                *(order.id for order in reading.orders),
                *(item.id for item in reading.unread if item.id),
            ],
        )
        return evidence.judge(
            purchase,
            baseline,
            reading,
            [order_id for order_id, owner in owners.items() if owner != purchase.id],
            rivals=rivals,
            exclusive=self._exclusive,
            charged=self._charged,
            settle_seconds=self._settle,
            now=self._clock.now(),
        )

    async def _act(self, purchase: Purchase, finding: Finding, reading: AccountReading) -> Purchase:
        if finding.verdict == "BIND":
            found = next(o for o in reading.orders if o.id == finding.order_ids[0])
            return await self._notified(await self.bind(purchase, found, finding.why))
        if finding.verdict == "AFTER":
            soon = self._clock.now() + AFTER
            return await self._planned(purchase, {"next_check_at": soon})
        if purchase.state in (S.NOT_PLACED, S.REFUSED):
            return await self._watch(purchase, finding)
        if finding.verdict == "AMBIGUOUS":
            return await self._notified(await self._ask(purchase, finding))
        if finding.verdict == "NOT_PLACED" and purchase.state is S.UNRESOLVED:
            return await self._notified(await self._give_up(purchase, finding))
        if not finding.whole:
            return await self._plan(purchase, self._schedule.failed(purchase), finding.reason)
        clean_checks = 0 if finding.trace else purchase.clean_checks + 1
        plan = self._schedule.after(purchase, clean_checks) | {"clean_checks": clean_checks}
        return await self._plan(purchase, plan, finding.reason)

    async def _give_up(self, purchase: Purchase, finding: Finding) -> Purchase:
        sent = purchase.sent_at or purchase.created_at
        return await self._purchases.move(
            purchase.id,
            S.NOT_PLACED,
            finding.why,
            {
                "reason": finding.reason,
                "checks": purchase.checks + 1,
                "clean_checks": purchase.clean_checks + 1,
                "next_check_at": evidence.next_check_at(sent, self._clock.now(), 0),
                "decision_due_at": None,
            },
            evidence={"readings": purchase.clean_checks + 1},
        )

    async def _ask(self, purchase: Purchase, finding: Finding) -> Purchase:
        """Put the candidates before a person, or bring them up to date."""
        if purchase.state is S.AMBIGUOUS:
            if purchase.candidates == finding.order_ids:
                return purchase
            changes = {"candidates": finding.order_ids, "reason": finding.reason}
            return await self._purchases.update(
                purchase.id, changes, kind="candidates", why=finding.why
            )
        return await self._purchases.move(
            purchase.id,
            S.AMBIGUOUS,
            finding.why,
            {
                "candidates": finding.order_ids,
                "reason": finding.reason,
                "checks": purchase.checks + 1,
                "next_check_at": None,
                "decision_due_at": None,
            },
            evidence={"order_ids": finding.order_ids},
        )

    async def _watch(self, purchase: Purchase, finding: Finding) -> Purchase:
        """Go on watching a purchase that was settled as not placed; what turns up is an alarm."""
        changes = (
            self._schedule.after(purchase, 0) if finding.whole else self._schedule.failed(purchase)
        )
        if not finding.order_ids or finding.order_ids == purchase.candidates:
            return await self._planned(purchase, changes)
        changes |= {"late": True, "acknowledged": False, "candidates": finding.order_ids}
        return await self._notified(
            await self._purchases.update(
                purchase.id, changes, kind="late", why="an order that fits appeared late"
            )
        )

    async def _plan(
        self,
        purchase: Purchase,
        plan: dict[str, object],
        reason: SettlementReason | None = None,
    ) -> Purchase:
        if purchase.state is S.AMBIGUOUS:
            return purchase
        changes = plan | {"checks": purchase.checks + 1}
        if reason and purchase.state is S.UNRESOLVED:
            changes["reason"] = reason
        return await self._planned(purchase, changes)

    async def _planned(self, purchase: Purchase, changes: dict[str, object]) -> Purchase:
        """Write when the next check is, and show it: a screen counts down to it."""
        planned = await self._purchases.update(purchase.id, changes)
        await self._changed(planned, "")
        return planned

    async def bind(
        self, purchase: Purchase, order: Order, why: str, *, kind: str = "move"
    ) -> Purchase:
        """Write down that an order is this purchase.

        Raises:
            Refused: the order is bound already, or the purchase is settled.
            JournalFailed: the journal could not take it.
        """
        return await self._purchases.move(
            purchase.id,
            S.HANDLING,
            why,
            {
                "order_id": order.id,
                # No answer said when it was placed: the order itself does, by the vendor's clock.
                "answered_at": order.time,
                "status": "HANDLING",
                "late": purchase.state in (S.NOT_PLACED, S.REFUSED),
                "acknowledged": False,
                "candidates": (),
                "error_code": "",
                "error_message": "",
                "reason": "",
                "next_check_at": None,
                "decision_due_at": None,
            },
            evidence={"order_id": order.id, "time": order.time.isoformat()},
            kind=kind,
        )

    async def _notified(self, purchase: Purchase) -> Purchase:
        await self._changed(purchase, sentence(purchase))
        return purchase


def sentence(purchase: Purchase) -> str | Phrase:
    """Say in one line, for the log, what settling found out about a purchase."""
    name = named(purchase)
    if purchase.state is S.HANDLING and purchase.late:
        return f"{name}: this order appeared late. You may now have two."
    if purchase.late:
        return f"{name}: an order that fits appeared late. Look at it: press u."
    if purchase.state is S.HANDLING:
        return f"{name}: found, order {purchase.order_id}."
    if purchase.state is S.AMBIGUOUS:
        return f"may have been bought: {name}. Orders that may be ours: press u."
    if purchase.state is S.NOT_PLACED:
        return phrase("{goods}: nothing was placed ({why}).", goods=name, why=reason(purchase))
    return f"{name}: still unresolved."
