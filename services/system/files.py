"""A file for this user alone: written whole or not at all, and read only where it is private."""

import contextlib
import errno
import os
import secrets
import shlex
import stat
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

from services.domain.errors import ConfigError, JournalFailed
from services.domain.text import clean

LARGEST = 64 * 1024
NO_SECOND_NAME = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK})
"""What a file system says that knows no hard links, such as that of a memory stick."""


def create(path: Path, content: bytes) -> None:
    """Write a new file (0600) that appears under its name only once it is whole.

    Raises:
        FileExistsError: something is there already, be it a link to nowhere; it is left alone.
        OSError: it cannot be written; nothing is left behind.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    with _written(path, content) as fresh:
        try:
            # A rename would take the place of a file that came in between; a second name does not.
            os.link(fresh, path, follow_symlinks=False)
        except OSError as failure:
            if failure.errno not in NO_SECOND_NAME:
                raise
            fresh.replace(path)


def replace(path: Path, content: bytes) -> None:
    """Write a file (0600) in place of the one of this name, if any; a link is replaced too.

    Its folder (0700) is made where it is missing.

    Raises:
        OSError: it cannot be written; what was there stays, and nothing is left behind.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _written(path, content) as fresh:
        fresh.replace(path)


def read(path: Path, named: str, what: str) -> bytes:
    """Return what a file with a secret holds, 64 kB at most.

    Args:
        path: the file.
        named: what it is called in a sentence.
        what: the secret, in words: `the API key`.

    Raises:
        ConfigError: it cannot be read, is a link, or is not this user's alone.
    """
    try:
        descriptor = open_regular(path, follow=False)
    except FileNotFoundError:
        raise ConfigError(
            f"{named} does not exist",
            advice=f"Put {what} there, alone on one line, readable by you only (chmod 600).",
        ) from None
    except OSError as failure:
        why = "it is a symbolic link" if failure.errno == errno.ELOOP else reason(failure)
        raise ConfigError(
            f"{named} cannot be used: {why}", advice=advice_for(path, failure)
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        if problem := unsafe_folder(path):
            raise ConfigError(
                f"{problem}, and {what} is in it",
                advice=f"Run: chmod 700 {shlex.quote(str(path.parent))}",
            )
        if flaw := not_ours_alone(path, os.fstat(file.fileno())):
            raise ConfigError(f"{named} {flaw.what}", advice=flaw.advice)
        return file.read(LARGEST)


@contextlib.contextmanager
def _written(path: Path, content: bytes) -> Generator[Path]:
    """Write the content into a file beside the path, which is gone afterwards."""
    fresh = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def private_dir(path: Path) -> Path:
    """Create a folder for this user alone (0700), parents included, and return it.

    Raises:
        ConfigError: it cannot be created, is no folder, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = path.stat()
        if flaw := not_ours_alone(path, facts, folder=True, modes=False):
            raise ConfigError(f"The folder {shown(path)} {flaw.what}", advice=flaw.advice)
        if facts.st_mode & 0o077:
            path.chmod(0o700)
    except OSError as failure:
        raise ConfigError(
            f"The folder {shown(path)} cannot be used: {reason(failure)}",
            advice=advice_for(path, failure),
        ) from None
    return path


def open_regular(path: Path, *, follow: bool) -> int:
    """Open a file for reading and return its descriptor.

    A pipe, a device or a folder is refused at once; with `follow` false so is a link.

    Raises:
        OSError: as `open` does, and EINVAL-like for what is no regular file.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(None, "it is not a regular file")
    return descriptor


def read_regular(path: Path, largest: int) -> bytes:
    """Return what a file of ours holds, so many bytes at most and one more that shows more.

    A pipe in its place would be waited for without an end.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    with os.fdopen(open_regular(path, follow=True), "rb") as file:
        return file.read(largest + 1)


class Flaw(NamedTuple):
    """What keeps something from being this user's alone, as the end of a sentence; and the fix."""

    what: str
    advice: str


def not_ours_alone(
    path: Path, facts: os.stat_result, *, folder: bool = False, modes: bool = True
) -> Flaw | None:
    """Check kind, owner and mode of a private file, or of a folder that others may look into.

    Args:
        path: where it is, for the advice.
        facts: of it, not of what a link there leads to.
        folder: whether it has to be a folder.
        modes: whether its mode counts.
    """
    if folder and not stat.S_ISDIR(facts.st_mode):
        return Flaw("is not a folder of its own (a link or a file)", "Move it away.")
    if not folder and not stat.S_ISREG(facts.st_mode):
        return Flaw("is not a regular file (a link?)", "Move it away.")
    if facts.st_uid != os.geteuid():
        return Flaw(whose(facts), give_back(path))
    if modes and folder and facts.st_mode & 0o022:
        return Flaw("can be written by other users", f"Run: chmod 700 {quoted(path)}")
    if modes and not folder and facts.st_mode & 0o077:
        return Flaw("can be read by other users", f"Run: chmod 600 {quoted(path)}")
    return None


def unsafe(path: Path, facts: os.stat_result) -> str:
    """Say why what lies there could have been put there by somebody else; empty when not.

    Args:
        path: a folder or a file that decides something, as it is named in the sentence.
        facts: of it.

    Returns:
        A sentence without its full stop: whose it is, or who may write it.
    """
    if facts.st_uid not in (0, os.geteuid()):
        return f"{shown(path)} belongs to another user"
    if facts.st_mode & 0o022:
        return f"{shown(path)} can be written by other users"
    return ""


def unsafe_folder(path: Path) -> str:
    """Say why the folder of a file, or of what a link there leads to, is not ours alone.

    Returns:
        As `unsafe`; empty as well where there is no such folder.
    """
    for folder in dict.fromkeys((path.parent, path.resolve().parent)):
        try:
            facts = folder.stat()
        except OSError:
            continue
        if problem := unsafe(folder, facts):
            return f"The folder {problem}"
    return ""


def login_name(number: int) -> str:
    """Return the login name of a user, empty where it has none."""
    import pwd  # only for a sentence about an owner

    try:
        return clean(pwd.getpwuid(number).pw_name)
    except (KeyError, OSError):
        return ""


def user_name(number: int) -> str:
    """Return the login name of a user, or its number where it has none."""
    return login_name(number) or f"user {number}"


def whose(facts: os.stat_result) -> str:
    """Say to whom something belongs, as the end of a sentence."""
    owner, me = user_name(facts.st_uid), user_name(os.geteuid())
    return f"belongs to another user ({owner}, and this is {me})"


def give_back(path: Path) -> str:
    """Return the command with which files of ours that belong to another user come back.

    Root's own files in a user's home are what `sudo carddesk` leaves; for any other owner the
    way out is to be that user.
    """
    try:
        owner = path.lstat().st_uid
    except OSError:
        owner = -1
    if owner == 0:
        return f"Run: sudo chown -R {os.geteuid()} {quoted(path)}, and start without sudo."
    return "Start carddesk as that user, or set HOME to a folder of this one."


def quoted(path: Path) -> str:
    """Return a path fit to be pasted into a shell."""
    return shlex.quote(shown(path))


UNWRITABLE = frozenset({errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The disk takes nothing from any user; what is on it can still be read."""


def advice_for(path: Path, failure: OSError) -> str:
    """Return what to do about a failure of the file system; no command that cannot help.

    Args:
        path: the file or folder that could not be read or written.
        failure: what the system said.
    """
    match failure.errno:
        case errno.EROFS:
            return "The disk is mounted read-only: mount it for writing, or set HOME to another."
        case errno.ENOSPC:
            return f"The disk has no room or no inodes left: free some (df -i {quoted(path)})."
        case errno.EDQUOT:
            return "The quota of this user is used up: delete files, or ask for more."
        case errno.EFBIG:
            return "Files may not grow here (ulimit -f): raise the limit, and start again."
        case errno.EIO:
            return "The disk fails: look at it with dmesg before anything is bought."
        case errno.EACCES | errno.EPERM:
            return _way_in(path)
        case _:
            return ""


def _way_in(path: Path) -> str:
    """Say which folder on the way this user may not enter, and what helps."""
    for folder in (*reversed(path.parents), path):
        try:
            facts = folder.stat()
        except OSError:
            break
        if stat.S_ISDIR(facts.st_mode) and not os.access(folder, os.X_OK, effective_ids=True):
            if facts.st_uid == os.geteuid():
                return f"Run: chmod u+rwx {quoted(folder)}"
            wrong = f"{shown(folder)} {whose(facts)}"
            if me := login_name(os.geteuid()):
                way = f"log in with `su - {me}` (with the dash), or set HOME to a folder of this"
                return f"{wrong}: {way} user."
            return f"{wrong}: set HOME to a folder of this user."
    try:
        facts = path.stat() if path.exists() else path.parent.stat()
    except OSError:
        return ""
    if facts.st_uid != os.geteuid():
        return f"It {whose(facts)}. {give_back(path)}"
    return f"Run: chmod u+rwX {quoted(path)}"


def present(path: Path) -> bool:
    """Tell whether something is at a path, be it a link to nowhere.

    Raises:
        OSError: it could not be found out, which is not the same as no.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def shown(path: Path) -> str:
    """Return a path fit for a sentence: one line, no control characters."""
    return clean(str(path), 300)


def reason(failure: OSError) -> str:
    """Return the system's own words for a failure, without the path."""
    return (failure.strerror or type(failure).__name__).lower()


DISK_TAKES_NOTHING = "JOURNAL_DISK"
"""The code of a failure that leaves the journal to be read and not to be written."""


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
        advice = advice_for(folder, error) or "Make it a folder that you own and can write."
        raise JournalFailed(
            f"{place} cannot be used: {reason(error)}",
            advice=f"{advice} Until then buying is off.",
            code=DISK_TAKES_NOTHING if error.errno in UNWRITABLE else "JOURNAL_FOLDER",
        ) from error
    if flaw := not_ours_alone(folder, facts, folder=True):
        raise unsafe_place(place, flaw)
    if not os.access(folder, os.W_OK | os.X_OK):
        if os.statvfs(folder).f_flag & os.ST_RDONLY:
            return  # Safe to be read, and no one can write there.
        advice = advice_for(folder, OSError(errno.EACCES, ""))
        raise unsafe_place(place, Flaw("cannot be written", advice))


def unsafe_place(place: str, flaw: Flaw) -> JournalFailed:
    """Return the failure of a place of the journal that is not ours alone."""
    return JournalFailed(
        f"{place} {flaw.what}",
        advice=f"{flaw.advice} Until then buying is off.",
        code="JOURNAL_UNSAFE",
    )
