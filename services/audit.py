"""The event log as a whole: who did what, whether its chain holds, and the head to keep."""

from msgspec import Struct

from services import journal_rows
from services.journal import Journal, Transaction
from services.journal_rows import Event


class Audit(Struct, frozen=True):
    """Every event of a journal, oldest first, and what examining it found.

    `wrong` says in a clause what is wrong with the journal, `damaged` the same of each copy that
    was moved aside; both are empty for a journal that is whole.
    """

    events: tuple[Event, ...]
    wrong: str = ""
    damaged: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The newest event's number and hash, `42:9f...`: kept elsewhere, it seals all before."""
        if not self.events:
            return f"0:{journal_rows.FIRST_HASH}"
        return f"{self.events[-1].seq}:{self.events[-1].hash}"

    def holds(self, head: str) -> bool:
        """Tell whether a head that was kept elsewhere still stands in this log."""
        heads = {f"{event.seq}:{event.hash}" for event in self.events}
        return head in heads | {f"0:{journal_rows.FIRST_HASH}"}


async def read(journal: Journal) -> Audit:
    """Read and examine the whole event log of a journal; raises JournalFailed."""

    def work(tx: Transaction) -> tuple[Event, ...]:
        rows = tx.rows("SELECT * FROM events ORDER BY seq")
        return tuple(journal_rows.event(row) for row in rows)

    return Audit(await journal.read(work), await journal.verify(), await journal.examine_copies())
