"""`desk.settlement`: what a person finds out and decides about unresolved purchases."""

from collections.abc import Collection
from typing import Final

from msgspec.structs import replace

from services.desk.opening import Opening
from services.domain.book import BoardOrder, UnclaimedOrder
from services.domain.errors import DeskError, NotClaimed, Refused
from services.domain.models import Baseline, Candidate, Order, Purchase
from services.domain.models import PurchaseState as S
from services.domain.settlement_reason import SettlementReason
from services.journal import joint_reads
from services.purchasing import evidence
from services.vendor.client import VendorClient


class DeskSettlement:
    """Settles purchases of which it is not known whether they were placed.

    Every method raises JournalFailed: the journal is not open, or cannot be read or written.

    Args:
        opening: knows the account once it is open.
    """

    def __init__(self, opening: Opening, client: VendorClient) -> None:
        self._opening: Final = opening
        self._client: Final = client

    async def look_now(self, purchase_id: str) -> Purchase:
        """Look for an unresolved purchase now; raises DeskError."""
        return await self._opening.opened().reconciler.look(purchase_id)

    async def resolve(self) -> tuple[Purchase, ...]:
        """Check every unresolved purchase now, and make the late checks that are due.

        Returns:
            What is left unresolved, and each late order that is not acknowledged.

        Raises:
            DeskError: a check failed; all the others were made.
        """
        account = self._opening.opened()
        failed: DeskError | None = None
        for check in (account.settle_first, account.reconciler.look_due):
            try:
                await check()
            except DeskError as error:
                failed = error
        if failed is not None:
            raise failed
        return await account.purchases.unsettled_and_late()

    async def candidates(self, purchase_id: str) -> tuple[Candidate, ...]:
        """Return the orders that could be this purchase, each with its evidence.

        The nearest to the sending comes first: it is the likeliest.

        Raises:
            DeskError: the vendor or the journal could not be read.
        """
        account = self._opening.opened()
        purchase, baseline = await account.purchases.with_baseline(purchase_id)
        reading = await account.reconciler.read(purchase, baseline)
        finding = await account.reconciler.judge(purchase, baseline, reading)
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
        account = self._opening.opened()
        purchase, baseline = await account.purchases.with_baseline(purchase_id)
        order = await self._whole(await self._client.order(order_id), purchase, baseline)
        why_not, code = evidence.unclaimable(purchase, baseline, order)
        if why_not:
            raise NotClaimed(why_not, code=code)
        if any(rival.state is S.SENDING for rival in await account.purchases.rivals(purchase)):
            raise NotClaimed("It may be the order of a purchase that is being sent", code="SENDING")
        why = "a person said: this one"
        if order_id in baseline.ruled_out:
            why += ", after it had been ruled out"
        try:
            bound = await account.reconciler.bind(purchase, order, why, kind="claim")
        except Refused as no:
            raise NotClaimed(no.message, code=no.code) from no
        await account.board.purchase_changed(
            bound, f"Order {order.id} is now purchase {purchase_id}"
        )
        return bound

    async def none_of_these(
        self, purchase_id: str, seen: Collection[str] | None = None
    ) -> Purchase:
        """Take back the candidates because a person says that none of them is this purchase.

        Args:
            purchase_id: which purchase.
            seen: the candidates that the person saw; all that the journal names if None. What he
                did not see, the next check offers again.

        Raises:
            NotClaimed: the purchase is not AMBIGUOUS.
        """
        account = self._opening.opened()
        purchase, baseline = await account.purchases.with_baseline(purchase_id)
        if purchase.state is not S.AMBIGUOUS:
            raise NotClaimed("No orders are offered for this purchase", code="NOT_AMBIGUOUS")
        ruled_out = tuple(o for o in purchase.candidates if seen is None or o in seen)
        moved = await account.purchases.move(
            purchase_id,
            S.UNRESOLVED,
            "a person said: none of these",
            {
                "candidates": (),
                "reason": SettlementReason("NONE_OF_THESE"),
                "clean_checks": 0,
                "baseline": replace(baseline, ruled_out=(*baseline.ruled_out, *ruled_out)),
                **account.reconciler.schedule_again(),
            },
            evidence={"order_ids": ruled_out},
            kind="none",
        )
        await account.board.purchase_changed(
            moved, "None of the orders shown is this purchase; looking on"
        )
        return moved

    async def ruled_out(self, purchase_id: str) -> tuple[str, ...]:
        """Return the orders of which a person said that they are not this purchase."""
        return (await self._opening.opened().purchases.baseline(purchase_id)).ruled_out

    async def acknowledge(self, purchase_id: str) -> Purchase:
        """Take note of a purchase that was not placed, or came late."""
        return await self._opening.opened().mark(
            purchase_id, "acknowledge", "a person took note", acknowledged=True
        )

    async def unclaimed(self) -> tuple[BoardOrder, ...]:
        """Return the unclaimed orders of the account, newest first."""
        account = self._opening.opened()
        return account.board.rows.joined(await account.tracked.unclaimed(), ())

    async def unclaimed_orders(self, purchase_id: str = "") -> tuple[UnclaimedOrder, ...]:
        """Return the unclaimed orders, as seen from a purchase, newest first."""
        account = self._opening.opened()
        orders, held = await joint_reads.unclaimed_for(account.journal, purchase_id)
        rows = account.board.rows.joined(orders, ())
        if held is None:
            return tuple(UnclaimedOrder(row) for row in rows)
        purchase, baseline = held
        known = {order.id: order for order in orders}
        return tuple(
            UnclaimedOrder(
                row,
                *evidence.unclaimable(purchase, baseline, known[row.order_id]),
                row.order_id in baseline.ruled_out,
                evidence.difference(purchase, baseline, known[row.order_id]),
            )
            for row in rows
        )

    async def _whole(self, order: Order, purchase: Purchase, baseline: Baseline) -> Order:
        """Ask the list for the product and type that an order asked for alone may not tell."""
        if order.product and order.type:
            return order
        reading = await self._opening.opened().reconciler.read(purchase, baseline)
        return next((each for each in reading.orders if each.id == order.id), order)
