"""The journal in one SQLite file on this host."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from services.journal import location
from services.journal.emergency_file import Emergency
from services.journal.presence import HostConsoles
from services.journal.sqlite.connection import JournalFile
from services.journal.sqlite.health import JournalHealth
from services.journal.transaction import JournalTransaction
from services.system.clock import Clock

T = TypeVar("T")


class SqliteEngine:
    """A file that is examined when it is opened, and moved aside when it is damaged.

    Args:
        emergency: the room beside it.
        clock: time, for what is written.
        who: the operator, for what is written.
    """

    def __init__(self, path: Path, emergency: Emergency, clock: Clock, who: str) -> None:
        self.notes_only: Final = False
        self.standby: Final = False
        self.who: Final = who
        self.has_logins: Final = False
        self.is_owner: Final = False
        self._path: Final = path
        self.away_since: Final = None
        self.consoles: Final = HostConsoles(path.parent / "alive")
        self._file: Final = JournalFile(path, clock, who)
        self._health: Final = JournalHealth(self._file, emergency, clock)
        self.snapshot: Final = self._file.snapshot
        self.in_place: Final = self._file.in_place
        self.watched: Final = self._health.watched
        self.set_aside: Final = self._health.set_aside
        self.make_ready: Final = self._health.take_room
        self.verified: Final = self._health.verified
        self.leave: Final = self._health.leave

    @property
    def read_only(self) -> str:
        return self._health.read_only

    def open(self, account: str) -> None:
        self._file.account = account
        self._health.open()

    def open_to_read(self, account: str, why: str) -> None:
        self._file.account = account
        self._health.open_to_read(why)

    def close(self) -> None:
        if self._file.connection is not None:
            self._health.close()

    def transaction(
        self,
        work: Callable[[JournalTransaction], T],
        *,
        answered: bool = False,  # noqa: ARG002 - a file always answers
    ) -> T:
        return self._file.transaction(work)

    def changes(self) -> int:
        return int((self._file.begin().row("PRAGMA data_version") or {})["data_version"])

    def listen(self, changed: Callable[[], None]) -> None:
        """A file tells nothing by itself; see `changes`."""

    def room_wanted(self) -> str:
        return location.room_wanted(self._path.parent)

    def examine_copies(self) -> tuple[str, ...]:
        copies = location.damaged_copies(self._path)
        return tuple(f"{copy.name}: {self._health.examine_copy(copy)}" for copy in copies)
