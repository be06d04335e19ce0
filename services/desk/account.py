"""One opened account: its journal, its purchases, its board, and the loops that keep them true."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from services.desk.board_sync import BoardSync
from services.desk.book_publisher import BookPublisher
from services.desk.figures import Figures
from services.desk.journal_place import journal_of
from services.domain.errors import (
    AWAY,
    NO_DESK,
    AuthFailed,
    DeskError,
    JournalDamaged,
    JournalFailed,
    Refused,
)
from services.domain.models import Purchase
from services.domain.models import PurchaseState as S
from services.domain.phrase import phrase
from services.domain.purchase_states import NO_APPROVAL
from services.domain.status_text import words
from services.domain.words.log_words import purchase_words
from services.journal import limits
from services.journal.database import Journal
from services.journal.deliveries import Deliveries
from services.journal.leases import PollingLease, first_to_call
from services.journal.orders import TrackedOrders
from services.journal.purchases import Purchases
from services.local_files.key_identity import KeyIdentity
from services.purchasing.crash_recovery import Recovery
from services.purchasing.reconciler import Reconciler
from services.reports.ledger_reader import LedgerReader
from services.settings.load import Settings, in_force
from services.system.clock import Clock
from services.system.files import UNWRITABLE, advice_for, reason, shown
from services.system.paths import Paths
from services.system.tasks import sleep_unless
from services.vendor.client import VendorClient

if TYPE_CHECKING:
    from services.journal.shop.sales import Sales
    from services.purchasing.buyer import Buyer

LEASE_TICKS = 2
IDLE_SECONDS, PENDING_SECONDS, FAILED_SECONDS = 30.0, 5.0, 1.0
"""The pauses of settling: while nothing is due, with something to write, after a failure."""

ASKS_SECONDS = 1.0
"""How often the journal is asked whether another person has approved."""

ALONE = "No desk's console is open: orders are as the last one left them"
OPEN_ONE = "A console that may buy keeps them current; r in an order asks the vendor about it."


class Account:
    """Everything that exists once it is known whose account this is.

    Build with `Account.open`; close with `close`.
    """

    def __init__(
        self,
        settings: Settings,
        identity: KeyIdentity,
        client: VendorClient,
        journal: Journal,
        keeper: BookPublisher,
        clock: Clock,
    ) -> None:
        self.identity: Final = identity
        self.journal: Final = journal
        self.purchases: Final = Purchases(journal)
        self.tracked: Final = TrackedOrders(journal)
        self.deliveries: Final = Deliveries(journal)
        self._settings: Final = settings
        self._client: Final = client
        self._keeper: Final = keeper
        self._clock: Final = clock
        self.settled = False
        self.board: Final = BoardSync(
            settings,
            client,
            journal,
            self.purchases,
            self.tracked,
            self.deliveries,
            keeper,
            clock,
            wake=lambda: self.settling.wake(),  # noqa: PLW0108 - it is built below
        )
        self.reconciler: Final = Reconciler(
            client,
            self.purchases,
            clock,
            exclusive=settings.profile.account_exclusive,
            charged=identity.environment == "PRODUCTION",
            settle_seconds=settings.purchase.settle_seconds,
            changed=self.board.purchase_changed,
        )
        self.recovery: Final = Recovery(journal, self.purchases, self.reconciler.schedule)
        self.purchasing: Buyer | None = None
        self.settling: Final = ReconcileLoop(self.reconciler, keeper, clock, self._write_pending)
        self.ledger: Final = LedgerReader(
            client,
            journal,
            self.board.rows,
            clock,
            charged=identity.environment == "PRODUCTION",
        )
        self._lease: Final = PollingLease(
            journal, journal.consoles, settings.board.poll_seconds * LEASE_TICKS
        )

    @classmethod
    async def open(
        cls,
        settings: Settings,
        identity: KeyIdentity,
        client: VendorClient,
        paths: Paths,
        keeper: BookPublisher,
        clock: Clock,
        operator: str,
    ) -> "Account":
        """Open the account's journal, recover what a dead process left, and fill the board.

        Raises:
            JournalFailed: the journal cannot be used; its message says why.
        """
        journal = journal_of(settings, identity, paths, clock, operator)
        unwritable = ""
        try:
            journal.consoles.begin()
        except OSError as error:
            place = shown(paths.state_dir)
            unwritable = f"the folder {place} cannot be written: {reason(error)}"
            if error.errno not in UNWRITABLE:
                advice = advice_for(paths.state_dir, error) or "Make it a folder that you own."
                raise JournalFailed(
                    f"The folder {place} cannot be written: {reason(error)}",
                    advice=f"{advice} Until then buying is off.",
                    code="JOURNAL_FOLDER",
                ) from error
        try:
            if unwritable:
                await journal.open_to_read(identity.account, unwritable)
            else:
                await journal.open(identity.account)
            for attempts_left in (2, 1, 0):
                account = cls(settings, identity, client, journal, keeper, clock)
                try:
                    await limits.note(journal, in_force(settings), settings.profile.name)
                    await account.fill()
                    break
                except JournalDamaged as damage:
                    if not attempts_left or not journal.can_write:
                        raise
                    # Nothing is moved for what a second reading does not find.
                    if attempts_left == 1:
                        await journal.set_aside(damage.wrong)
        except BaseException:
            await journal.close()
            journal.consoles.end()
            raise
        return account

    @cached_property
    def sales(self) -> "Sales":
        """The journal's sales of several lines."""
        # Here for speed: no first screen draws one.
        from services.journal.shop.sales import Sales

        return Sales(self.journal, self.journal.consoles)

    async def close(self) -> None:
        """Write what is not written yet, give the lease back and close the journal."""
        with contextlib.suppress(DeskError):
            await self.board.unclaimed.keep(timedelta())
        await self._write_pending()
        if self.journal.can_write:
            with contextlib.suppress(DeskError):
                await self._lease.drop()
        await self.journal.close()
        self.journal.consoles.end()

    def permit_buying(self) -> None:
        """Build what buys, once it is known that this desk may."""
        if self.purchasing is None:
            # Here for speed: what is on the board is shown before the vendor says who may buy.
            from services.purchasing.buyer import Buyer

            self.purchasing = Buyer(
                self._client,
                Figures(self._client, self._keeper),
                self.journal,
                self.purchases,
                self.reconciler,
                self._clock,
                self._settings.purchase,
                self.journal.operator,
                self.board.purchase_changed,
                lambda: self.settling.runs,
            )

    def buyer(self) -> "Buyer":
        """Return what buys; raises Refused where buying was never permitted."""
        if self.purchasing is None:
            raise Refused("This desk does not buy", code="BUYING_OFF")
        return self.purchasing

    async def recover(self) -> None:
        """Settle the state of purchases whose process died, and write what could not be written.

        A login that may not buy writes what people did alone.
        """
        if not self.journal.takes_notes:
            return
        carried = await self.recovery.carry_over()
        if self.journal.notes_only:
            return
        for sentence in carried.sentences:
            self._keeper.log(sentence, "error")
        for purchase in carried.purchases:
            await self.board.purchase_changed(purchase, purchase_words(purchase))
        moved = await self.recovery.recover(self.journal.consoles)
        for purchase in moved:
            ended = phrase("A console ended while buying: {said}", said=words(purchase))
            waited = purchase.error is not None and purchase.error.message == NO_APPROVAL
            await self.board.purchase_changed(
                purchase, purchase_words(purchase) if waited else ended
            )

    async def fill(self) -> None:
        """Recover, then put what the journal holds on the board; raises JournalFailed."""
        await self.recover()
        await self.board.fill()

    async def settle_first(self) -> None:
        """Look once for everything unresolved, before anything is bought.

        Raises:
            DeskError: the last check that failed, after all the others were made.
        """
        failed: DeskError | None = None
        for purchase in await self.purchases.live():
            if purchase.state in (S.UNRESOLVED, S.AMBIGUOUS):
                try:
                    await self.reconciler.look(purchase.id)
                except DeskError as error:
                    failed = error
        if failed is not None:
            raise failed
        self.settled = True

    async def wait_final(self, purchase_id: str, seconds: float) -> Purchase:
        """Follow a purchase until it is final with its cards or needs a person, so many seconds.

        It is checked and polled here, whether other consoles do so or not.

        Raises:
            DeskError: the journal failed, or the key was rejected.
        """
        end = self._clock.steady() + seconds
        while True:
            purchase = await self.purchases.find(purchase_id)
            if purchase is None:
                raise Refused("The journal knows no such purchase", code="NO_SUCH_PURCHASE")
            left = end - self._clock.steady()
            waiting = (S.AWAITING_APPROVAL, S.INTENT, S.SENDING, S.UNRESOLVED, S.HANDLING)
            if left <= 0 or not (purchase.state in waiting or purchase.missing):
                return purchase
            if purchase.state in (S.AWAITING_APPROVAL, S.INTENT):
                await self._clock.sleep(min(left, ASKS_SECONDS))
                # It may be that no console is open that would end the wait.
                await self.recover()
            elif purchase.state is S.UNRESOLVED:
                await self._clock.sleep(min(left, self.reconciler.left(purchase)))
                try:
                    await self.reconciler.look(purchase_id)
                except AuthFailed:
                    raise
                except DeskError as error:
                    self._keeper.log(error.failure.sentence(), "warning")
            else:
                pause = await self.board.tracker.tick()
                newer = await self.purchases.find(purchase_id) or purchase
                if newer.state is purchase.state and newer.missing == purchase.missing:
                    await self._clock.sleep(min(left, max(0.5, pause)))

    async def track(self) -> None:
        """Poll the open orders until cancelled; raises AuthFailed when the key is rejected."""
        await self.board.unclaimed.fill()
        self.board.publish()
        await self.board.tracker.run(self._lead)

    async def mark(self, purchase_id: str, kind: str, why: str, **changes: object) -> Purchase:
        """Set fields of a purchase with an event, because a person asked for it.

        Raises:
            NotClaimed: the journal knows no such purchase.
            JournalFailed: the journal could not take it.
        """
        await self.purchases.known(purchase_id)
        purchase = await self.purchases.update(purchase_id, changes, kind=kind, why=why)
        await self.board.purchase_changed(purchase, "")
        return purchase

    async def first_to_call(self, key: str, lasts: timedelta) -> bool:
        """Tell whether no console of this account has called for this yet; then this one does.

        Raises:
            JournalFailed: the journal could not be written.
        """
        return await first_to_call(self.journal, self.journal.consoles.name, key, lasts)

    async def _write_pending(self) -> int:
        return 0 if self.purchasing is None else await self.purchasing.write_pending()

    async def _lead(self) -> bool:
        """Take or keep the polling of this account, with all that the lease holder does."""
        if self.journal.notes_only:
            await self.recover()
            if not await self._lease.held():
                raise JournalFailed(ALONE, advice=OPEN_ONE, code=NO_DESK)
            return False
        leading = await self._lease.take()
        if leading != self.settling.leading:
            self.settling.leading = leading
            self.settling.wake()
            # The lease holder before has read further than this console knows.
            await self.board.unclaimed.watch(self._clock.now())
        if leading:
            await self.recover()
            await self.board.unclaimed.keep()
        return leading


