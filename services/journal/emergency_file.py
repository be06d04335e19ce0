"""What is left when the disk is full: a ballast to free, and a file whose room is taken already."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from services.domain.errors import JournalFailed
from services.domain.models import PurchaseState
from services.system.files import advice_for, reason, shown

BALLAST_BYTES = 256 * 1024
SLOT = 512
SLOTS = 32
EMPTY = b" " * (SLOT - 1) + b"\n"


class Outcome(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a purchase, as far as the journal has to know it; never a card or a key."""

    purchase_id: str
    state: PurchaseState
    answered_at: datetime
    order_id: str = ""
    why: str = ""
    error_code: str = ""
    error_message: str = ""
    request_id: str = ""


class Deed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person was about to do with an order, such as a reveal; never a card or a key.

    `card` is the number of the card from 0, None where it is about all of an order.
    """

    deed: str
    order_id: str
    detail: str
    at: datetime
    who: str
    card: int | None = None


class EmergencyEntry(Struct, frozen=True):
    """A record as it is in the file at `at`; `record` is None where it cannot be read."""

    at: int
    raw: bytes
    record: Outcome | Deed | None

    @property
    def outcome(self) -> Outcome | None:
        """The record, if it is about a purchase."""
        return self.record if isinstance(self.record, Outcome) else None


class Emergency:
    """Room taken at start for the one record that must not be lost.

    A full disk lets nothing grow, but what a file holds already can be written over. So the file
    is there in its whole size, blank, and a record takes the place of a blank slot; a record
    that was torn in the middle spoils its own slot only. Consoles share the file under a lock.
    """

    def __init__(self, journal: Path) -> None:
        self._ballast = journal.with_name(journal.name + ".ballast")
        self._path = journal.with_name(journal.name + ".emergency")
        self._aside = journal.with_name(journal.name + ".emergency.unreadable")
        self._fd = -1

    def open(self) -> None:
        """Take the room, and take what a full disk refused before; raises OSError."""
        if self._moved():
            self.close()
        if self._fd < 0:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._fd = os.open(self._path, flags, 0o600)
        if os.fstat(self._fd).st_size < SLOT * SLOTS:
            with self._locked():
                self._fill()
        if not self._has_ballast():
            self._make_ballast()

    def was_here(self) -> bool:
        """Tell whether a journal was opened at this place before."""
        return self._path.exists() or self._ballast.exists()

    def close(self) -> None:
        """Let the file go. It stays, even blank: another console may hold it open."""
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

    def append(self, record: Outcome | Deed) -> None:
        """Write a record durably over a blank slot; raises OSError."""
        text = msgspec.json.encode(record)
        if len(text) >= SLOT:
            text = msgspec.json.encode(_shortened(record))
        if self._fd < 0:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        with self._locked():
            held = os.pread(self._fd, SLOT * SLOTS * 8, 0)
            at = next(
                (at for at in range(0, len(held), SLOT) if held[at : at + SLOT] == EMPTY), len(held)
            )
            os.pwrite(self._fd, text.ljust(SLOT - 1) + b"\n", at)
            os.fsync(self._fd)

    def entries(self) -> list[EmergencyEntry]:
        """Return what is in the file, readable or not; raises JournalFailed."""
        # Under the lock: half of what another console is writing would look unreadable.
        with self._locked() if self._fd >= 0 else contextlib.nullcontext():
            try:
                held = self._path.read_bytes()
            except FileNotFoundError:
                return []
            except OSError as error:
                raise JournalFailed(
                    f"The emergency file {shown(self._path)} cannot be read: {reason(error)}",
                    advice=f"{advice_for(self._path, error)} Until then buying is off.".lstrip(),
                    code="JOURNAL_EMERGENCY",
                ) from None
        found: list[EmergencyEntry] = []
        at = 0
        for line in held.splitlines(keepends=True):
            if line.strip():
                found.append(EmergencyEntry(at, line, _read(line)))
            at += len(line)
        return found

    def clear(self, entry: EmergencyEntry) -> None:
        """Blank a record that is in the journal by now; raises OSError."""
        if self._fd < 0:
            return
        with self._locked():
            self._blank(entry)

    def set_aside(self, entry: EmergencyEntry) -> Path:
        """Move a record that nothing can be made of into a file for a person; raises OSError.

        It is copied before it is blanked: a death between the two leaves it twice, not nowhere.
        """
        if self._fd < 0:
            return self._aside
        with self._locked():
            if self._holds(entry):
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
                fd = os.open(self._aside, flags, 0o600)
                try:
                    os.write(fd, entry.raw.strip() + b"\n")
                    os.fsync(fd)
                finally:
                    os.close(fd)
                self._blank(entry)
        return self._aside

    def _holds(self, entry: EmergencyEntry) -> bool:
        """Tell whether a record is still where it was read: another console may have been first."""
        return os.pread(self._fd, len(entry.raw), entry.at) == entry.raw

    def _blank(self, entry: EmergencyEntry) -> None:
        if self._holds(entry):
            os.pwrite(self._fd, b" " * (len(entry.raw) - 1) + b"\n", entry.at)
            os.fsync(self._fd)

    def _moved(self) -> bool:
        """Tell whether the file that is held open is no longer the one at its place."""
        if self._fd < 0:
            return False
        try:
            there = self._path.stat()
        except OSError:
            return True
        return there.st_ino != os.fstat(self._fd).st_ino

    def _fill(self) -> None:
        size = os.fstat(self._fd).st_size
        blank = (EMPTY * SLOTS)[size:]
        written = os.pwrite(self._fd, blank, size) if blank else 0
        if written < len(blank):
            raise OSError(28, "No space left on device")
        os.fsync(self._fd)

    def _has_ballast(self) -> bool:
        try:
            return self._ballast.stat().st_size == BALLAST_BYTES
        except OSError:
            return False

    def _make_ballast(self) -> None:
        fd = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            if os.write(fd, os.urandom(BALLAST_BYTES)) < BALLAST_BYTES:
                raise OSError(28, "No space left on device")
            os.fsync(fd)
        except OSError:
            self._ballast.unlink(missing_ok=True)
            raise
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)


def _shortened(record: Outcome | Deed) -> Outcome | Deed:
    if isinstance(record, Outcome):
        return msgspec.structs.replace(record, why="", error_message="")
    return msgspec.structs.replace(record, detail=record.detail[:60])


def _read(line: bytes) -> Outcome | Deed | None:
    for kind in (Outcome, Deed):
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
            return msgspec.json.decode(line, type=kind)
    return None
