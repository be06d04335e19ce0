"""Which processes of this host are alive: a lock that the kernel takes back when one dies."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import Self


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
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._fd = os.open(self._path(self.name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        else:
            self._path(name).unlink(missing_ok=True)
            return False
        finally:
            os.close(fd)

    def _path(self, name: str) -> Path:
        return self._folder / f"{Path(name).name}.alive"
