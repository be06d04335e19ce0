"""The loop that checks unresolved purchases when a check is due."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.domain.errors import AWAY, DeskError
from services.domain.phrase import phrase
from services.purchasing.reconciler import Reconciler
from services.system.clock import Clock
from services.system.tasks import sleep_unless

IDLE_SECONDS = 30.0
PENDING_SECONDS = 5.0
FAILED_SECONDS = 1.0


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
