"""Where a journal may lie: owner, modes, links and file systems that can be trusted with money."""

import os
import re
import resource
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from services.system.file_lock import wait_lock
from services.system.files import not_ours_alone, own_folder, shown, unsafe_place

NETWORK = frozenset(
    {
        "9p",
        "acfs",
        "afs",
        "beegfs",
        "beegfs_nodev",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "drvfs",
        "fhgfs",
        "gfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "juicefs",
        "lustre",
        "mfs",
        "ncpfs",
        "nfs",
        "nfs3",
        "nfs4",
        "ocfs2",
        "orangefs",
        "panfs",
        "prl_fs",
        "pvfs2",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "sshfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
        "wekafs",
    }
)  # fmt: skip
"""Shared by several machines, or by a machine and its guest."""

NETWORK_FAMILIES = ("fuse.",)
"""Any kind of these could be one, such as `fuse.sshfs` and `fuse.rclone`."""

FORGETFUL = frozenset({"tmpfs", "ramfs", "rootfs", "overlay", "overlayfs", "aufs", "unionfs"})
"""Kept in memory or in a layer of a container: gone at the next start of the machine."""

SIDES = ("-journal", "-wal", "-shm", ".emergency", ".ballast", ".open")
"""How the names of the files that belong to a journal go on after its own."""

_OCTAL = re.compile(r"\\([0-7]{3})")
"""How the list of mounts writes a space, a tab, a line end and a backslash."""

ROOM_BYTES = 8 * 1000 * 1000
"""What has to be free before a purchase: the journal's own copies, and other programs."""

LARGEST_JOURNAL = 100 * 1000 * 1000
"""Bytes. A limit of files below this could stop the journal in the middle of a purchase."""


@contextmanager
def turn(path: Path) -> Generator[None]:
    """Open the journals of a folder one after the other, from whatever process.

    SQLite lets several connections create, recover and move away one file at the same moment, and
    some of them then fail although nothing is wrong.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # Where there are no such locks SQLite's own have to do.
        wait_lock(folder)
        yield
    finally:
        os.close(folder)


def prepare(path: Path) -> None:
    """Make the journal's folder and check that the place is ours alone.

    Raises:
        JournalFailed: a link, another owner, an open mode, or a folder that cannot be made.
    """
    own_folder(path.parent)
    for side in ("", *SIDES):
        place = path.with_name(path.name + side)
        with suppress(FileNotFoundError):
            # What SQLite makes beside it has the modes that SQLite gives.
            if flaw := not_ours_alone(place, place.lstat(), modes=not side):
                raise unsafe_place(f"The journal's {shown(place)}", flaw)


def network_file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of network file system a folder lies on, or an empty text.

    SQLite's locks do not hold there, so two desks could buy the same thing.
    """
    kind = file_system(folder, mounts)
    network = kind == "fuse" or kind in NETWORK or kind.startswith(NETWORK_FAMILIES)
    return kind if network else ""


def forgetful_file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of a file system that a restart empties, or an empty text."""
    kind = file_system(folder, mounts)
    return kind if kind in FORGETFUL else ""


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of file system a folder lies on; an empty text where that is not known."""
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
        point = Path(_OCTAL.sub(lambda found: chr(int(found.group(1), 8)), parts[1]))
        if real.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), parts[2]
    return kind


def room(folder: Path) -> int:
    """Return the bytes that this user may still write on a folder's file system."""
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize


def inodes(folder: Path) -> int:
    """Return how many files this user may still make there; some file systems set no number."""
    facts = os.statvfs(folder)
    return facts.f_favail if facts.f_files else 1


def room_wanted(folder: Path) -> str:
    """Say that too little room is left to buy with, or return an empty text."""
    try:
        left = room(folder)
    except OSError as error:
        return f"The journal's disk cannot be examined: {error.strerror or error}"
    if not inodes(folder):
        return "The journal's disk has no inodes left: no file can be made on it"
    largest = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if 0 <= largest < LARGEST_JOURNAL:
        return f"Files may grow to {largest / 1e6:.1f} MB only on this machine (ulimit -f)"
    if left >= ROOM_BYTES:
        return ""
    return (
        f"The journal's disk is nearly full: {left / 1e6:.1f} MB are left,"
        f" {ROOM_BYTES / 1e6:.0f} MB are needed to buy"
    )


def move_aside(path: Path, now: datetime) -> None:
    """Move a damaged journal and what SQLite keeps beside it away; no copy is written over.

    Args:
        path: the journal, which no process has open.
        now: the time that the copy is named after, UTC.
    """
    stamp = stem = f"{now:%Y%m%d-%H%M%S}"
    number = 1
    while path.with_name(f"{path.name}.damaged-{stamp}").exists():
        number += 1
        stamp = f"{stem}-{number}"
    for suffix in ("", "-journal", "-wal", "-shm"):
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(side.with_name(f"{side.name}.damaged-{stamp}"))


def damaged_copies(path: Path) -> list[Path]:
    """Return the journals that were moved aside from here because they were damaged."""
    return sorted(path.parent.glob(f"{path.name}.damaged-*"))