class ReconcileLoop:
    """Checks while this console leads, and writes what could not be written, lease holder or not.

    Args:
        reconciler: what checks.
        keeper: takes a check that failed into its log.
        write_pending: writes what only this console knows; returns how many are left.
    """

    def __init__(
        self,
        reconciler: Reconciler,
        keeper: BookPublisher,
        clock: Clock,
        write_pending: Callable[[], Awaitable[int]],
    ) -> None:
        self._reconciler: Final = reconciler
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._write_pending: Final = write_pending
        self._news: Final = asyncio.Event()
        self.leading = False
        self.runs = False

    def wake(self) -> None:
        """Look again what is due: a purchase or the lead has changed."""
        self._news.set()

    async def run(self) -> None:
        """Check until cancelled."""
        self.runs = True
        while True:
            self._news.clear()
            longest = IDLE_SECONDS
            # What only this console knows comes first, lease holder or not.
            if await self._write_pending():
                longest = PENDING_SECONDS
            if self.leading:
                try:
                    await self._reconciler.look_due()
                except DeskError as error:
                    # That the journal's server is away is said once, for all that waits for it.
                    if error.code != AWAY:
                        said = error.failure.sentence()
                        self._keeper.log(phrase("Settling: {said}", said=said), "warning")
                    await self._clock.sleep(FAILED_SECONDS)
            due = await self._reconciler.due() if self.leading else None
            pause = longest if due is None else min(due, longest)
            await sleep_unless(self._news, self._clock, pause)
