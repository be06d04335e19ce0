"""Where a command speaks: data to stdout as text or JSON, narration to stderr, no traceback."""

import json
import os
import re
from contextlib import suppress
from typing import TextIO

from services.errors import DeskError
from services.text import clean

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class Output:
    """The two streams of one command.

    A reader that went away (`| head`, a dropped line) ends the printing, not the command: the
    exit code still tells what happened to the money.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._stdout = stdout
        self._stderr = stderr

    @property
    def to_terminal(self) -> bool:
        """Whether what is printed is drawn by a terminal, which control characters could steer."""
        try:
            return self._stdout.isatty()
        except ValueError:
            return False

    def data(self, document: object, text: str) -> None:
        """Print the command's answer: `document` as one JSON value with --json, else `text`.

        Escaping all but ASCII keeps the JSON whole on a terminal of any encoding, and inert.
        """
        self._write(self._stdout, json.dumps(document, indent=2) if self.as_json else text)

    def text(self, text: str) -> None:
        """Print what is text even for a program: the version, the help."""
        self._write(self._stdout, text)

    def say(self, sentence: str) -> None:
        """Tell a person something beside the data."""
        self._write(self._stderr, clean(sentence))

    def fail(self, error: DeskError) -> int:
        """Tell what went wrong, to a person and with --json to a program; return the exit code."""
        self.say(f"carddesk: {error.sentence()}")
        if self.as_json:
            self.data({"error": error_document(error)}, "")
        return error.exit_code

    def close(self) -> None:
        """Send out what is buffered; a reader that is gone must not disturb the exit."""
        for stream in (self._stdout, self._stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                _discard(stream)

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(f"{text}\n" if text else "")
            stream.flush()
        except (OSError, ValueError):
            _discard(stream)


def error_document(error: DeskError) -> dict[str, str | None]:
    """Return a failure as the JSON contract has it; `money` is `no`, `unknown` or `yes`."""
    return {
        "code": error.code or _WORD_START.sub("_", type(error).__name__).upper(),
        "message": clean(error.message),
        "request_id": error.request_id or None,
        "money": error.money,
    }


def _discard(stream: TextIO) -> None:
    """Point a stream nobody reads at nothing, so that the interpreter's last flush is quiet."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
