"""A lock on a file, which the kernel takes back when its process dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Generator
from pathlib import Path

WAIT_SECONDS = 5.0
"""For how long a lock is waited for: a process that is stopped delays no other for longer."""


def open_lock(path: Path) -> int:
    """Open a lock's own file (0600), made with its folder where it is missing; raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this process alone; False while another process has it.

    Raises:
        OSError: this file system knows no such locks.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock an open file or folder, waiting `WAIT_SECONDS` at most; returns whether it is locked.

    Args:
        descriptor: what to lock; to be called in a thread.
        shared: let others have it too, so that only `try_lock` of another process fails.
    """
    operation = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        try:
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.005)  # noqa: TID251 - this is a thread
        except OSError:
            # This file system knows no such locks.
            return False
        else:
            return True
    return False


@contextlib.contextmanager
def lock(path: Path) -> Generator[None]:
    """Keep other processes out while this one changes something, however long that takes.

    Raises:
        OSError: the lock's file cannot be opened, or not be locked.
    """
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
