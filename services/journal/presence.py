"""Which consoles of the account are alive, as the journal can tell."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from services.journal.transaction import JournalTransaction
from services.system.liveness import Presence


class Consoles(Protocol):
    """The consoles of one account, this one among them."""

    @property
    def name(self) -> str:
        """The presence name of this console."""
        ...

    @property
    def count(self) -> int:
        """How many were alive when that was heard last, this one among them."""
        ...

    @property
    def rejections(self) -> int:
        """How often it was heard that the vendor rejected a key on another host."""
        ...

    @property
    def may_be_cut_off(self) -> bool:
        """Whether one that gives no sign of life may still be at work."""
        ...

    def alive(self, tx: JournalTransaction, name: str) -> bool:
        """Tell whether the console of this presence name gives a sign of life."""
        ...

    def begin(self) -> None:
        """Give a sign of life from now on; raises OSError where none can be left."""
        ...

    def end(self) -> None:
        """Give no sign of life any more."""
        ...


def running(folder: Path) -> list[tuple[int, datetime]]:
    """Return the processes of this host whose locks lie in a folder, but this one: id and since."""
    presence = Presence(folder)
    found: list[tuple[int, datetime]] = []
    for mark in folder.glob("*.alive"):
        pid = mark.stem.partition("-")[0]
        with suppress(OSError):
            since = datetime.fromtimestamp(mark.stat().st_mtime, UTC)
            if pid.isdecimal() and int(pid) != os.getpid() and presence.alive(mark.stem):
                found.append((int(pid), since))
    return sorted(found, key=lambda each: each[1])


class HostConsoles:
    """The consoles of this host, each with a file lock that the kernel takes back.

    Args:
        folder: where their locks lie.
    """

    may_be_cut_off = False
    rejections = 0
    count = 1

    def __init__(self, folder: Path) -> None:
        self._presence: Final = Presence(folder)
        self.name: Final = self._presence.name

    def alive(self, tx: JournalTransaction, name: str) -> bool:  # noqa: ARG002 - no row says it
        """Tell whether the process of this presence name runs."""
        return self._presence.alive(name)

    def begin(self) -> None:
        """Take this process's lock; raises OSError."""
        self._presence.__enter__()

    def end(self) -> None:
        """Let the lock go."""
        self._presence.__exit__()
