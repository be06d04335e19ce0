"""Where a command speaks: data to stdout as text or JSON, narration to stderr, no traceback."""

import asyncio
import os
import re
import select
import stat
from collections.abc import Awaitable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO, TypeVar

from services.domain.errors import DeskError
from services.domain.text import clean

T = TypeVar("T")
LOST = 1
UTF_8 = "utf-8"
NOT_WHOLE = "Do not use what was printed; run the command again."
BOUGHT = (
    "The purchase is in the journal: see carddesk orders, and do not buy it again because of this."
)
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class Output:
    """The two streams of one command.

    A reader that went away (`| head`, a dropped line) ends the printing, not the command: the
    exit code still tells what happened to the money. Any other failure of stdout is an error:
    a reader would take it for the whole answer.

    Attributes:
        as_json: whether data is printed as JSON.
        keeps_exit_code: whether the exit code is about money, and stays what it is when the
            answer could not be printed.
        lost: why what was printed is not whole, a clause; empty while it is.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.keeps_exit_code = False
        self.lost = ""
        self._stdout = stdout
        self._stderr = stderr
        self._gone = False
        self._line = 0

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
        if self.as_json:
            import json

            text = json.dumps(document, indent=2)
        self.text(text)

    def text(self, text: str) -> None:
        """Print what is text even for a program: the version, the help."""
        if text:
            self._put(f"{text}\n".encode(self._encoding, "replace"), text)

    async def line(self, text: str) -> bool:
        """Print one line of many once the reader takes it; returns whether there still is one.

        Meanwhile the loop runs: a reader that does not read holds nothing up but the lines.
        """
        if not self._gone:
            ready = asyncio.Event()
            with self._watched(ready, write=True) as watched:
                if watched:
                    await ready.wait()
            self.text(text)
        return not self._gone

    async def unless_unread(self, work: Awaitable[T]) -> T | None:
        """Return what `work` returns, or None once the reader of the pipe at stdout has gone."""
        gone = asyncio.Event()
        # Reading end or not: a pipe without a reader wakes who waits for something to read.
        with self._watched(gone, write=False):
            tasks = asyncio.ensure_future(work), asyncio.ensure_future(gone.wait())
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                return await tasks[0] if tasks[0].done() else None
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def _watched(self, event: asyncio.Event, *, write: bool) -> Generator[bool]:
        """Set an event when a pipe at stdout can be written, or has no reader any more.

        Gives whether that can be known: nothing is watched where stdout is no pipe.
        """
        loop = asyncio.get_running_loop()
        try:
            descriptor = self._stdout.fileno()
            if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                raise OSError
            (loop.add_writer if write else loop.add_reader)(descriptor, event.set)
        except (OSError, ValueError, AttributeError):
            yield False
            return
        try:
            yield True
        finally:
            (loop.remove_writer if write else loop.remove_reader)(descriptor)

    def binary(self, document: bytes) -> None:
        """Print a document that is not text, for a file or a program."""
        self._put(document, "")

    def say(self, sentence: str) -> None:
        self.progress("")
        self._write(self._stderr, clean(sentence))

    def progress(self, text: str) -> None:
        """Show how far it is in the last line of a terminal, in place of what stood there.

        Where stderr is no terminal nothing is written. An empty text clears the line.
        """
        if not (text or self._line):
            return
        with suppress(OSError, ValueError):
            if not self._stderr.isatty():
                return
            columns = os.get_terminal_size(self._stderr.fileno()).columns or 80
            shown = clean(text)[: columns - 1]
            end = "" if shown else "\r"
            self._stderr.write(f"\r{shown:<{min(self._line, columns - 1)}}{end}")
            self._stderr.flush()
            self._line = len(shown)

    def fail(
        self, error: DeskError, document: Mapping[str, object] | None = None, text: str = ""
    ) -> int:
        """Tell what went wrong, to a person and with --json to a program; return the exit code.

        Args:
            error: what went wrong.
            document: what there is to print all the same.
            text: the same for a person.
        """
        self.say(f"carddesk: {error.sentence()}")
        self.data({**(document or {}), "error": error_document(error)}, text)
        return error.exit_code

    def ended(self, code: int) -> int:
        """Return the exit code of a command; one whose answer was lost says so, and does not end 0.

        Args:
            code: what the command itself would exit with.
        """
        if not self.lost:
            return code
        advice = BOUGHT if self.keeps_exit_code else NOT_WHOLE
        self.say(f"carddesk: The output is not whole: {self.lost}. {advice}")
        return code if code or self.keeps_exit_code else LOST

    def close(self) -> None:
        """Send out what is buffered; a reader that is gone must not disturb the exit."""
        for stream in (self._stdout, self._stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                _discard(stream)

    @property
    def _encoding(self) -> str:
        """A terminal has its own encoding; a file or a pipe is read as UTF-8 everywhere."""
        return (self._stdout.encoding or UTF_8) if self.to_terminal else UTF_8

    def _put(self, data: bytes, text: str) -> None:
        if self._gone:
            return
        if text and data.decode(self._encoding, "replace") != f"{text}\n":
            self.lost = f"this terminal's encoding ({self._encoding}) lacks some characters"
        try:
            try:
                descriptor = self._stdout.fileno()
            except (OSError, ValueError, AttributeError):
                self._stdout.write(data.decode(self._encoding, "replace"))
                return
            self._stdout.flush()
            write_whole(descriptor, data)
        except BrokenPipeError:
            self._gone = True
            _discard(self._stdout)
        except (OSError, ValueError) as failure:
            self._gone = True
            why = failure.strerror if isinstance(failure, OSError) else "it is closed"
            self.lost = (why or type(failure).__name__).lower()
            _discard(self._stdout)

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(f"{text}\n" if text else "")
            stream.flush()
        except (OSError, ValueError):
            _discard(stream)


def write_whole(descriptor: int, data: bytes) -> None:
    """Write all of it, waiting while a pipe that does not block takes nothing; raises OSError."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            select.select((), (descriptor,), ())


def error_document(error: DeskError) -> dict[str, str | None]:
    """Return a failure as the JSON contract has it; `money` is `no`, `unknown` or `yes`."""
    return {
        "code": error.code or _WORD_START.sub("_", type(error).__name__).upper(),
        "message": clean(error.message),
        "request_id": error.request_id or None,
        "money": error.money,
    }


def _discard(stream: TextIO) -> None:
    """Point a stream without a reader at nothing, so that the interpreter's last flush is quiet."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
