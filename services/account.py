"""One opened account: its journal, its purchases, its board, and the loops that keep them true."""

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from services import limits
from services.board_rows import BoardRows
from services.book import BookKeeper
from services.client import VendorClient
from services.clock import Clock
from services.deliveries import Deliveries
from services.errors import DeskError, JournalFailed, NotClaimed, Refused
from services.follow_up import FollowUp
from services.identity import Identity
from services.journal import Journal
from services.ledger_reading import LedgerReader
from services.models import FINAL_STATUSES, Order, Purchase, PurchaseState
from services.naming import Naming
from services.paths import Paths, shown
from services.pause import Pause
from services.polling_lease import PollingLease
from services.presence import Presence
from services.purchases import Purchases
from services.recents import Recents
from services.reconcile import Reconciler
from services.reconcile import sentence as settled_words
from services.recovery import Recovery
from services.settings import Settings
from services.settling import Settling
from services.tracked import TrackedOrders, order_of
from services.tracker import Tracker
from services.unclaimed import Unclaimed
from services.wording import named, nobodys_words, words

if TYPE_CHECKING:
    from services.purchasing import Purchasing

PULL_SECONDS = 1.0
LEASE_TICKS = 2


class Account:
    """Everything that exists once it is known whose account this is.

    Build with `Account.open`; close with `close`.
    """

    def __init__(
        self,
        settings: Settings,
        identity: Identity,
        client: VendorClient,
        journal: Journal,
        presence: Presence,
        keeper: BookKeeper,
        clock: Clock,
        operator: str,
    ) -> None:
        self.identity: Final = identity
        self.journal: Final = journal
        self.purchases: Final = Purchases(journal)
        self.tracked: Final = TrackedOrders(journal)
        self.deliveries: Final = Deliveries(journal)
        self.rows: Final = BoardRows(settings.board.hours)
        self._recents: Final = Recents()
        self._settings: Final = settings
        self._client: Final = client
        self._presence: Final = presence
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._operator: Final = operator
        self.settled = False
        self._purchase_rev = 0
        self._order_rev = 0
        self._delivery_rev = 0
        self.reconciler: Final = Reconciler(
            client,
            self.purchases,
            clock,
            exclusive=settings.profile.account_exclusive,
            charged=identity.environment == "PRODUCTION",
            settle_seconds=settings.purchase.settle_seconds,
            changed=self.purchase_changed,
        )
        self.recovery: Final = Recovery(journal, self.purchases, self.reconciler.schedule)
        self.purchasing: Purchasing | None = None
        self.settling: Final = Settling(self.reconciler, keeper, clock, self._write_pending)
        self.ledger: Final = LedgerReader(
            client,
            self.purchases,
            self.rows,
            self.deliveries,
            clock,
            charged=identity.environment == "PRODUCTION",
        )
        self.tracker: Final = Tracker(
            client,
            clock,
            interval=settings.board.poll_seconds,
            hours=settings.board.hours,
            found=self._orders_found,
            state=lambda state: keeper.publish(poll=state),
            pause=Pause(journal, clock),
        )
        self.follow_up: Final = FollowUp(
            self.purchases, self.reconciler, self.tracker, keeper, clock
        )
        self.naming: Final = Naming(client, self.rows, clock, self.publish)
        self._unclaimed: Final = Unclaimed(self.tracked, self.tracker)
        self._lease: Final = PollingLease(
            self.tracked, presence, clock, settings.board.poll_seconds * LEASE_TICKS
        )

    @classmethod
    async def open(
        cls,
        settings: Settings,
        identity: Identity,
        client: VendorClient,
        paths: Paths,
        keeper: BookKeeper,
        clock: Clock,
        operator: str,
    ) -> "Account":
        """Open the account's journal, recover what a dead process left, and fill the board.

        Raises:
            JournalFailed: the journal cannot be used; its message says why.
        """
        presence = Presence(paths.state_dir / "alive")
        try:
            presence.__enter__()
        except OSError as error:
            raise JournalFailed(
                f"The folder {shown(paths.state_dir)} cannot be written: {error.strerror}",
                advice="Make it a folder that you own and can write. Until then buying is off.",
                code="JOURNAL_FOLDER",
            ) from error
        journal = Journal(paths.state_dir / identity.journal_name, clock, operator)
        try:
            await journal.open(identity.account)
            for last in (False, True):
                account = cls(
                    settings, identity, client, journal, presence, keeper, clock, operator
                )
                try:
                    await limits.note(journal, settings)
                    await account._fill()
                    break
                except JournalFailed as damage:
                    if last or damage.code != "JOURNAL_DAMAGED":
                        raise
                    await journal.set_aside(damage.message)
        except BaseException:
            await journal.close()
            presence.__exit__()
            raise
        return account

    async def close(self) -> None:
        """Write what is not written yet, give the lease back and close the journal."""
        with contextlib.suppress(DeskError):
            await self._unclaimed.keep(timedelta())
        await self._write_pending()
        with contextlib.suppress(DeskError):
            await self._lease.drop()
        await self.journal.close()
        self._presence.__exit__()

    def permit_buying(self) -> None:
        """Build what buys, once it is known that this desk may: a read-only one never loads it."""
        if self.purchasing is None:
            from services.purchasing import Purchasing

            self.purchasing = Purchasing(
                self._client,
                self.journal,
                self.purchases,
                self.reconciler,
                self._presence,
                self._clock,
                self._settings.purchase,
                self._operator,
                self.purchase_changed,
                lambda: self.settling.runs,
            )

    def buyer(self) -> "Purchasing":
        """Return what buys; raises Refused where buying was never permitted."""
        if self.purchasing is None:
            raise Refused("This desk does not buy", code="BUYING_OFF")
        return self.purchasing

    async def recover(self) -> None:
        """Settle the state of purchases whose process died, and write what could not be written."""
        carried = await self.recovery.carry_over()
        for sentence in carried.sentences:
            self._keeper.log(sentence, "error")
        for purchase in carried.purchases:
            await self.purchase_changed(purchase, f"{named(purchase)}: {words(purchase)}")
        moved = await self.recovery.recover(self._presence.alive)
        for purchase in moved:
            await self.purchase_changed(
                purchase, f"A console ended while buying: {words(purchase)}"
            )

    async def settle_first(self) -> None:
        """Look once for everything unresolved, before anything is bought.

        Raises:
            DeskError: the last look that failed, after all the others were made.
        """
        failed: DeskError | None = None
        for purchase in await self.purchases.live():
            if purchase.state in (PurchaseState.UNRESOLVED, PurchaseState.AMBIGUOUS):
                try:
                    await self.reconciler.look(purchase.id)
                except DeskError as error:
                    failed = error
        if failed is not None:
            raise failed
        self.settled = True

    async def track(self) -> None:
        """Poll the open orders until cancelled; raises AuthFailed when the key is rejected."""
        await self._unclaimed.fill()
        self.publish()
        await self.tracker.run(self._lead)

    async def pull(self) -> None:
        """Take over what other consoles of this host write, until cancelled."""
        version = await self.journal.changed_elsewhere()
        while True:
            await self._clock.sleep(PULL_SECONDS)
            newer = await self.journal.changed_elsewhere()
            if newer != version:
                version = newer
                await self._take_changes()

    async def purchase_changed(self, purchase: Purchase, sentence: str) -> None:
        """Bring the board up to date with a purchase that was just committed."""
        self.rows.take_purchase(purchase)
        self._recents.take(purchase)
        self._claimed(purchase)
        if sentence:
            alarm = purchase.state in (PurchaseState.UNRESOLVED, PurchaseState.AMBIGUOUS)
            self._keeper.log(sentence, "warning" if alarm or purchase.late else "info")
        if purchase.order_id and purchase.state is PurchaseState.HANDLING:
            self.tracker.follow(order_of(purchase))
        if purchase.next_look is not None:
            self.settling.wake()
        self.publish()

    async def mark(self, purchase_id: str, kind: str, why: str, **changes: object) -> Purchase:
        """Set fields of a purchase with an event, because a person asked for it.

        Raises:
            NotClaimed: the journal knows no such purchase.
            JournalFailed: the journal could not take it.
        """
        if await self.purchases.find(purchase_id) is None:
            raise NotClaimed("The journal knows no such purchase", code="NO_SUCH_PURCHASE")
        purchase = await self.purchases.update(purchase_id, changes, kind=kind, why=why)
        await self.purchase_changed(purchase, "")
        return purchase

    def publish(self) -> None:
        """Put the board's rows and counts into the book."""
        unsettled, flying = self.rows.unsettled(), self.rows.in_flight()
        book, count = self._keeper.book, self._unclaimed.count
        self._keeper.publish(
            orders=self.rows.rows(self._clock.now()),
            open_count=self.rows.open_count(),
            recents=self._recents.products,
            unclaimed=book.unclaimed if book.unclaimed == count else count,
            unsettled=book.unsettled if book.unsettled == unsettled else unsettled,
            in_flight=book.in_flight if book.in_flight == flying else flying,
        )

    async def _write_pending(self) -> int:
        return 0 if self.purchasing is None else await self.purchasing.write_pending()

    async def _fill(self) -> None:
        await self.recover()
        now = self._clock.now() + (self._client.server_offset or timedelta())
        await self._unclaimed.watch(now)
        start = self._clock.now() - timedelta(hours=self._settings.board.hours)
        orders = await self.tracked.since(start)
        self.tracker.know(orders)
        self.rows.take_given(await self.deliveries.since(start))
        # In this order: a purchase names its order, and what is open is followed from here on.
        for purchase in await self.purchases.since(start):
            self.rows.take_purchase(purchase)
        for purchase in await self.purchases.live():
            self.rows.take_purchase(purchase)
            if purchase.order_id:
                self.tracker.follow(order_of(purchase))
        for purchase in await self.purchases.unacknowledged():
            self.rows.take_purchase(purchase)
        self.rows.take_orders(orders)
        await self._recents.read(self.journal)
        newest = await self.journal.revision()
        self._purchase_rev = self._order_rev = self._delivery_rev = newest
        self.publish()

    async def _lead(self) -> bool:
        """Take or keep the polling of this account, with all that falls to whoever polls."""
        leading = await self._lease.take()
        if leading != self.settling.leading:
            self.settling.leading = leading
            self.settling.wake()
            # Whoever led before has read further than this console knows.
            await self._unclaimed.watch(self._clock.now())
        if leading:
            await self.recover()
            await self._unclaimed.keep()
        return leading

    async def _orders_found(self, orders: tuple[Order, ...]) -> None:
        """Write down what the tracker found, then show it."""
        await self.tracked.save(orders, since=self._unclaimed.since)
        self.rows.take_orders(orders)
        self.naming.orders_came()
        found = {order.id: order for order in orders}
        # The journal knows every owner; the board only those it still shows.
        for purchase in await self.purchases.owners(found):
            await self._advance(purchase, found[purchase.order_id])
        await self._nobodys(orders)
        self.publish()

    async def _nobodys(self, orders: tuple[Order, ...]) -> None:
        """Count those of these orders that nobody claims, and say what should not be."""
        news = await self._unclaimed.look_at(orders, self.rows.awaited())
        # On a shared account the orders of others are nothing to be told about.
        if news and self._settings.profile.account_exclusive:
            self._keeper.log(nobodys_words(news), "warning")

    def _claimed(self, *purchases: Purchase) -> None:
        taken = [purchase.order_id for purchase in purchases if purchase.order_id]
        self._unclaimed.claimed(taken, self.rows.awaited())

    async def _advance(self, purchase: Purchase, order: Order) -> None:
        """Carry a status of the vendor over to the purchase that this order belongs to."""
        if purchase.status == order.status:
            return
        facts: dict[str, object] = {
            "status": order.status,
            "fulfilled_quantity": order.fulfilled_quantity,
            "fulfilled_amount": order.fulfilled_amount,
        }
        if order.status not in FINAL_STATUSES:
            changed = await self.purchases.update(purchase.id, facts)
            await self.purchase_changed(changed, "")
            return
        try:
            changed = await self.purchases.move(
                purchase.id, PurchaseState(order.status), "the vendor says so", facts
            )
        except Refused as odd:
            self._keeper.log(
                f"Order {order.id} went from {purchase.state} to {order.status}: {odd.message}",
                "warning",
            )
            return
        await self.purchase_changed(changed, f"{named(changed)}: {words(changed)}")

    async def _take_changes(self) -> None:
        self._purchase_rev, purchases = await self.purchases.changed_since(self._purchase_rev)
        self._order_rev, orders = await self.tracked.changed_since(self._order_rev)
        self._delivery_rev, given = await self.deliveries.changed_since(self._delivery_rev)
        self.tracker.know(orders)
        self.rows.take_orders(orders)
        for purchase in purchases:
            self._recents.take(purchase)
            if self.rows.take_purchase(purchase) and purchase.next_look is not None:
                self._keeper.log(settled_words(purchase), "warning")
            if purchase.order_id and purchase.state is PurchaseState.HANDLING:
                self.tracker.follow(order_of(purchase))
        self._claimed(*purchases)
        await self._nobodys(orders)
        self.rows.take_given(given)
        self.settling.wake()
        self.publish()
