"""The part of the desk that needs the journal: its purchases and events, and settling them."""

from collections.abc import Collection
from datetime import datetime

from services import audit, evidence
from services.audit import Audit
from services.book_models import BoardOrder, Nobodys
from services.clock import Clock
from services.errors import DeskError
from services.journal_rows import Event
from services.models import UNSETTLED, Candidate, Purchase
from services.opening import Opening


class DeskJournal:
    """What a desk knows from its journal and does with it; the base of `Desk`, which opens it."""

    _opening: Opening
    _clock: Clock

    async def history(self, reference: str) -> tuple[Event, ...]:
        """Return the event log of a purchase or an order, oldest first; raises JournalFailed."""
        return await self._opening.opened().purchases.events(reference)

    async def set_note(self, purchase_id: str, note: str) -> Purchase:
        """Change the note of a purchase; raises JournalFailed."""
        return await self._opening.opened().mark(purchase_id, "note", "note changed", note=note)

    async def purchase(self, reference: str) -> Purchase | None:
        """Return the purchase with this purchase id, order id or idempotency key."""
        return await self._opening.opened().purchases.find(reference)

    async def purchases(
        self,
        *,
        unresolved: bool = False,
        open_only: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> tuple[Purchase, ...]:
        """Return the journal's purchases of a span of time, or those still open or unsettled."""
        store = self._opening.opened().purchases
        if unresolved:
            return tuple(p for p in await store.live() if p.state in UNSETTLED)
        if open_only:
            return await store.live()
        return await store.since(
            start or datetime.min.replace(tzinfo=self._clock.now().tzinfo), end
        )

    # Settling.

    async def look_now(self, purchase_id: str) -> Purchase:
        """Look for an unresolved purchase now; raises DeskError."""
        return await self._opening.opened().reconciler.look(purchase_id)

    async def candidates(self, purchase_id: str) -> tuple[Candidate, ...]:
        """Return the orders that could be this purchase, with their evidence; raises DeskError."""
        return await self._opening.opened().reconciler.candidates(purchase_id)

    async def claim(self, purchase_id: str, order_id: str) -> Purchase:
        """Bind an order to a purchase because a person says: this one; raises DeskError."""
        return await self._opening.opened().reconciler.claim(purchase_id, order_id)

    async def none_of_these(
        self, purchase_id: str, seen: Collection[str] | None = None
    ) -> Purchase:
        """Rule the candidates out because a person says: none of these; raises DeskError.

        Args:
            purchase_id: which purchase.
            seen: the candidates that the person saw; all of them if None.
        """
        return await self._opening.opened().reconciler.none_of_these(purchase_id, seen)

    async def acknowledge(self, purchase_id: str) -> Purchase:
        """Take note of a purchase that was not placed, or came late; raises JournalFailed."""
        return await self._opening.opened().mark(
            purchase_id, "acknowledge", "a person took note", acknowledged=True
        )

    async def unclaimed(self) -> tuple[BoardOrder, ...]:
        """Return the orders of the account that nobody here claimed, newest first.

        Raises:
            JournalFailed: the journal could not be read.
        """
        account = self._opening.opened()
        return account.rows.joined(await account.tracked.unclaimed(), ())

    async def ruled_out(self, purchase_id: str) -> tuple[str, ...]:
        """Return the orders of which a person said that they are not this purchase.

        Raises:
            JournalFailed: the journal could not be read.
        """
        return (await self._opening.opened().purchases.baseline(purchase_id)).ruled_out

    async def nobodys(self, purchase_id: str = "") -> tuple[Nobodys, ...]:
        """Return the orders that nobody claimed, as seen from a purchase, newest first.

        Raises:
            JournalFailed: the journal could not be read.
        """
        account = self._opening.opened()
        orders = await account.tracked.unclaimed()
        rows = account.rows.joined(orders, ())
        purchase = await account.purchases.find(purchase_id) if purchase_id else None
        if purchase is None:
            return tuple(Nobodys(row) for row in rows)
        baseline = await account.purchases.baseline(purchase.id)
        known = {order.id: order for order in orders}
        return tuple(
            Nobodys(
                row,
                *evidence.unclaimable(purchase, baseline, known[row.order_id]),
                row.order_id in baseline.ruled_out,
                evidence.difference(purchase, baseline, known[row.order_id]),
            )
            for row in rows
        )

    async def resolve(self) -> tuple[Purchase, ...]:
        """Look for every unresolved purchase now, and make the late looks that are due.

        Returns:
            What is left unresolved, and each late order that nobody has taken note of.

        Raises:
            DeskError: a look failed; all the others were made.
        """
        account = self._opening.opened()
        failed: DeskError | None = None
        for looks in (account.settle_first, account.reconciler.look_due):
            try:
                await looks()
            except DeskError as error:
                failed = error
        if failed is not None:
            raise failed
        late = [p for p in await account.purchases.unacknowledged() if p.late]
        return (*await self.purchases(unresolved=True), *late)

    # The whole of it.

    async def verify_journal(self) -> str:
        """Check the whole journal and its event chain; returns what is wrong, or an empty text."""
        account = self._opening.opened()
        return account.journal.read_only or await account.journal.verify()

    async def audit(self) -> Audit:
        """Return the whole event log, oldest first, examined; raises JournalFailed."""
        return await audit.read(self._opening.opened().journal)
