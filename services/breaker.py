"""After one rejected key every console of this host stops: five would block the address."""

import asyncio
import fcntl
import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import DecodeError, Struct, json

from services.clock import Clock
from services.errors import AuthFailed

QUEUE_SECONDS = 0.05
LONGEST_QUEUE = 100
"""How often the queue is tried: a console behind one that hangs goes on by itself."""


class _Stop(Struct, frozen=True, omit_defaults=True):
    """Why calls have stopped; `until` is when they may go on (UTC), None for a person to say."""

    message: str
    advice: str = ""
    code: str = ""
    request_id: str = ""
    attempts_left: int | None = None
    until: datetime | None = None


class Breaker:
    """Stops every call with one key, for all processes that share the file.

    The file is the truth, so that a reset in one process frees the others too; memory stands in
    only where there is no file or it cannot be written. It holds no key.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        """Share the stop through `path`, or keep it to this process when there is none."""
        self._path = path
        self._clock = clock
        self._kept: _Stop | None = None

    def check(self) -> None:
        """Let the call pass, or raise why it may not.

        Raises:
            AuthFailed: what tripped it, with the seconds that are left of a timed block.
        """
        stop = self._kept or self._read()
        if stop is None:
            return
        left = 0.0
        if stop.until is not None:
            left = (stop.until - self._clock.now()).total_seconds()
            if left <= 0:
                return
        raise AuthFailed(
            stop.message,
            advice=stop.advice,
            code=stop.code,
            request_id=stop.request_id,
            attempts_left=stop.attempts_left,
            blocked_seconds=left,
        )

    @asynccontextmanager
    async def alone(self, wanted: bool) -> AsyncGenerator[None]:
        """Let one process of the host at a time try a key that is not proven, if `wanted`.

        Several consoles that start at once would otherwise all have asked before the first
        refusal is known.
        """
        file = self._queue() if wanted else None
        if file is None:
            yield
            return
        try:
            # Another process is waited for, so this is its time and not the injected one.
            for _ in range(LONGEST_QUEUE):
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                await asyncio.sleep(QUEUE_SECONDS)
            yield
        finally:
            os.close(file)

    def _queue(self) -> int | None:
        if self._path is None:
            return None
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = self._path.with_name(f"{self._path.name}.queue")
            return os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return None

    def trip(self, error: AuthFailed) -> None:
        """Stop all calls: for `error.blocked_seconds`, or until `reset` when that is 0."""
        until = None
        if error.blocked_seconds > 0:
            until = datetime.fromtimestamp(
                self._clock.now().timestamp() + error.blocked_seconds, tz=UTC
            )
        stop = _Stop(
            message=error.message,
            advice=error.advice,
            code=error.code,
            request_id=error.request_id,
            attempts_left=error.attempts_left,
            until=until,
        )
        self._kept = None if self._write(stop) else stop

    def reset(self) -> None:
        """Let calls pass again because a person said so; a block in time is not theirs to lift."""
        stop = self._kept or self._read()
        if stop is not None and stop.until is not None and stop.until > self._clock.now():
            return
        self._kept = None
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink()

    def _read(self) -> _Stop | None:
        if self._path is None:
            return None
        try:
            return json.decode(self._path.read_bytes(), type=_Stop)
        except (OSError, DecodeError, UnicodeDecodeError):
            # Written whole or not at all, so this is nobody's stop; the next 401 writes a new one.
            return None

    def _write(self, stop: _Stop) -> bool:
        if self._path is None:
            return False
        fresh = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "wb") as writer:
                writer.write(json.encode(stop))
            fresh.replace(self._path)
        except OSError:
            with suppress(OSError):
                fresh.unlink()
            return False
        return True
