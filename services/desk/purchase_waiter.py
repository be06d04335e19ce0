"""Following one purchase to its end, for those who wait for it."""

from collections.abc import Awaitable, Callable
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.domain.errors import AuthFailed, DeskError, Refused
from services.domain.models import Purchase
from services.domain.models import PurchaseState as S
from services.journal.purchases import Purchases
from services.orders.tracker import Tracker
from services.purchasing.reconciler import Reconciler
from services.system.clock import Clock

ASKS_SECONDS = 1.0
"""How often the journal is asked whether another person has approved."""


class PurchaseWaiter:
    """Checks and polls for one purchase while a person waits, whether others do so or not.

    Args:
        purchases: the journal's purchases.
        reconciler: looks for one that is unresolved.
        tracker: polls the order of one that was placed.
        keeper: the book, whose log tells what failed meanwhile.
        clock: time.
        recover: ends what waited too long for an approval, or whose console died.
    """

    def __init__(
        self,
        purchases: Purchases,
        reconciler: Reconciler,
        tracker: Tracker,
        keeper: BookPublisher,
        clock: Clock,
        recover: Callable[[], Awaitable[None]],
    ) -> None:
        self._purchases: Final = purchases
        self._reconciler: Final = reconciler
        self._tracker: Final = tracker
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._recover: Final = recover

    async def wait_final(self, purchase_id: str, seconds: float) -> Purchase:
        """Follow a purchase until it is final with its cards or needs a person, so many seconds.

        Raises:
            DeskError: the journal failed, or the key was rejected.
        """
        end = self._clock.steady() + seconds
        while True:
            purchase = await self._purchases.find(purchase_id)
            if purchase is None:
                raise Refused("The journal knows no such purchase", code="NO_SUCH_PURCHASE")
            left = end - self._clock.steady()
            waiting = (S.AWAITING_APPROVAL, S.INTENT, S.SENDING, S.UNRESOLVED, S.HANDLING)
            if left <= 0 or not (purchase.state in waiting or purchase.missing):
                return purchase
            if purchase.state in (S.AWAITING_APPROVAL, S.INTENT):
                await self._clock.sleep(min(left, ASKS_SECONDS))
                # It may be that no console is open that would end the wait.
                await self._recover()
            elif purchase.state is S.UNRESOLVED:
                await self._clock.sleep(min(left, self._reconciler.left(purchase)))
                try:
                    await self._reconciler.look(purchase_id)
                except AuthFailed:
                    raise
                except DeskError as error:
                    self._keeper.log(error.failure.sentence(), "warning")
            else:
                pause = await self._tracker.tick()
                newer = await self._purchases.find(purchase_id) or purchase
                if newer.state is purchase.state and newer.missing == purchase.missing:
                    await self._clock.sleep(min(left, max(0.5, pause)))
