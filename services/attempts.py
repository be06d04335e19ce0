"""How often keys were rejected from this machine, for all its consoles: the fifth blocks it."""

import asyncio
import fcntl
import hashlib
import os
import secrets
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import DecodeError, Struct, field, json

from services.clock import Clock
from services.errors import AuthFailed, Unavailable

WINDOW = timedelta(minutes=15)
WITHOUT_ASKING = 2
AT_MOST = 4
LANES = 2
LONGEST_QUEUE = 45.0
"""Seconds; above what two reads in front may take, so that nobody passes one by."""
QUEUE_SECONDS = 0.02
REMEMBERED = 16


class _Count(Struct, omit_defaults=True):
    """What the consoles of this machine know together; names are fingerprints, never keys.

    `rejected` are times, no quarter of an hour apart, `granted` is how many rejections a person
    allowed, `accepted` are the keys that worked since the last one, `until` ends a block.
    """

    rejected: list[datetime] = field(default_factory=list[datetime])
    granted: int = 0
    accepted: list[str] = field(default_factory=list[str])
    until: datetime | None = None


class Attempts:
    """Counts rejected keys and lets no more calls out at once than may still be rejected.

    A key can be revoked at any moment, so calls that are under way together are rejected
    together. Two lanes for the whole machine, held as file locks, keep that to two.

    Args:
        path: the file of this vendor's address, None to keep the count in memory.
        clock: time.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._path: Final = path
        self._clock: Final = clock
        self._kept = _Count()
        self._lost = path is None

    @staticmethod
    def place(base_url: str) -> str:
        """Return the name of a vendor's address as a file can have it."""
        return hashlib.sha256(base_url.rstrip("/").encode()).hexdigest()[:16]

    def check(self, key: str) -> None:
        """Let a call with this key (its fingerprint) pass, or raise why it may not.

        Raises:
            AuthFailed: too many keys were rejected, or the vendor blocks this address.
        """
        now, count = self._clock.now(), self._current()
        if count.until is not None:
            raise AuthFailed(
                "The vendor blocks this address because of wrong keys",
                advice="All calls wait until the block is over. Check the key meanwhile.",
                code="IP_BLOCKED",
                blocked_seconds=(count.until - now).total_seconds(),
            )
        rejected = len(count.rejected)
        if rejected >= AT_MOST:
            end = count.rejected[-1] + WINDOW
            until = f"{end.astimezone():%H:%M:%S}"
            raise AuthFailed(
                f"{rejected} attempts with rejected keys were made from this machine; a fifth would"
                " block its address",
                advice=f"No call is made until {until}. Check the key meanwhile.",
                code="KEYS_REJECTED",
                blocked_seconds=(end - now).total_seconds(),
            )
        if rejected >= max(WITHOUT_ASKING, count.granted) and key not in count.accepted:
            raise AuthFailed(
                f"{rejected} attempts with rejected keys were made from this machine within 15"
                " minutes; five block its address",
                advice="Check the key, then press r or run carddesk doctor for one more try.",
                code="KEYS_REJECTED",
            )

    def rejected(self, key: str) -> None:
        """Count a rejection of this key."""
        with self._changed() as count:
            count.rejected.append(self._clock.now())
            count.granted = 0
            count.accepted = [name for name in count.accepted if name != key]

    def accepted(self, key: str) -> None:
        """Take note that this key works: what others do wrong does not stop it."""
        count = self._current()
        if not count.rejected or key in count.accepted:
            return
        with self._changed() as count:
            count.accepted = [*count.accepted, key][-REMEMBERED:]

    def blocked(self, seconds: float) -> None:
        """Keep every call back for as long as the vendor blocks this address."""
        with self._changed() as count:
            count.until = self._clock.now() + timedelta(seconds=seconds)

    def grant(self) -> None:
        """Let one more attempt be made, because a person asks for it; never the fifth."""
        if not self._current().rejected:
            return
        with self._changed() as count:
            count.granted = min(AT_MOST, len(count.rejected) + 1)

    @asynccontextmanager
    async def lane(self, key: str, *, proven: bool) -> AsyncGenerator[None]:
        """Hold one of the lanes to the vendor; a key that is not proven has the first to itself.

        Raises:
            AuthFailed: meanwhile it came out that no call may be made.
            Unavailable: others hold the lanes and do not let go.
        """
        if self._path is None:
            self.check(key)
            yield
            return
        # Another process is waited for, so this is its time and not the injected one.
        end = asyncio.get_running_loop().time() + LONGEST_QUEUE
        while True:
            self.check(key)
            held = self._take(proven=proven)
            if held is not None:
                break
            if asyncio.get_running_loop().time() > end:
                raise Unavailable(
                    "Another carddesk of this machine asks the vendor and does not let go",
                    advice="Nothing was changed. One that was stopped goes on with: fg",
                    code="LANE_HELD",
                )
            await asyncio.sleep(QUEUE_SECONDS)
        try:
            self.check(key)
            yield
        finally:
            for file in held:
                os.close(file)

    def _take(self, *, proven: bool) -> list[int] | None:
        """Lock a lane, or all of them where only one more rejection is allowed."""
        if self._current().rejected:
            return self._lock_all(*range(LANES))
        held = self._lock_all(0)
        return self._lock_all(1) if held is None and proven else held

    def _lock_all(self, *lanes: int) -> list[int] | None:
        held: list[int] = []
        try:
            for lane in lanes:
                held.append(self._open(f"lane{lane}"))
                fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            for file in held:
                os.close(file)
            return None
        except OSError:
            # There is no place for locks: this process has only itself to wait for.
            return held
        return held

    def _open(self, kind: str) -> int:
        if self._path is None:
            raise FileNotFoundError("the count is kept in memory")
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = self._path.with_name(f"{self._path.name}.{kind}")
        return os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _current(self) -> _Count:
        """Return what counts now: rejections until a quarter of an hour is free of them.

        Nobody knows whether the vendor forgets each attempt by itself; all of them together it
        does.
        """
        count = self._kept if self._lost else self._read()
        now = self._clock.now()
        # A time to come was written before the clock was set back.
        if count.rejected and not now - WINDOW < count.rejected[-1] <= now + WINDOW:
            count.rejected = []
        if not count.rejected:
            count.granted, count.accepted = 0, []
        if count.until is not None and not now < count.until <= now + WINDOW:
            count.until = None
        return count

    @contextmanager
    def _changed(self) -> Generator[_Count]:
        lock = -1
        with suppress(OSError):
            if self._path is not None:
                lock = self._open("lock")
                fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            count = self._current()
            yield count
            self._lost = not self._write(count)
            self._kept = count
        finally:
            if lock >= 0:
                os.close(lock)

    def _read(self) -> _Count:
        if self._path is None:
            return _Count()
        try:
            return json.decode(self._path.read_bytes(), type=_Count)
        except (OSError, DecodeError, UnicodeDecodeError):
            # Written whole or not at all, so this is nobody's count; the next 401 begins a new one.
            return _Count()

    def _write(self, count: _Count) -> bool:
        if self._path is None:
            return False
        fresh = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        try:
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "wb") as writer:
                writer.write(json.encode(count))
            fresh.replace(self._path)
        except OSError:
            with suppress(OSError):
                fresh.unlink()
            return False
        return True
