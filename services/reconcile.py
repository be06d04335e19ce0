"""Finding out what happened to an unresolved purchase, from the vendor's own list and ledger."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from services import evidence, listing
from services.balance_chain import after
from services.client import VendorClient
from services.clock import Clock
from services.errors import DeskError, NotClaimed, Refused
from services.evidence import Finding, Reading
from services.journal_rows import Baseline
from services.looks import Looks
from services.models import Candidate, Order, Purchase, PurchaseState
from services.purchases import Purchases
from services.wording import named

S = PurchaseState
WATCH = timedelta(hours=24)
AFTER = timedelta(seconds=30)


class Reconciler:
    """Looks for the purchases that nobody answered for, and settles them by evidence only.

    Args:
        client: reads of the vendor.
        purchases: the journal's purchases.
        clock: time.
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
        changed: Callable[[Purchase, str], Awaitable[None]],
    ) -> None:
        self._client: Final = client
        self._purchases: Final = purchases
        self._clock: Final = clock
        self._exclusive: Final = exclusive
        self._charged: Final = charged
        self._settle: Final = settle_seconds
        self._changed: Final = changed
        self._looks: Final = Looks(clock, settle_seconds)
        self._looking = asyncio.Lock()

    def schedule(self, purchase: Purchase) -> dict[str, object]:
        """Return the schedule fields of a purchase that has just become UNRESOLVED."""
        return self._looks.begin(purchase)

    def left(self, purchase: Purchase) -> float:
        """Return the seconds until a purchase is looked for again, 0 when nothing is planned."""
        return self._looks.left(purchase) or 0.0

    async def due(self) -> float | None:
        """Return the seconds until the next look that is planned, or None when there is none."""
        waits = [self._looks.left(purchase) for purchase in await self._purchases.watched()]
        return min((wait for wait in waits if wait is not None), default=None)

    async def look_due(self) -> None:
        """Make every look whose time has come; a failed one is planned again.

        Raises:
            DeskError: the last look that failed, after all the others were made.
        """
        failed: DeskError | None = None
        for purchase in await self._purchases.watched():
            if self._looks.left(purchase) == 0:
                try:
                    await self.look(purchase.id)
                except DeskError as error:
                    failed = error
        if failed is not None:
            raise failed

    async def look(self, purchase_id: str) -> Purchase:
        """Look for one purchase now and act on what is found.

        Raises:
            DeskError: the vendor or the journal could not be read; the next look stays planned.
        """
        async with self._looking:
            purchase = await self._known(purchase_id)
            if purchase.state not in (S.UNRESOLVED, S.AMBIGUOUS, S.NOT_PLACED, S.REFUSED):
                return purchase
            baseline = await self._purchases.baseline(purchase_id)
            try:
                reading = await self.read(purchase, baseline)
            except DeskError as error:
                await self._plan(purchase, self._looks.failed(purchase, error))
                raise
            finding = await self._judge(purchase, baseline, reading)
            return await self._act(purchase, finding, reading)

    async def candidates(self, purchase_id: str) -> tuple[Candidate, ...]:
        """Return the orders that could be this purchase, each with its evidence.

        The nearest to the sending comes first: it is the likeliest.

        Raises:
            DeskError: the vendor or the journal could not be read.
        """
        purchase = await self._known(purchase_id)
        baseline = await self._purchases.baseline(purchase_id)
        reading = await self.read(purchase, baseline)
        finding = await self._judge(purchase, baseline, reading)
        listed = {order.id: order for order in reading.orders}
        return tuple(
            Candidate(
                listed[order_id],
                evidence.difference(purchase, baseline, listed[order_id]),
                next((t for t in reading.transactions if t.objid == order_id), None),
            )
            for order_id in finding.order_ids
        )

    async def claim(self, purchase_id: str, order_id: str) -> Purchase:
        """Bind an order to a purchase because a person says so, whatever a person said before.

        Raises:
            NotClaimed: the order is another product, type or quantity, older than the purchase, or
                bound already; or the purchase is settled.
            DeskError: the vendor or the journal could not be read.
        """
        purchase = await self._known(purchase_id)
        baseline = await self._purchases.baseline(purchase_id)
        order = await self._whole(await self._client.order(order_id), purchase, baseline)
        why_not, code = evidence.unclaimable(purchase, baseline, order)
        if why_not:
            raise NotClaimed(why_not, code=code)
        if any(rival.state is S.SENDING for rival in await self._purchases.rivals(purchase)):
            raise NotClaimed("It may be the order of a purchase that is being sent", code="SENDING")
        why = "a person said: this one"
        if order_id in baseline.ruled_out:
            why += ", after it had been ruled out"
        try:
            bound = await self._bind(purchase, order, why, kind="claim")
        except Refused as no:
            raise NotClaimed(no.message, code=no.code) from no
        await self._changed(bound, f"Order {order.id} is now purchase {purchase_id}")
        return bound

    async def none_of_these(
        self, purchase_id: str, seen: Collection[str] | None = None
    ) -> Purchase:
        """Take back the candidates because a person says that none of them is this purchase.

        Args:
            purchase_id: which purchase.
            seen: the candidates that the person saw; all that the journal names if None. What he
                did not see, the next look offers again.

        Raises:
            NotClaimed: the purchase is not AMBIGUOUS.
        """
        purchase = await self._known(purchase_id)
        if purchase.state is not S.AMBIGUOUS:
            raise NotClaimed("No orders are offered for this purchase", code="NOT_AMBIGUOUS")
        ruled_out = tuple(o for o in purchase.candidates if seen is None or o in seen)
        baseline = await self._purchases.baseline(purchase_id)
        moved = await self._purchases.move(
            purchase_id,
            S.UNRESOLVED,
            "a person said: none of these",
            {
                "candidates": (),
                "error_message": "a person said: none of the orders that were offered",
                "quiet": 0,
                "baseline": baseline_without(baseline, ruled_out),
                **self._looks.again(),
            },
            evidence={"order_ids": ruled_out},
            kind="none",
        )
        await self._changed(moved, "None of the orders shown is this purchase; looking on")
        return moved

    async def read(self, purchase: Purchase, baseline: Baseline) -> Reading:
        """Read the whole list from the send time and the transactions since the baseline.

        Raises:
            DeskError: a page could not be read.
        """
        sent = purchase.sent_at or purchase.created_at
        start = sent - evidence.SKEW + timedelta(seconds=baseline.offset_seconds)
        end = self._clock.now() + timedelta(seconds=baseline.offset_seconds) + WATCH
        orders = await listing.whole(
            lambda page: self._client.orders(page=page, page_size=listing.PAGE, start=start)
        )
        moves = await listing.whole(
            lambda page: self._client.transactions(
                page=page, page_size=listing.PAGE, start=start, end=end
            )
        )
        since = after(moves.items, baseline.transaction_id)
        balance = await self._client.balance()
        return Reading(orders.items, since, orders.complete, moves.complete, balance.amount)

    async def _judge(self, purchase: Purchase, baseline: Baseline, reading: Reading) -> Finding:
        rivals = [
            (rival, await self._purchases.baseline(rival.id))
            for rival in await self._purchases.rivals(purchase)
        ]
        # Read after the rivals: what one of them gets meanwhile is bound then, not up for grabs.
        owners = await self._purchases.bound(tuple(order.id for order in reading.orders))
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

    async def _act(self, purchase: Purchase, finding: Finding, reading: Reading) -> Purchase:
        if finding.verdict == "BIND":
            found = next(o for o in reading.orders if o.id == finding.order_ids[0])
            return await self._told(await self._bind(purchase, found, finding.why))
        if finding.verdict == "AFTER":
            soon = self._clock.now() + AFTER
            return await self._purchases.update(purchase.id, {"next_look": soon})
        if purchase.state in (S.NOT_PLACED, S.REFUSED):
            return await self._watch(purchase, finding)
        if finding.verdict == "AMBIGUOUS":
            return await self._told(await self._ask(purchase, finding))
        if finding.verdict == "NOT_PLACED" and purchase.state is S.UNRESOLVED:
            return await self._told(await self._give_up(purchase, finding))
        if not finding.whole:
            return await self._plan(purchase, self._looks.failed(purchase), finding.why)
        quiet = 0 if finding.trace else purchase.quiet + 1
        plan = self._looks.after(purchase, quiet) | {"quiet": quiet}
        return await self._plan(purchase, plan, finding.why)

    async def _give_up(self, purchase: Purchase, finding: Finding) -> Purchase:
        sent = purchase.sent_at or purchase.created_at
        return await self._purchases.move(
            purchase.id,
            S.NOT_PLACED,
            finding.why,
            {
                "error_message": finding.why,
                "looks": purchase.looks + 1,
                "quiet": purchase.quiet + 1,
                "next_look": evidence.next_look(sent, self._clock.now(), 0),
                "decide_at": None,
            },
            evidence={"readings": purchase.quiet + 1},
        )

    async def _ask(self, purchase: Purchase, finding: Finding) -> Purchase:
        """Put the candidates before a person, or bring them up to date."""
        if purchase.state is S.AMBIGUOUS:
            if purchase.candidates == finding.order_ids:
                return purchase
            changes = {"candidates": finding.order_ids, "error_message": finding.why}
            return await self._purchases.update(
                purchase.id, changes, kind="candidates", why=finding.why
            )
        return await self._purchases.move(
            purchase.id,
            S.AMBIGUOUS,
            finding.why,
            {
                "candidates": finding.order_ids,
                "error_message": finding.why,
                "looks": purchase.looks + 1,
                "next_look": None,
                "decide_at": None,
            },
            evidence={"order_ids": finding.order_ids},
        )

    async def _watch(self, purchase: Purchase, finding: Finding) -> Purchase:
        """Go on watching a purchase that was settled as not placed; what turns up is an alarm."""
        changes = self._looks.after(purchase, 0) if finding.whole else self._looks.failed(purchase)
        if not finding.order_ids or finding.order_ids == purchase.candidates:
            return await self._purchases.update(purchase.id, changes)
        changes |= {"late": True, "acknowledged": False, "candidates": finding.order_ids}
        return await self._told(
            await self._purchases.update(
                purchase.id, changes, kind="late", why="an order that fits appeared late"
            )
        )

    async def _plan(self, purchase: Purchase, plan: dict[str, object], why: str = "") -> Purchase:
        if purchase.state is S.AMBIGUOUS:
            return purchase
        changes = plan | {"looks": purchase.looks + 1}
        if why and purchase.state is S.UNRESOLVED:
            changes["error_message"] = why
        planned = await self._purchases.update(purchase.id, changes)
        await self._changed(planned, "")
        return planned

    async def _bind(
        self, purchase: Purchase, order: Order, why: str, *, kind: str = "move"
    ) -> Purchase:
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
                "next_look": None,
                "decide_at": None,
            },
            evidence={"order_id": order.id, "time": order.time.isoformat()},
            kind=kind,
        )

    async def _whole(self, order: Order, purchase: Purchase, baseline: Baseline) -> Order:
        """Ask the list for the product and type that an order asked for alone may not tell."""
        if order.product and order.type:
            return order
        listed = (await self.read(purchase, baseline)).orders
        return next((each for each in listed if each.id == order.id), order)

    async def _known(self, purchase_id: str) -> Purchase:
        purchase = await self._purchases.find(purchase_id)
        if purchase is None:
            raise NotClaimed("The journal knows no such purchase", code="NO_SUCH_PURCHASE")
        return purchase

    async def _told(self, purchase: Purchase) -> Purchase:
        await self._changed(purchase, sentence(purchase))
        return purchase


def baseline_without(baseline: Baseline, order_ids: tuple[str, ...]) -> Baseline:
    """Return a baseline that also names these orders as ruled out by a person."""
    return replace(baseline, ruled_out=(*baseline.ruled_out, *order_ids))


def sentence(purchase: Purchase) -> str:
    """Say in one line, for the log, what settling found out about a purchase."""
    name = named(purchase)
    if purchase.state is S.HANDLING and purchase.late:
        return f"{name}: this order appeared late. You may now have two."
    if purchase.late:
        return f"{name}: an order that fits appeared late. Look at it: press u."
    if purchase.state is S.HANDLING:
        return f"{name}: found, order {purchase.order_id}."
    if purchase.state is S.AMBIGUOUS:
        return f"{name}: these orders could be yours. Press u."
    if purchase.state is S.NOT_PLACED:
        return f"{name}: nothing was placed ({purchase.error.message if purchase.error else ''})."
    return f"{name}: still unresolved."
