"""Which processes of this host are alive: a lock that the kernel takes back when one dies."""

import contextlib
import os
import secrets
from collections.abc import Generator
from pathlib import Path
from typing import Self

from services.system.file_lock import open_lock, try_lock, wait_lock


class Presence:
    """A process's claim to be alive, held as a file lock for as long as it runs.

    A lock on a file, unlike a process number or a time, cannot outlive kill -9 nor be inherited by
    a stranger that got the same number.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._fd = -1

    def __enter__(self) -> Self:
        """Create and lock this process's file; raises OSError where the folder cannot be used."""
        self._fd = open_lock(self._path(self.name))
        try_lock(self._fd)
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd >= 0:
            self._path(self.name).unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = -1

    def alive(self, name: str) -> bool:
        """Tell whether the process that took this name still runs; clears its file if not."""
        if name == self.name:
            return self._fd >= 0
        try:
            fd = os.open(self._path(name), os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            free = try_lock(fd)
            if free:
                self._path(name).unlink(missing_ok=True)
            return not free
        except OSError:
            return True
        finally:
            os.close(fd)

    def _path(self, name: str) -> Path:
        return self._folder / f"{Path(name).name}.alive"


_LOCKS = Path("/proc/locks")


class InUse:
    """A mark that this process has a file open, which every other process can see.

    Args:
        path: the mark's own file, beside the file that it is about.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    def take(self) -> None:
        """Set the mark; where none can be set, `alone` never says that no other process has one."""
        with contextlib.suppress(OSError):
            self._fd = open_lock(self._path)
        if self._fd >= 0 and not wait_lock(self._fd, shared=True):
            self.drop()

    def drop(self) -> None:
        """Take the mark away. Its file stays: another process may hold it open."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    @property
    def known(self) -> bool:
        """Whether the mark is set: some file systems know no locks."""
        return self._fd >= 0

    def others(self) -> tuple[int, ...]:
        """Return the process ids of the others with this mark, as far as the kernel names them."""
        try:
            mark, lines = os.fstat(self._fd), _LOCKS.read_text().splitlines()
        except OSError:
            return ()
        file = f"{os.major(mark.st_dev):02x}:{os.minor(mark.st_dev):02x}:{mark.st_ino}"
        held = [parts for line in lines if file in (parts := line.split()) and "FLOCK" in parts]
        pids = {int(parts[4]) for parts in held if parts[4].isdecimal()}
        return tuple(sorted(pids - {os.getpid(), 0}))

    @contextlib.contextmanager
    def alone(self) -> Generator[bool]:
        """Say whether no other process has the file open, and keep others out meanwhile."""
        free = False
        with contextlib.suppress(OSError, ValueError):
            free = try_lock(self._fd)
        try:
            yield free
        finally:
            # The kernel gives the shared lock up before it tries for the exclusive one.
            if self._fd >= 0 and not wait_lock(self._fd, shared=True):
                self.drop()
