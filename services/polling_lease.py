"""Which console of this host polls an account: the one that holds its lease."""

from typing import Final

from services.clock import Clock
from services.presence import Presence
from services.tracked import TrackedOrders

POLLING: Final = "polling"


class PollingLease:
    """The right to poll one account, as seen from one console of this host.

    Args:
        tracked: where the lease is written.
        presence: who this console is, and who is still alive.
        clock: time.
        seconds: how long it holds without being renewed.
    """

    def __init__(
        self, tracked: TrackedOrders, presence: Presence, clock: Clock, seconds: float
    ) -> None:
        self._tracked: Final = tracked
        self._presence: Final = presence
        self._clock: Final = clock
        self._seconds: Final = seconds

    async def take(self) -> bool:
        """Take or renew it; a holder that died is relieved at once. Returns whether it is held.

        Raises:
            JournalFailed: the journal could not be written.
        """
        holder = await self._ask()
        if holder != self._presence.name and not self._presence.alive(holder):
            await self._tracked.drop_lease(POLLING, holder)
            holder = await self._ask()
        return holder == self._presence.name

    async def drop(self) -> None:
        """Give it back; raises JournalFailed when the journal could not be written."""
        await self._tracked.drop_lease(POLLING, self._presence.name)

    async def _ask(self) -> str:
        return await self._tracked.take_lease(
            POLLING, self._presence.name, self._clock.now(), self._seconds
        )
