"""What is left when the disk is full: a ballast to free, and a file that is already open."""

import os
from pathlib import Path

import msgspec

BALLAST_BYTES = 256 * 1024


class Emergency:
    """Room and a file descriptor taken at start, for the one record that must not be lost.

    A purchase that the vendor accepted is written here when the journal cannot take it; the next
    start carries it over.
    """

    def __init__(self, journal: Path) -> None:
        self._ballast = journal.with_name(journal.name + ".ballast")
        self._path = journal.with_name(journal.name + ".emergency")
        self._fd = -1

    def open(self) -> None:
        """Take the room and open the file; raises OSError."""
        if not self._ballast.exists():
            fd = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(fd, os.urandom(BALLAST_BYTES))
            finally:
                os.close(fd)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._fd = os.open(self._path, flags, 0o600)

    def was_here(self) -> bool:
        """Tell whether a journal was opened at this place before."""
        return self._path.exists() or self._ballast.exists()

    def close(self) -> None:
        """Let the file go. It stays, even empty: another console may hold it open."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def free_ballast(self) -> bool:
        """Give the kept room back to the file system; False where there was none."""
        try:
            self._ballast.unlink()
        except OSError:
            return False
        return True

    def append(self, record: dict[str, str]) -> None:
        """Write a record durably; raises OSError."""
        os.write(self._fd, msgspec.json.encode(record) + b"\n")
        os.fsync(self._fd)

    def records(self) -> list[dict[str, str]]:
        """Return what an earlier process left here; a half-written last line is passed over."""
        found: list[dict[str, str]] = []
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return found
        for line in lines:
            try:
                found.append(msgspec.json.decode(line, type=dict[str, str]))
            except msgspec.MsgspecError:
                continue
        return found

    def clear(self) -> None:
        """Empty the file once its records are in the journal."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
