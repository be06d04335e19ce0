"""A file written whole or not at all, for this user alone; over another one only where asked to."""

import contextlib
import os
import secrets
from collections.abc import Generator
from pathlib import Path


def create(path: Path, text: str) -> None:
    """Write a new file (0600, UTF-8) that appears under its name only once it is whole.

    Raises:
        FileExistsError: something is there already, be it a link to nowhere; it is left alone.
        OSError: it cannot be written; nothing is left behind.
    """
    with _written(path, text) as fresh:
        # A rename would take the place of a file that came in between; a second name does not.
        os.link(fresh, path, follow_symlinks=False)


def replace(path: Path, text: str) -> None:
    """Write a file (0600, UTF-8) in place of the one of this name, if any; a link is replaced too.

    Raises:
        OSError: it cannot be written; what was there stays, and nothing is left behind.
    """
    with _written(path, text) as fresh:
        fresh.replace(path)


@contextlib.contextmanager
def _written(path: Path, text: str) -> Generator[Path]:
    """Write the text into a file beside the path, which is gone afterwards."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)
