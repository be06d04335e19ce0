"""Where a journal may lie: owner, modes, links and file systems that can be trusted with money."""

import fcntl
import os
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from services.errors import JournalFailed
from services.paths import reason, shown

NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "fuse.sshfs",
        "ncpfs",
    }
)

ROOM_BYTES = 8 * 1000 * 1000
"""What has to be free before a purchase: the journal's own copies, and whoever else writes."""


TURN_SECONDS = 5.0
"""For how long an opening waits for another: one that is stopped holds nobody up for longer."""


@contextmanager
def turn(path: Path) -> Generator[None]:
    """Open the journals of a folder one after the other, from whatever process.

    SQLite lets several connections create, recover and move away one file at the same moment, and
    some of them then fail although nothing is wrong.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    end = time.monotonic() + TURN_SECONDS
    try:
        while time.monotonic() < end:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.005)  # noqa: TID251 - this is the thread of a journal
            except OSError:
                # There are no such locks here: SQLite's own have to do.
                break
        yield
    finally:
        os.close(folder)


def own_folder(folder: Path, called: str = "The journal's folder") -> None:
    """Make a folder that decides about the journal, and check that it is ours alone.

    Args:
        folder: where it is.
        called: what it is, as a sentence begins.

    Raises:
        JournalFailed: a link, another owner, an open mode, or a folder that cannot be made.
    """
    place = f"{called} {shown(folder)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
    except OSError as error:
        raise JournalFailed(
            f"{place} cannot be used: {reason(error)}",
            advice="Make it a folder that you own and can write. Until then buying is off.",
            code="JOURNAL_FOLDER",
        ) from error
    if not stat.S_ISDIR(facts.st_mode):
        raise _unsafe(place, "is not a folder of its own (a link or a file)", "Move it away.")
    if facts.st_uid != os.geteuid():
        raise _unsafe(place, "belongs to another user", "Run carddesk as its owner.")
    if facts.st_mode & 0o022:
        raise _unsafe(place, "can be written by others", f"Run: chmod 700 {shown(folder)}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unsafe(place, "cannot be written", f"Run: chmod 700 {shown(folder)}")


def prepare(path: Path) -> None:
    """Make the journal's folder and check that the place is ours alone.

    Raises:
        JournalFailed: a link, another owner, an open mode, or a folder that cannot be made.
    """
    own_folder(path.parent)
    try:
        facts = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(facts.st_mode):
        raise _unsafe(
            f"The journal's {shown(path)}", "is not a regular file (a link?)", "Move it away."
        )
    if facts.st_uid != os.geteuid():
        raise _unsafe(
            f"The journal's {shown(path)}", "belongs to another user", "Run carddesk as its owner."
        )
    if facts.st_mode & 0o077:
        raise _unsafe(
            f"The journal's {shown(path)}", "can be read by others", f"Run: chmod 600 {shown(path)}"
        )


def network_file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of network file system a folder lies on, or an empty text.

    SQLite's locks do not hold there, so two desks could buy the same thing.
    """
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    best, kind = -1, ""
    real = folder.resolve()
    for line in lines:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = Path(parts[1].replace("\\040", " "))
        if real.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), parts[2]
    return kind if kind in NETWORK else ""


def room(folder: Path) -> int:
    """Return the bytes that this user may still write on a folder's file system."""
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize


def room_wanted(folder: Path) -> str:
    """Say that too little room is left to buy with, or return an empty text."""
    try:
        left = room(folder)
    except OSError as error:
        return f"The journal's disk cannot be examined: {error.strerror or error}"
    if left >= ROOM_BYTES:
        return ""
    return (
        f"The journal's disk is nearly full: {left / 1e6:.1f} MB are left,"
        f" {ROOM_BYTES / 1e6:.0f} MB are needed to buy"
    )


def damaged_copies(path: Path) -> list[Path]:
    """Return the journals that were moved aside from here because they were damaged."""
    return sorted(path.parent.glob(f"{path.name}.damaged-*"))


def _unsafe(place: str, what: str, advice: str) -> JournalFailed:
    return JournalFailed(
        f"{place} {what}",
        advice=f"{advice} Until then buying is off.",
        code="JOURNAL_UNSAFE",
    )
