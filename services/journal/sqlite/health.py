"""Whether a journal is whole: what a start examines, and what is done with a damaged file.

Everything here runs in the journal's thread.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from services.domain import event_log
from services.domain.errors import JournalDamaged, JournalFailed
from services.journal import integrity, location, mark
from services.journal.emergency_file import Emergency
from services.journal.integrity import CHECKED_AT_START
from services.journal.sqlite.connection import JournalFile, as_dict, translated
from services.journal.sqlite.migrations import is_current
from services.journal.transaction import JournalTransaction, ReadWhenAsked
from services.system.clock import Clock

T = TypeVar("T")


class JournalHealth:
    """Opens the file if it is whole, moves it aside if not, and says why buying is off.

    A damaged file is never repaired in place.

    Args:
        file: the journal's file.
        emergency: the room beside it.
        clock: time, for the name of what is moved aside.

    Attributes:
        read_only: why nothing is bought with this journal, or an empty text.
    """

    def __init__(self, file: JournalFile, emergency: Emergency, clock: Clock) -> None:
        self.read_only = ""
        self._file: Final = file
        self._path: Final = file.path
        self._emergency: Final = emergency
        self._clock: Final = clock
        self._in_use: Final = file.in_use
        self._broken = ""

    def open(self) -> None:
        """Open or create the file; see `Journal.open`."""
        location.prepare(self._path)
        with location.turn(self._path):
            # In turn, so that of two that start at once the first finds itself alone.
            self._in_use.take()
            try:
                self._open_alone()
            except BaseException:
                self._in_use.drop()
                raise

    def open_to_read(self, why: str) -> None:
        """Open the file where its disk takes nothing; see `Journal.open_to_read`."""
        if not self._path.exists():
            raise JournalFailed(
                f"There is no journal yet, and none can be made: {why}", code="JOURNAL_DISK"
            )
        self._in_use.take()
        self._file.connect_to_read()
        # Its room is taken already, so that it can take a record where no new file can be made.
        with contextlib.suppress(OSError):
            self._emergency.open()
        self.read_only = f"The journal can be read only: {why}. Buying is off"

    def close(self) -> None:
        """Close the file and the room beside it."""
        self._emergency.close()
        self._file.close()

    def leave(self) -> None:
        """Let other processes know that this one has the file open no more."""
        self._in_use.drop()

    def set_aside(self, why: str) -> None:
        """Move a file aside that turned out to be damaged; see `Journal.set_aside`."""
        with location.turn(self._path):
            self._set_aside(why)

    def watched(self, work: Callable[[], T]) -> T:
        """Do a piece of work; once it shows damage, nothing is bought with this journal."""
        try:
            return translated(work)
        except JournalFailed as failure:
            if failure.code == "JOURNAL_DAMAGED" and not self.read_only:
                self.read_only = (
                    f"{failure.message}. Buying is off; start carddesk again: the next start"
                    " examines all of it"
                )
                with contextlib.suppress(OSError):
                    self._suspect.touch(0o600)
            raise

    def verified(self, work: Callable[[JournalTransaction], T]) -> tuple[T, str]:
        """Run a function that only reads and check the whole file; see `Journal.verified`."""

        def both(tx: JournalTransaction) -> tuple[T, list[Mapping[str, Any]]]:
            return work(tx), integrity.events(tx)

        found = self._file.snapshot(lambda tx: integrity.pages(tx, contents=True))
        read, events = self._file.snapshot(both)
        return read, found or self._wrong_rows(events)

    def _set_aside(self, why: str) -> None:
        """Move a damaged file away and begin a new one, unless another process has it open."""
        self._broken = why
        self.close()
        with self._in_use.alone() as alone:
            if not alone:
                raise JournalFailed(
                    f"The journal is damaged ({self._broken}), and another console has it open, so"
                    " it was left where it is",
                    advice="Buying is off. Leave every console and start carddesk again: the start"
                    " moves it aside and goes on.",
                    code="JOURNAL_DAMAGED",
                )
            location.move_aside(self._path, self._clock.now())
            self._file.connect()
        self._settle_in()

    def take_room(self) -> None:
        """Take the room that an outcome needs; JournalFailed if the file was found damaged."""
        if self._suspect.exists():
            raise JournalFailed(
                "The journal was found damaged",
                advice="Nothing was sent. Leave every console and start carddesk again: the start"
                " examines all of it.",
                code="JOURNAL_DAMAGED",
            )
        try:
            self._emergency.open()
        except OSError as error:
            raise JournalFailed(
                f"No room beside the journal ({error.strerror})",
                advice="Nothing was sent. Free disk space.",
                code="JOURNAL_FULL",
            ) from error

    def examine_copy(self, copy: Path) -> str:
        """Say what is wrong with a journal that was moved aside; it is only read."""
        try:
            with contextlib.closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as held:
                current = is_current(held)
                held.row_factory = as_dict
                held.execute("BEGIN")
                rows = held.execute("SELECT * FROM events ORDER BY seq").fetchall()
                found = event_log.first_break(rows, whole=True)
                if not found and current:
                    found = integrity.purchases(
                        JournalTransaction(held, ReadWhenAsked(held, ""), "")
                    )
        except sqlite3.Error:
            return "it is no journal any more"
        return found or "its event chain is unbroken"

    def _open_alone(self) -> None:
        fresh = not self._path.exists()
        broken = self._damage(doubtful=self._doubtful())
        if broken:
            # Nothing is moved for what a second connection and another snapshot do not find.
            self.close()
            broken = self._damage(doubtful=True)
        if broken:
            self._set_aside(broken)
        else:
            self._settle_in()
        if fresh:
            self._file.sync_folder()

    def _damage(self, *, doubtful: bool) -> str:
        """Open the file and say what is wrong with it as far as a start can wait to know it."""
        # The ballast is made once there is a journal, so one without content has lost it.
        if self._path.exists() and not self._path.stat().st_size and self._emergency.was_here():
            return "it was emptied"
        try:
            translated(self._file.connect)
            return translated(lambda: self._examine(doubtful))
        except JournalDamaged as damage:
            return damage.wrong
        except JournalFailed:
            self.close()
            raise

    def _settle_in(self) -> None:
        """Work out whether buying is possible with this journal, and take the room it needs."""
        self.read_only = ""
        for copy in location.damaged_copies(self._path):
            why = f" ({self._broken})" if self._broken else ""
            self.read_only = (
                f"The journal was damaged{why} and was moved to {copy.name}. Buying is off until"
                " you have compared the orders with it and moved that file away"
            )
        if place := self._file.snapshot(mark.moved_to):
            self.read_only = mark.sentence(place)
        if kind := location.network_file_system(self._path.parent):
            self.read_only = f"The journal lies on a network file system ({kind}). Buying is off"
        try:
            self._emergency.open()
        except OSError as error:
            self.read_only = f"No room beside the journal ({error.strerror}). Buying is off"
        with contextlib.suppress(FileNotFoundError):
            self._suspect.unlink()

    @property
    def _suspect(self) -> Path:
        """The mark of a journal that was found damaged while it was in use."""
        return self._path.with_name(self._path.name + ".suspect")

    def _doubtful(self) -> bool:
        """Tell whether every page and row has to be read: a death while it was written."""
        sides = (self._path.with_name(self._path.name + side) for side in ("-journal", "-wal"))
        return self._suspect.exists() or any(
            side.exists() and side.stat().st_size > 0 for side in sides
        )

    def _examine(self, doubtful: bool) -> str:
        """Say what is wrong with the open file: its pages first, then its rows in one snapshot."""
        if doubtful or self._path.stat().st_size <= integrity.SMALL_BYTES:
            found = self._file.snapshot(lambda tx: integrity.pages(tx, contents=doubtful))
        else:
            found = self._file.snapshot(integrity.touch)
        if found or not doubtful:
            newest = CHECKED_AT_START
            return found or self._file.snapshot(
                lambda tx: integrity.chain(tx, newest) or integrity.purchases(tx, newest)
            )
        return self._wrong_rows(self._file.snapshot(integrity.events))

    def _wrong_rows(self, events: Sequence[Mapping[str, Any]]) -> str:
        """Check the chain of these events, then every purchase and mark against its events."""
        return (
            event_log.first_break(events, whole=True)
            or self._by_portions(integrity.purchases_after)
            or self._by_portions(integrity.deliveries_after)
        )

    def _by_portions(self, check: Callable[[JournalTransaction, str], tuple[str, str]]) -> str:
        """Check a table in many short snapshots: one long one would hold up other consoles."""
        last = ""
        while True:
            wrong, last = self._file.snapshot(lambda tx, last=last: check(tx, last))
            if wrong or not last:
                return wrong
