"""The command lines typed before: in memory, and in a file of this user's alone."""

import os
import threading
from pathlib import Path

from services.paths import open_regular
from services.text import clean

LONGEST = 100
"""How many lines are kept."""

LARGEST_FILE = 64 * 1024
NAME = "commands"


class CommandHistory:
    """Lines from the oldest to the newest, each once.

    What cannot be read or written is left out in silence: it is a convenience.

    Args:
        folder: where the file is kept, or None to keep the lines in memory alone.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / NAME
        self._lock = threading.Lock()
        self._loaded = False
        self.lines: list[str] = []

    def load(self) -> None:
        """Read the file, once; to be called off the event loop."""
        with self._lock:
            if self._loaded or self._path is None:
                return
            self._loaded = True
            try:
                with os.fdopen(open_regular(self._path, follow=False), "rb") as file:
                    text = file.read(LARGEST_FILE).decode("utf-8", "replace")
            except OSError:
                return
            before = [clean(line, 200) for line in text.splitlines() if line.strip()]
            self.lines = _bounded([*before, *self.lines])

    def add(self, line: str) -> None:
        """Remember a line; of the same one only the newest is kept."""
        if line.strip():
            self.lines = _bounded([*self.lines, line])

    def save(self) -> None:
        """Write the file (0600); to be called off the event loop."""
        if self._path is None:
            return
        self.load()
        with self._lock:
            fresh = self._path.with_name(f".{NAME}.{os.getpid()}")
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in self.lines)
                fresh.replace(self._path)
            except OSError:
                fresh.unlink(missing_ok=True)


def _bounded(lines: list[str]) -> list[str]:
    newest_first = dict.fromkeys(reversed(lines))
    return list(reversed(list(newest_first)[:LONGEST]))
