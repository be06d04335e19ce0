"""The command lines typed before: in memory, and in a file of this user's alone."""

import contextlib
import os
import threading
from pathlib import Path

from services.domain.text import clean
from services.system import files
from services.system.files import open_regular

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
            text = "".join(f"{line}\n" for line in self.lines)
            with contextlib.suppress(OSError):
                files.replace(self._path, text.encode("utf-8", "replace"))


def _bounded(lines: list[str]) -> list[str]:
    newest_first = dict.fromkeys(reversed(lines))
    return list(reversed(list(newest_first)[:LONGEST]))
