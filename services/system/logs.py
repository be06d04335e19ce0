"""The log: one private file, one line a record; no secret, no local variable, no traceback."""

import logging
import os
import secrets
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from services.domain.errors import ConfigError
from services.domain.secrets import redaction
from services.domain.text import clean
from services.system.files import not_ours_alone, private_dir, shown
from services.system.paths import Paths

OURS = ("services", "widgets", "tui")
LARGEST_FILE = 1_000_000
FILES_KEPT = 3
LONGEST_LINE = 16_000
MOST_FRAMES = 40
MOST_CAUSES = 8
LONGEST_REPORT = 600

_log = logging.getLogger(__name__)


def start(paths: Paths) -> bool:
    """Send our records from INFO and the libraries' from WARNING to the log file, from now on.

    Returns:
        Whether there is a log. None is no reason to stop: it is an aid, the journal is the record.
    """
    logging.raiseExceptions = False
    stop()
    root = logging.getLogger()
    try:
        private_dir(paths.state_dir)
        handler: logging.Handler = _PrivateFile(paths.log_file)
    except (ConfigError, OSError):
        root.addHandler(_Nowhere())
        return False
    handler.setFormatter(_OneLine())
    handler.addFilter(_frames_for_tracebacks)
    handler.addFilter(redaction)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    return True


def off_the_terminal() -> None:
    """Keep records off stderr also while there is no log: logging's last resort is to print."""
    logging.lastResort = _Nowhere()


def stop() -> None:
    """Close the log file; nothing is logged until `start` is called again."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _PrivateFile | _Nowhere)]:
        root.removeHandler(handler)
        # What could not be written yet is lost: a log is an aid.
        with suppress(OSError, ValueError):
            handler.close()


def crash_report(error: BaseException) -> str:
    """Log what broke and where, and return a clause that says where the report is.

    The report holds exception types and `file:line:function` of each frame. It holds no message
    and no local variable: both can carry keys and card values.

    Returns:
        The number and the file; where nothing could be written, the report itself.
    """
    number, report = secrets.token_hex(4), describe(error)
    _log.critical("crash %s: %s", number, report)
    for file in logging.getLogger().handlers:
        if isinstance(file, _PrivateFile) and not file.failed:
            return f"report {number} is in {shown(Path(file.baseFilename))}"
    return f"no log could be written; the report: {clean(report, LONGEST_REPORT)}"


def describe(error: BaseException) -> str:
    """Return types and frames of an error and of its causes on one line, innermost cause last."""
    return " <- ".join(_one(each) for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) < MOST_CAUSES:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(cast("BaseExceptionGroup[BaseException]", current).exceptions)
        cause = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if cause is not None:
            waiting.append(cause)


def _one(error: BaseException) -> str:
    frames = [
        f"{_short(frame.f_code.co_filename)}:{line}:{frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return f"{type(error).__qualname__} at {' > '.join(frames[-MOST_FRAMES:]) or 'no frame'}"


def _short(filename: str) -> str:
    # The last parts name the module; what comes before is somebody's home.
    return "/".join(Path(filename).parts[-3:])


def _frames_for_tracebacks(record: logging.LogRecord) -> bool:
    """Put types and frames where a traceback would be; asyncio's text quotes whole exceptions."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        said = record.getMessage()
        first = said.split("\n", 1)[0] if record.name == "asyncio" else said
        record.msg, record.args = f"{first}: {describe(error)}", None
    return True


class _OneLine(logging.Formatter):
    """`2025-01-31T12:03:11.042Z INFO services.orders.tracker: words`, whatever the words hold."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        stamp = time.replace("+00:00", "Z")
        said = clean(record.getMessage(), LONGEST_LINE)
        return f"{stamp} {record.levelname} {clean(record.name)}: {said}"


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only we can read, never reached through a link.

    Attributes:
        failed: whether the last record could not be written.
    """

    failed = False

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=LARGEST_FILE, backupCount=FILES_KEPT, encoding="utf-8", errors="replace"
        )

    def _open(self) -> TextIOWrapper:
        # Without waiting: a pipe in its place would hold the console until somebody reads it.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.baseFilename, flags | os.O_NONBLOCK, 0o600)
        if not_ours_alone(Path(self.baseFilename), os.fstat(descriptor), modes=False):
            os.close(descriptor)
            raise OSError(None, "it is not a file of ours")
        os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)

    def handleError(self, record: logging.LogRecord) -> None:
        self.failed = True
        super().handleError(record)

    def handle(self, record: logging.LogRecord) -> bool:
        self.failed = False
        try:
            return super().handle(record)
        except Exception:
            # The filters format the message; a call with wrong arguments must not break its caller.
            self.handleError(record)
            return False


class _Nowhere(logging.NullHandler):
    """Keeps records off the screen when there is no file: logging's last resort is stderr."""
