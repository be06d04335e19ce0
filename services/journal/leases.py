"""What the consoles of one account share: the pause of a failing vendor, who polls, who calls."""

from datetime import datetime, timedelta
from typing import Final

from services.journal import rows
from services.journal.database import Journal
from services.journal.orders import TrackedOrders
from services.journal.transaction import JournalTransaction
from services.system.clock import Clock
from services.system.liveness import Presence

NAME = "pause"
LONGEST = 900.0


class Pause:
    """Until when the account's list is left alone, whichever console polls then.

    Args:
        journal: where it is kept, beside the leases.
        clock: time.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal: Final = journal
        self._clock: Final = clock

    async def hold(self, seconds: float) -> None:
        """Let every console wait that long from now, 0 to let them go; raises JournalFailed."""
        until = rows.iso(self._clock.now() + timedelta(seconds=seconds))

        def work(tx: JournalTransaction) -> None:
            tx.run("DELETE FROM leases WHERE name = ?", NAME)
            if seconds > 0:
                tx.run("INSERT INTO leases VALUES (?, ?, ?)", NAME, "", until)

        await self._journal.write(work)

    async def left(self) -> float:
        """Return the seconds that are left of it; raises JournalFailed."""

        def work(tx: JournalTransaction) -> str | None:
            row = tx.row("SELECT until FROM leases WHERE name = ?", NAME)
            return None if row is None else str(row["until"])

        until = rows.moment(await self._journal.read(work))
        if until is None:
            return 0.0
        left = (until - self._clock.now()).total_seconds()
        # More than any pause is left only when the clock was set back meanwhile.
        return left if 0 < left <= LONGEST else 0.0


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


CALL: Final = "call:"
ONCE: Final = timedelta(days=7)
AGAIN: Final = timedelta(minutes=10)
"""After so long the same may be called for again, where it can come back."""


async def first_to_call(
    journal: Journal, holder: str, key: str, now: datetime, lasts: timedelta = ONCE
) -> bool:
    """Tell whether no console of the account has called for this yet; then this one does.

    Args:
        journal: the account's.
        holder: the presence name of this process.
        key: what is called for, the same at every console.
        now: the current time, UTC.
        lasts: how long no console calls for it again.

    Raises:
        JournalFailed: the journal could not be written.
    """
    name, moment = f"{CALL}{key}", rows.iso(now)

    def work(tx: JournalTransaction) -> bool:
        tx.run("DELETE FROM leases WHERE name >= ? AND name < ? AND until < ?", CALL, _END, moment)
        # Whose it was does not matter: who comes second does not call.
        taken = "INSERT OR IGNORE INTO leases VALUES (?, ?, ?)"
        return tx.run(taken, name, holder, rows.iso(now + lasts)) == 1

    return await journal.write(work)


_END: Final = "call;"
"""The name that would follow all of those that begin with `CALL`."""
