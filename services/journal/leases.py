"""What the consoles of one account share: the pause of a failing vendor, who polls, who calls."""

from datetime import timedelta
from typing import Final

from services.journal import rows
from services.journal.database import Journal
from services.journal.presence import Consoles
from services.journal.transaction import JournalTransaction

NAME = "pause"
LONGEST = 900.0


class Pause:
    """Until when the account's list is left alone, whichever console polls then.

    Args:
        journal: where it is kept, beside the leases; its clock says when it ends.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def hold(self, seconds: float) -> None:
        """Let every console wait that long from now, 0 to let them go; raises JournalFailed."""

        def work(tx: JournalTransaction) -> None:
            tx.run("DELETE FROM leases WHERE name = ?", NAME)
            if seconds > 0:
                tx.run("INSERT INTO leases VALUES (?, ?, ?)", NAME, "", tx.later(seconds))

        if not self._journal.notes_only:
            await self._journal.write(work)

    async def left(self) -> float:
        """Return the seconds that are left of it; raises JournalFailed."""

        def work(tx: JournalTransaction) -> float:
            row = tx.row("SELECT until FROM leases WHERE name = ?", NAME)
            until, now = rows.moment(row["until"] if row else None), rows.moment(tx.now)
            return 0.0 if until is None or now is None else (until - now).total_seconds()

        left = await self._journal.read(work)
        # More than any pause is left only when the clock was set back meanwhile.
        return left if 0 < left <= LONGEST else 0.0


POLLING: Final = "polling"
_HELD: Final = "SELECT holder, until FROM leases WHERE name = ?"


class PollingLease:
    """The right to poll one account, as seen from one console.

    Args:
        journal: where the lease is written.
        consoles: who this console is, and which are alive.
        seconds: how long it holds without being renewed.
    """

    def __init__(self, journal: Journal, consoles: Consoles, seconds: float) -> None:
        self._journal: Final = journal
        self._consoles: Final = consoles
        self._seconds: Final = seconds

    async def take(self) -> bool:
        """Take or renew it; a holder that died is relieved at once. Returns whether it is held.

        Raises:
            JournalFailed: the journal could not be written.
        """
        consoles = self._consoles

        def work(tx: JournalTransaction) -> bool:
            held = tx.row(_HELD, POLLING) or {}
            holder = str(held.get("holder", consoles.name))
            runs = holder != consoles.name and held["until"] >= tx.now
            if runs and consoles.alive(tx, holder):
                return False
            tx.run(
                "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " holder = excluded.holder, until = excluded.until",
                *(POLLING, consoles.name, tx.later(self._seconds)),
            )
            return True

        return await self._journal.write(work)

    async def held(self) -> bool:
        """Tell whether any console polls; raises JournalFailed."""

        def work(tx: JournalTransaction) -> bool:
            held = tx.row(_HELD, POLLING)
            alive = self._consoles.alive
            return bool(held and held["until"] >= tx.now and alive(tx, held["holder"]))

        return await self._journal.read(work)

    async def drop(self) -> None:
        """Give it back; raises JournalFailed when the journal could not be written."""
        drop = "DELETE FROM leases WHERE name = ? AND holder = ?"
        await self._journal.write(lambda tx: tx.run(drop, POLLING, self._consoles.name))


CALL: Final = "call:"
ONCE: Final = timedelta(days=7)
AGAIN: Final = timedelta(minutes=10)
"""After so long the same may be called for again, where it can come back."""


async def first_to_call(journal: Journal, holder: str, key: str, lasts: timedelta = ONCE) -> bool:
    """Tell whether no console of the account has called for this yet; then this one does.

    Args:
        journal: the account's.
        holder: the presence name of this process.
        key: what is called for, the same at every console.
        lasts: how long no console calls for it again.

    Raises:
        JournalFailed: the journal could not be written.
    """
    name = f"{CALL}{key}"

    def work(tx: JournalTransaction) -> bool:
        tx.run("DELETE FROM leases WHERE name >= ? AND name < ? AND until < ?", CALL, _END, tx.now)
        # Whose it was does not matter: who comes second does not call.
        taken = "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING name"
        return tx.row(taken, name, holder, tx.later(lasts.total_seconds())) is not None

    return await journal.write(work)


_END: Final = "call;"
"""The name that would follow all of those that begin with `CALL`."""
