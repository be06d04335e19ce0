"""The board kept true to what is bought here, written elsewhere and answered by the vendor."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.domain.errors import Refused
from services.domain.models import FINAL_STATUSES, Order, Purchase, PurchaseState
from services.domain.phrase import Phrase
from services.domain.purchase_states import overdue, state_name
from services.domain.status_text import (
    JOURNAL_AWAY,
    JOURNAL_BACK,
    codes_late_words,
    ended_words,
    named,
    unclaimed_words,
)
from services.domain.words.log_words import approval_words, purchase_words
from services.journal import joint_reads, recent_purchases
from services.journal.database import Journal
from services.journal.deliveries import Deliveries
from services.journal.leases import Pause
from services.journal.orders import TrackedOrders, order_of
from services.journal.purchases import Purchases
from services.journal.recent_purchases import RecentProducts
from services.orders.board_rows import BoardRows
from services.orders.denomination_names import DenominationNames
from services.orders.handling_times import HandlingTimes
from services.orders.tracker import Tracker
from services.orders.unclaimed import Unclaimed
from services.purchasing.reconciler import sentence as settled_words
from services.settings.load import Settings
from services.system.clock import Clock
from services.system.tasks import sleep_unless
from services.vendor.client import VendorClient

PULL_SECONDS = 1.0
MORE_TO_GIVE = "more cards came after it was handed over, so the mark is taken back."


class BoardSync:
    """Takes what was committed into the rows, the log and the book, here or elsewhere.

    Args:
        settings: how far back the board reaches and how often it polls.
        journal: the account's.
        purchases: its purchases.
        tracked: its orders.
        deliveries: its marks of what was given.
        keeper: the book that shows the board.
        wake: called when another check of a purchase may be due.
    """

    def __init__(
        self,
        settings: Settings,
        client: VendorClient,
        journal: Journal,
        purchases: Purchases,
        tracked: TrackedOrders,
        deliveries: Deliveries,
        keeper: BookPublisher,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._client: Final = client
        self._journal: Final = journal
        self._purchases: Final = purchases
        self._tracked: Final = tracked
        self._deliveries: Final = deliveries
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._wake: Final = wake
        self._exclusive: Final = settings.profile.account_exclusive
        self._span: Final = timedelta(hours=settings.board.hours)
        self._recents: Final = RecentProducts()
        self._times: Final = HandlingTimes()
        self._codes_reported: set[str] = set()
        self._followers: list[Callable[[], Awaitable[None]]] = []
        self._revision = 0
        self._version = 0
        self.rows: Final = BoardRows(settings.board.hours)
        self.tracker: Final = Tracker(
            client,
            clock,
            interval=settings.board.poll_seconds,
            hours=settings.board.hours,
            found=self._orders_found,
            state=lambda state: keeper.publish(poll=state),
            pause=Pause(journal),
        )
        # One mapping, which goes on being filled.
        self.rows.take_ended(self._times.ended)
        self.naming: Final = DenominationNames(client, self.rows, clock, self.publish)
        self.unclaimed: Final = Unclaimed(tracked, self.tracker)

    async def fill(self) -> None:
        """Put what the journal holds on the board; raises JournalFailed."""
        now = self._clock.now() + (self._client.server_offset or timedelta())
        await self.unclaimed.watch(now)
        start = self._clock.now() - self._span
        self._version = await self._journal.changed_elsewhere()
        held = await joint_reads.board(self._journal, start)
        self._revision = held.revision
        self.tracker.know(held.orders)
        self.rows.take_given(held.given)
        self.rows.take_cases(held.cases)
        # In this order: a purchase names its order, and what is open is followed from here on.
        for purchase in held.purchases:
            self.rows.take_purchase(purchase)
            if purchase.state is PurchaseState.HANDLING and purchase.order_id:
                self.tracker.follow(order_of(purchase))
        self.rows.take_orders(held.orders)
        self._recents.begin(held.bought)
        self._keeper.publish(sale_waits=held.sale_waits)
        self.naming.orders_came()
        self.publish()

    async def learn_times(self) -> None:
        """Learn how long orders usually take, and when they ended; raises JournalFailed."""
        self._times.begin(await recent_purchases.handled(self._journal))
        self.rows.take_ended(self._times.ended)
        self.publish()

    async def purchase_changed(self, purchase: Purchase, sentence: str | Phrase) -> None:
        """Bring the board up to date with a purchase that was just committed."""
        self._take(purchase)
        self._claimed(purchase)
        if sentence:
            alarm = purchase.state in (PurchaseState.UNRESOLVED, PurchaseState.AMBIGUOUS)
            level = "warning" if alarm or purchase.late else "info"
            self._keeper.log(sentence, level, purchase.note)
        if purchase.order_id and purchase.state is PurchaseState.HANDLING:
            self.tracker.follow(order_of(purchase))
        if purchase.next_check_at is not None:
            self._wake()
        self.publish()

    def publish(self) -> None:
        """Put the board's rows and counts into the book."""
        unsettled, flying = self.rows.unsettled(), self.rows.in_flight()
        waiting = self.rows.to_approve()
        late = overdue(self.rows.codes_late(), self._clock.now())
        book, count = self._keeper.book, self.unclaimed.count
        self._keeper.publish(
            orders=self.rows.rows(self._clock.now()),
            open_count=self.rows.open_count(),
            recents=self._recents.products,
            usual=self._times.usual,
            unclaimed=book.unclaimed if book.unclaimed == count else count,
            unsettled=book.unsettled if book.unsettled == unsettled else unsettled,
            in_flight=book.in_flight if book.in_flight == flying else flying,
            to_approve=book.to_approve if book.to_approve == waiting else waiting,
            codes_late=book.codes_late if book.codes_late == late else late,
        )

    def follow(self, follower: Callable[[], Awaitable[None]]) -> None:
        """Call this too whenever another console has written."""
        if follower not in self._followers:
            self._followers.append(follower)

    async def pull(self) -> None:
        """Take over what other consoles write, until cancelled."""
        while True:
            await sleep_unless(self._journal.news, self._clock, PULL_SECONDS)
            self._journal.news.clear()
            self._watch_journal()
            newer = await self._journal.changed_elsewhere()
            if newer != self._version:
                await self._take_changes()
                for follower in self._followers:
                    await follower()
                self._version = newer
            self._watch_codes()

    def _watch_journal(self) -> None:
        """Say once that the journal's server cannot be reached, and that it is back."""
        away = self._journal.away_since
        if (before := self._keeper.book.journal_away) != away:
            self._keeper.publish(journal_away=away)
        if before is None and away is not None:
            self._keeper.log(JOURNAL_AWAY, "error")
        elif before is not None and away is None:
            self._keeper.log(JOURNAL_BACK, "info")

    def _watch_codes(self) -> None:
        """Say once of each purchase that it is paid for two minutes without all of its codes."""
        late = overdue(self.rows.codes_late(), self._clock.now())
        if late != self._keeper.book.codes_late:
            self.publish()
        for purchase in late:
            if purchase.id not in self._codes_reported:
                self._codes_reported.add(purchase.id)
                self._keeper.log(codes_late_words(purchase), "error", purchase.note)

    def _take(self, purchase: Purchase) -> bool:
        """Take a purchase that was just written; returns whether its state is news."""
        known = self.rows.purchase(purchase.id)
        news = known is None or known.state is not purchase.state
        if news:
            self._times.take(purchase)
        self._recents.take(purchase)
        self.rows.take_purchase(purchase)
        return news

    async def _take_changes(self) -> None:
        news = await joint_reads.changes(self._journal, self._revision)
        self._revision = news.revision
        self.tracker.know(news.orders)
        self.rows.take_orders(news.orders)
        self.naming.orders_came()
        for purchase in news.purchases:
            known = self.rows.purchase(purchase.id)
            if not self._take(purchase):
                continue
            if purchase.next_check_at is not None:
                self._keeper.log(settled_words(purchase), "warning", purchase.note)
            elif said := approval_words(known.state if known else None, purchase):
                self._keeper.log(said, "info", purchase.note)
        for purchase in news.purchases:
            if purchase.order_id and purchase.state is PurchaseState.HANDLING:
                self.tracker.follow(order_of(purchase))
        self._claimed(*news.purchases)
        await self._unclaimed_orders(news.orders)
        self.rows.take_given(news.given)
        self.rows.take_cases(news.cases)
        self._wake()
        self.publish()

    async def _orders_found(self, orders: tuple[Order, ...]) -> None:
        """Write down what the tracker found, then show it.

        A login that may only take notes writes nothing here: a console that may buy does.
        """
        self.rows.take_orders(orders)
        self.naming.orders_came()
        if not self._journal.notes_only:
            found = {order.id: order for order in orders}
            # The journal knows every owner; the board only those it still shows. Their purchases
            # come first: of an order that is saved as final no console asks again.
            for purchase in await self._purchases.owners(found):
                await self._advance(purchase, found[purchase.order_id])
            await self._tracked.save(orders, since=self.unclaimed.since)
            await self._unclaimed_orders(orders)
        self.publish()

    async def _unclaimed_orders(self, orders: tuple[Order, ...]) -> None:
        """Count those of these orders that are unclaimed, and say what should not be."""
        news = await self.unclaimed.look_at(orders, self.rows.awaited())
        # On a shared account the orders of others are no news.
        if news and self._exclusive:
            self._keeper.log(unclaimed_words(news), "warning")

    def _claimed(self, *purchases: Purchase) -> None:
        taken = [purchase.order_id for purchase in purchases if purchase.order_id]
        self.unclaimed.claimed(taken, self.rows.awaited())

    async def _advance(self, purchase: Purchase, order: Order) -> None:
        """Carry the vendor's status and count of cards over to the purchase of this order."""
        if purchase.status == order.status:
            if order.cards_came is not None and order.final:
                await self._count(purchase, order.cards_came)
            return
        facts: dict[str, object] = {
            "status": order.status,
            "fulfilled_quantity": order.fulfilled_quantity,
            "fulfilled_amount": order.fulfilled_amount,
            "cards_came": order.cards_came,
        }
        if order.status not in FINAL_STATUSES:
            changed = await self._purchases.update(purchase.id, facts)
            await self.purchase_changed(changed, "")
            return
        try:
            changed = await self._purchases.move(
                purchase.id,
                PurchaseState(order.status),
                "the vendor says so" if not order.missing else ended_words(order),
                facts,
                evidence={"cards_came": order.cards_came, "cards_missing": order.missing},
            )
        except Refused as odd:
            now = await self._purchases.find(purchase.id) or purchase
            if now.status == order.status:
                # Another console or command has carried it over since this one read it.
                await self.purchase_changed(now, "")
                return
            self._keeper.log(
                f"Order {order.id} went from {state_name(purchase.state)} to "
                f"{state_name(order.status)}: {odd.message}",
                "warning",
            )
            return
        await self.purchase_changed(changed, purchase_words(changed))

    async def _count(self, purchase: Purchase, cards: int) -> None:
        """Take into the journal how many cards came, and say so where some were missing."""
        if purchase.cards_came is not None and purchase.cards_came >= cards:
            return
        changed, news = await self._purchases.count_cards(purchase.id, cards)
        if news and not changed.missing:
            # What was given before was not all of it.
            mark, was_given = await self._deliveries.take_back(
                changed.order_id, "more cards came after it was handed over"
            )
            self.rows.take_given((mark,))
            if was_given:
                self._keeper.log(f"{named(changed)}: {MORE_TO_GIVE}", "warning", changed.note)
        await self.purchase_changed(changed, purchase_words(changed) if news else "")
