"""What a journal asks of its database: one file on this host, or a server of the team.

Everything here but `in_place` and `room_wanted` runs in the journal's thread.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from services.journal.presence import Consoles
from services.journal.transaction import JournalTransaction

T = TypeVar("T")


class JournalEngine(Protocol):
    """Opens the database of one account, and runs transactions in it."""

    @property
    def consoles(self) -> Consoles:
        """The consoles that have this journal open."""
        ...

    @property
    def who(self) -> str:
        """The operator of what is written; on a server the login, empty before it is known."""
        ...

    @property
    def away_since(self) -> datetime | None:
        """Since when (UTC) the database cannot be reached; None while it can."""
        ...

    @property
    def read_only(self) -> str:
        """Why nothing is bought with this journal, or an empty text."""
        ...

    @property
    def standby(self) -> bool:
        """Whether the database follows another one, and can only be read."""
        ...

    @property
    def notes_only(self) -> bool:
        """Whether this login may write notes, marks and events alone, as the database has it."""
        ...

    @property
    def has_logins(self) -> bool:
        """Whether the database proves who writes: else no person can approve for another."""
        ...

    @property
    def is_owner(self) -> bool:
        """Whether this login has the owner's role at the database."""
        ...

    def open(self, account: str) -> None:
        """Open or create it; see `Journal.open`."""
        ...

    def open_to_read(self, account: str, why: str) -> None:
        """Open it where nothing can be written; see `Journal.open_to_read`."""
        ...

    def close(self) -> None:
        """Close it, if it is open."""
        ...

    def leave(self) -> None:
        """Let other processes know that this one has it open no more."""
        ...

    def transaction(self, work: Callable[[JournalTransaction], T], *, answered: bool = False) -> T:
        """Let a function write, one writer after the other, all or nothing.

        Args:
            work: what is written.
            answered: fail where the database was asked to commit and its answer is lost, even if
                it turns out to have committed.
        """
        ...

    def snapshot(self, work: Callable[[JournalTransaction], T]) -> T:
        """Let a function read one state of it, whatever others commit meanwhile."""
        ...

    def changes(self) -> int:
        """Return a number that differs when another process has written since the last call."""
        ...

    def listen(self, changed: Callable[[], None]) -> None:
        """Call this from any thread when another console has written, where that is known."""
        ...

    def watched(self, work: Callable[[], T]) -> T:
        """Do a piece of work; what fails leaves as a JournalFailed or a Conflict."""
        ...

    def in_place(self) -> None:
        """Make sure that what is open still is the journal; raises JournalFailed."""
        ...

    def room_wanted(self) -> str:
        """Say that too little room is left to buy, or return an empty text."""
        ...

    def make_ready(self) -> None:
        """Make sure, just before a purchase, that its outcome can be kept; raises JournalFailed."""
        ...

    def set_aside(self, why: str) -> None:
        """Move a damaged journal aside; see `Journal.set_aside`."""
        ...

    def verified(self, work: Callable[[JournalTransaction], T]) -> tuple[T, str]:
        """Run a function that only reads and check all of it; see `Journal.verified`."""
        ...

    def examine_copies(self) -> tuple[str, ...]:
        """Say of each damaged journal that was moved aside what is wrong with it."""
        ...
