"""The pause that a failing vendor is given, kept in the journal so that every console keeps it."""

from datetime import timedelta
from typing import Final

from services import journal_rows
from services.clock import Clock
from services.journal import Journal, Transaction

NAME = "pause"
LONGEST = 120.0


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
        until = journal_rows.iso(self._clock.now() + timedelta(seconds=seconds))

        def work(tx: Transaction) -> None:
            tx.run("DELETE FROM leases WHERE name = ?", NAME)
            if seconds > 0:
                tx.run("INSERT INTO leases VALUES (?, ?, ?)", NAME, "", until)

        await self._journal.write(work)

    async def left(self) -> float:
        """Return the seconds that are left of it; raises JournalFailed."""

        def work(tx: Transaction) -> str | None:
            row = tx.row("SELECT until FROM leases WHERE name = ?", NAME)
            return None if row is None else str(row["until"])

        until = journal_rows.moment(await self._journal.read(work))
        if until is None:
            return 0.0
        left = (until - self._clock.now()).total_seconds()
        # More than any pause is left only when the clock was set back meanwhile.
        return left if 0 < left <= LONGEST else 0.0
