"""After one rejected key every console of this host stops: five would block the address."""

import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import DecodeError, Struct, json

from services.attempts import Attempts
from services.clock import Clock
from services.errors import AuthFailed


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

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        attempts: Attempts | None = None,
        key: str = "",
    ) -> None:
        """Share the stop through `path`, or keep it to this process when there is none.

        Args:
            path: the file of the key's own stop.
            clock: time.
            attempts: the count of this machine; one of its own when None.
            key: the key's fingerprint.
        """
        self._path = path
        self._attempts = attempts or Attempts(None, clock)
        self._key = key
        self._clock = clock
        self._kept: _Stop | None = None

    def check(self) -> None:
        """Let the call pass, or raise why it may not.

        Raises:
            AuthFailed: what tripped it, with the seconds that are left of a timed block.
        """
        stop = self._kept or self._read()
        left = 0.0
        if stop is not None and stop.until is not None:
            left = (stop.until - self._clock.now()).total_seconds()
            if left <= 0:
                stop = None
        if stop is None:
            self._attempts.check(self._key)
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
    async def lane(self, *, signed: bool, proven: bool) -> AsyncGenerator[None]:
        """Let a read out when it may go: one that carries the key waits for a lane.

        Args:
            signed: whether it carries the key.
            proven: whether the key has worked, here and since the last rejection.

        Raises:
            AuthFailed: calls have stopped, perhaps while this one waited.
            Unavailable: other processes hold the lanes and do not let go.
        """
        self.check()
        if not signed:
            yield
            return
        async with self._attempts.lane(self._key, proven=proven):
            self.check()
            yield

    def accepted(self) -> None:
        """Take note that the vendor took the key."""
        self._attempts.accepted(self._key)

    def trip(self, error: AuthFailed) -> None:
        """Stop all calls: for `error.blocked_seconds`, or until `reset` when that is 0."""
        until = None
        if error.blocked_seconds <= 0:
            self._attempts.rejected(self._key)
        else:
            self._attempts.blocked(error.blocked_seconds)
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
        self._attempts.grant()
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
