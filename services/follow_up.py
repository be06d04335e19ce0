"""Following one purchase to its end, for whoever waits for it."""

from typing import Final

from services.book import BookKeeper
from services.clock import Clock
from services.errors import AuthFailed, DeskError, Refused
from services.models import Purchase
from services.models import PurchaseState as S
from services.purchases import Purchases
from services.reconcile import Reconciler
from services.tracker import Tracker


class FollowUp:
    """Looks and polls for one purchase while somebody waits, whoever else does so as well.

    Args:
        purchases: the journal's purchases.
        reconciler: looks for one that is unresolved.
        tracker: polls the order of one that was placed.
        keeper: the book, whose log tells what failed meanwhile.
        clock: time.
    """

    def __init__(
        self,
        purchases: Purchases,
        reconciler: Reconciler,
        tracker: Tracker,
        keeper: BookKeeper,
        clock: Clock,
    ) -> None:
        self._purchases: Final = purchases
        self._reconciler: Final = reconciler
        self._tracker: Final = tracker
        self._keeper: Final = keeper
        self._clock: Final = clock

    async def wait_final(self, purchase_id: str, seconds: float) -> Purchase:
        """Follow a purchase until it is final or needs a person, at most that many seconds.

        Raises:
            DeskError: the journal failed, or the key was rejected.
        """
        end = self._clock.steady() + seconds
        while True:
            purchase = await self._purchases.find(purchase_id)
            if purchase is None:
                raise Refused("The journal knows no such purchase", code="NO_SUCH_PURCHASE")
            left = end - self._clock.steady()
            waiting = (S.SENDING, S.UNRESOLVED, S.HANDLING)
            if left <= 0 or purchase.state not in waiting:
                return purchase
            if purchase.state is S.UNRESOLVED:
                await self._clock.sleep(min(left, self._reconciler.left(purchase)))
                try:
                    await self._reconciler.look(purchase_id)
                except AuthFailed:
                    raise
                except DeskError as error:
                    self._keeper.log(error.sentence(), "warning")
            else:
                pause = await self._tracker.tick()
                if (await self._purchases.find(purchase_id) or purchase).state is purchase.state:
                    await self._clock.sleep(min(left, max(0.5, pause)))
