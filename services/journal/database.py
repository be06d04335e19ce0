"""The journal of an account: one thread, transactions that cannot be half."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from services.domain.errors import JournalFailed
from services.journal.emergency_file import Emergency
from services.journal.engine import JournalEngine
from services.journal.sqlite.engine import SqliteEngine
from services.journal.transaction import JournalTransaction
from services.system.clock import Clock

T = TypeVar("T")


class Journal:
    """One account's journal in one environment.

    Every access runs in one thread of its own, in the order it was asked for, and is carried out
    even when the caller has been cancelled meanwhile.

    Attributes:
        consoles: those that have it open.
        news: set when another console has written, where the database says so by itself.

    Args:
        path: its file on this host; the emergency file lies beside it.
        clock: time, for what is written.
        who: the operator, for what is written.
        engine: the database that holds it; the file itself where none is named.
        emergency: the emergency file that this engine opens.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        who: str,
        engine: JournalEngine | None = None,
        emergency: Emergency | None = None,
    ) -> None:
        self.path: Final = path
        self.emergency: Final = emergency or Emergency(path)
        self._clock: Final = clock
        self._who: Final = who
        self._engine: Final[JournalEngine] = engine or SqliteEngine(
            path, self.emergency, clock, who
        )
        self.consoles: Final = self._engine.consoles
        self.news: Final = asyncio.Event()
        self._thread: Final = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._to_read = False
        self._closed = False

    @property
    def read_only(self) -> str:
        """Why nothing is bought with this journal, or an empty text."""
        return self._engine.read_only

    @property
    def operator(self) -> str:
        """Who works here: on a server the login, whatever the settings say."""
        return self._engine.who or self._who

    @property
    def away_since(self) -> datetime | None:
        """Since when (UTC) its server cannot be reached; None while it can, and for a file."""
        return self._engine.away_since

    async def open(self, account: str) -> None:
        """Open or create the journal of this account (its fingerprint).

        A damaged file is moved aside, never repaired in place; then `read_only` says why buying is
        off, and what is left can still be read.

        Raises:
            JournalFailed: unsafe place; a file that is foreign, newer, locked, another account's;
                or damaged while another process has it open.
        """
        loop = asyncio.get_running_loop()
        self._engine.listen(lambda: _wake(loop, self.news))
        await self._in_thread(lambda: self._engine.open(account))

    async def open_to_read(self, account: str, why: str) -> None:
        """Open the journal of this account where its disk takes nothing; buying is off.

        Args:
            account: its fingerprint.
            why: what keeps the disk from being written, a clause.

        Raises:
            JournalFailed: there is none, or it cannot be read as it is.
        """
        self._to_read = True
        await self._in_thread(lambda: self._engine.open_to_read(account, why))

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        if not self._closed:
            self._closed = True
            await self._in_thread(self._engine.close)
            self._thread.shutdown()
            self._engine.leave()

    async def write(self, work: Callable[[JournalTransaction], T], *, answered: bool = False) -> T:
        """Run a function in one immediate transaction, all or nothing.

        Args:
            work: the function.
            answered: fail unless the database said itself that it is committed: what is found out
                about a commit after its answer was lost may be gone at a failover.

        Raises:
            JournalFailed: the journal could not take it; nothing of it was written.
            Conflict: a unique rule said no; nothing of it was written.
        """
        return await self._in_thread(lambda: self._engine.transaction(work, answered=answered))

    async def read(self, work: Callable[[JournalTransaction], T]) -> T:
        """Run a function that only reads, all of it from one snapshot; raises JournalFailed.

        What belongs together is read by one function: between two reads another process commits.
        """
        return await self._in_thread(lambda: self._engine.snapshot(work))

    def stamp(self) -> tuple[datetime, str]:
        """Return the time (UTC) and the operator that an event written now would have."""
        return self._clock.now(), self.operator

    async def changed_elsewhere(self) -> int:
        """Return a number that differs when another process has written since the last call."""
        return await self._in_thread(self._engine.changes)

    @property
    def can_write(self) -> bool:
        """Whether this process may write all that a console writes."""
        return self.takes_notes and not self._engine.notes_only

    @property
    def takes_notes(self) -> bool:
        """Whether this process may write at least what people do with orders."""
        return not (self._to_read or self._engine.standby)

    @property
    def notes_only(self) -> bool:
        """Whether this login may write notes, marks and events alone, as the database has it."""
        return self._engine.notes_only

    @property
    def has_logins(self) -> bool:
        """Whether the database proves who writes: else no person can approve for another."""
        return self._engine.has_logins

    @property
    def is_owner(self) -> bool:
        """Whether this login has the owner's role at the database."""
        return self._engine.is_owner

    def in_place(self) -> None:
        """Make sure that the open file still is the journal, not one that was moved or deleted.

        Raises:
            JournalFailed: another file, or none, is in its place.
        """
        self._engine.in_place()

    def room_wanted(self) -> str:
        """Say that too little room is left on the journal's disk to buy, or return ''."""
        return self._engine.room_wanted()

    async def make_ready(self) -> None:
        """Make sure, just before a purchase, that its outcome will find room.

        Raises:
            JournalFailed: the journal is gone, another console found it damaged, or the room
                beside it cannot be taken.
        """
        self.in_place()
        await self._in_thread(self._engine.make_ready)

    async def set_aside(self, why: str) -> None:
        """Move a journal aside that turned out to be damaged, and go on read-only in a new one.

        Args:
            why: what is wrong with it, a clause.

        Raises:
            JournalFailed: it could not be moved, another process has it open, or no new one be
                made.
        """
        await self._in_thread(lambda: self._engine.set_aside(why))

    async def verify(self) -> str:
        """Check the whole file and event chain; returns what is wrong, or an empty text."""
        _, wrong = await self.verified(lambda _: None)
        return wrong

    async def verified(self, work: Callable[[JournalTransaction], T]) -> tuple[T, str]:
        """Run a function that only reads and check the whole file; raises JournalFailed.

        Returns:
            What the function returned, and what is wrong with the journal, or an empty text. The
            events are those of the function's snapshot.
        """
        return await self._in_thread(lambda: self._engine.verified(work))

    async def examine_copies(self) -> tuple[str, ...]:
        """Say of each damaged journal that was moved aside what is wrong with it."""
        return await self._in_thread(self._engine.examine_copies)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            future = self._thread.submit(lambda: self._engine.watched(work))
        except RuntimeError as error:
            raise JournalFailed("The journal is closed", code="JOURNAL_CLOSED") from error
        return await _uncancelled(future)


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    # A desk that has ended listens no more.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(event.set)


async def _uncancelled(future: Future[T]) -> T:
    """Await a thread's work; a cancelled awaiter leaves the work itself untouched."""
    waiter = asyncio.wrap_future(future)
    waiter.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(waiter)
