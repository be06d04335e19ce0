"""Files that hold a card for a customer: ours alone, and on the list until they are deleted."""

import contextlib
import os
import stat
from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from services.domain.errors import BadInput, DeskError
from services.domain.local_time import file_stamp, local_day_minute
from services.domain.phrase import numbered
from services.domain.secrets import Secret
from services.system.files import advice_for, not_ours_alone, present, private_dir, reason, shown

FOLDER = "handed"
SUFFIX = ".txt"
MODE = 0o600
OLD = timedelta(hours=1)
"""A customer is served by then; what still lies there was forgotten."""

NOT_SHREDDED = (
    "The disk may keep what was written until it writes over it: carddesk cannot shred a file."
)


class ReceiptFile(Struct, frozen=True):
    """A file that was written for a customer: its name, since when (UTC), and its size in bytes."""

    name: str
    since: datetime
    size: int


class ReceiptFiles:
    """The files of one user. Every method touches the disk: call it in a thread.

    The folder is opened once for each thing that is done and everything goes through that: a link
    put in its place, or in a file's, is refused and never followed.

    Args:
        state_dir: the folder they lie under.
    """

    def __init__(self, state_dir: Path) -> None:
        self.folder: Final = state_dir / FOLDER

    def fresh(self, order_id: str, now: datetime) -> str:
        """Return a name that no file has yet, and make the folder; raises DeskError."""
        order = "".join(sign for sign in order_id[-8:] if sign.isascii() and sign.isalnum())
        stem = f"{file_stamp(now)}-{order or 'card'}"
        private_dir(self.folder.parent)
        with self._said():
            with contextlib.suppress(FileExistsError):
                self.folder.mkdir(mode=0o700)
            with self._opened() as folder, os.scandir(folder) as entries:
                taken = {entry.name for entry in entries}
        name, number = f"{stem}{SUFFIX}", 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}{SUFFIX}"
        return name

    def write(self, name: str, text: Secret) -> Path:
        """Write a text into a new file of mode 0600 and return its path.

        Raises:
            DeskError: it cannot be written; no part of it is left.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._said(), self._opened() as folder:
            fd = os.open(name, flags, MODE, dir_fd=folder)
            try:
                with os.fdopen(fd, "wb") as file:
                    os.fchmod(file.fileno(), MODE)
                    file.write(f"{text.reveal()}\n".encode("utf-8", "surrogatepass"))
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                os.unlink(name, dir_fd=folder)
                raise
        return self.folder / name

    def listed(self) -> tuple[ReceiptFile, ...]:
        """Return every file that is still there, oldest first; raises DeskError."""
        with self._said():
            if not present(self.folder):
                return ()
        with self._said(), self._opened() as folder, os.scandir(folder) as entries:
            found = [each for entry in entries if (each := _facts(entry))]
        return tuple(sorted(found, key=lambda each: (each.since, each.name)))

    def delete(self, names: Iterable[str]) -> None:
        """Delete some of the listed files.

        Raises:
            BadInput: one of them is not listed; then none was deleted.
            DeskError: one of them cannot be deleted.
        """
        wanted = tuple(names)
        missing = set(wanted) - {each.name for each in self.listed()}
        if missing:
            raise BadInput(
                "No such file was handed over, or it is deleted already",
                advice="See carddesk handed. Nothing was deleted.",
            )
        with self._said(), self._opened() as folder:
            for name in wanted:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)

    @contextlib.contextmanager
    def _opened(self) -> Generator[int]:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(self.folder, flags)
        try:
            facts = os.fstat(fd)
            if flaw := not_ours_alone(self.folder, facts, folder=True, modes=False):
                raise OSError(None, f"it {flaw.what}")
            if stat.S_IMODE(facts.st_mode) != 0o700:
                os.fchmod(fd, 0o700)
            yield fd
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def _said(self) -> Generator[None]:
        """Turn what the system refuses into a sentence."""
        try:
            yield
        except OSError as failure:
            raise DeskError(
                f"The folder {shown(self.folder)} cannot be used: {reason(failure)}",
                advice=f"Whether files with cards are in it is not known. "
                f"{advice_for(self.folder, failure)}".rstrip(),
                code="HANDED",
            ) from None


def forgotten(files: Iterable[ReceiptFile], now: datetime) -> tuple[ReceiptFile, ...]:
    """Return those that lie there since long, oldest first as they are given."""
    return tuple(each for each in files if now - each.since > OLD)


def forgotten_words(files: Iterable[ReceiptFile], now: datetime) -> str:
    """Say that files with cards lie there since long; an empty text when none does."""
    old = forgotten(files, now)
    if not old:
        return ""
    said = numbered(
        len(old),
        "A file with a card lies on this disk since {since}."
        " Delete what the customer has: press W, or run carddesk handed.",
        "{count} files with cards lie on this disk since {since}."
        " Delete what the customer has: press W, or run carddesk handed.",
        since=local_day_minute(old[0].since),
    )
    return str(said)


def _facts(entry: "os.DirEntry[str]") -> ReceiptFile | None:
    if not entry.name.endswith(SUFFIX) or not entry.is_file(follow_symlinks=False):
        return None
    try:
        facts = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return ReceiptFile(entry.name, datetime.fromtimestamp(facts.st_mtime, UTC), facts.st_size)
