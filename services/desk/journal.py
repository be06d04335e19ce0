"""`desk.journal`: the account's purchases and event log."""

import socket
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from services.desk.opening import Opening
from services.domain.event_log import Audit, Event
from services.domain.models import UNSETTLED, Purchase
from services.journal import joint_reads, presence
from services.journal.schema import VERSION
from services.journal.sqlite.connection import SQLITE_VERSION
from services.system.clock import Clock


class FilePlace(Struct, frozen=True):
    """The journal in a file on this host.

    `engine` is SQLite's version; `consoles` are the other processes that have it open, each with
    its number and since when (UTC); `read_only` says why nothing is bought with it.
    """

    path: Path
    engine: str
    schema_version: int
    account: str
    host: str
    consoles: tuple[tuple[int, datetime], ...]
    read_only: str


class DeskJournal:
    """Reads the journal, and writes into it what a person does.

    Every method raises JournalFailed: the journal is not open, or cannot be read or written.

    Args:
        opening: knows the account once it is open.
    """

    def __init__(self, opening: Opening, clock: Clock) -> None:
        self._opening: Final = opening
        self._clock: Final = clock

    async def events(self, reference: str) -> tuple[Event, ...]:
        """Return the event log of a purchase or an order, oldest first."""
        return await self._opening.opened().purchases.events(reference)

    async def record(
        self, kind: str, order_id: str, detail: str, *, card: int | None = None
    ) -> None:
        """Write into the event log what is about to be done with an order, or with one card."""
        await self._opening.opened().purchases.record(kind, order_id, detail, card=card)

    async def set_note(self, purchase_id: str, note: str) -> Purchase:
        """Change the note of a purchase."""
        return await self._opening.opened().mark(purchase_id, "note", "note changed", note=note)

    async def purchase(self, reference: str) -> Purchase | None:
        """Return the purchase with this purchase id, order id or idempotency key."""
        return await self._opening.opened().purchases.find(reference)

    async def purchases(
        self,
        *,
        unresolved: bool = False,
        open_only: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> tuple[Purchase, ...]:
        """Return the purchases of a span of time, or those still open or unsettled."""
        store = self._opening.opened().purchases
        if unresolved:
            return tuple(p for p in await store.live() if p.state in UNSETTLED)
        if open_only:
            return await store.live()
        return await store.since(
            start or datetime.min.replace(tzinfo=self._clock.now().tzinfo), end
        )

    @property
    def can_be_read_only(self) -> bool:
        """Whether the journal is whole and its disk takes nothing."""
        account = self._opening.account
        if account is None or account.journal.notes_only:
            return False
        return not account.journal.can_write

    def place(self) -> FilePlace:
        """Say where the journal is, of a desk that keeps it in a file; raises JournalFailed."""
        account = self._opening.opened()
        path = account.journal.path
        return FilePlace(
            path=path,
            engine=SQLITE_VERSION,
            schema_version=VERSION,
            account=account.identity.username,
            host=socket.gethostname(),
            consoles=tuple(presence.running(path.parent / "alive")),
            read_only=account.journal.read_only,
        )

    async def verify(self) -> str:
        """Check the whole file and its event chain; returns what is wrong, or an empty text."""
        journal = self._opening.opened().journal
        off = "" if journal.notes_only else journal.read_only
        return off or await journal.verify()

    async def audit(self) -> Audit:
        """Return the whole event log, oldest first, examined."""
        return await joint_reads.audit(self._opening.opened().journal)
