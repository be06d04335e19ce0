"""After rejected keys every console of this machine stops: the fifth would block its address."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from msgspec import DecodeError, Struct, field, json

from services.domain.errors import AuthFailed, Unavailable
from services.domain.local_time import local_clock
from services.system import files
from services.system.clock import Clock
from services.system.file_lock import lock, open_lock, try_lock

WINDOW = timedelta(minutes=15)
WITHOUT_ASKING = 2
AT_MOST = 4
LANES = 2
LONGEST_QUEUE = 45.0
"""Seconds; above what two reads in front may take, so that each of them is waited for."""
QUEUE_SECONDS = 0.02
REMEMBERED = 16


class _Stop(Struct, frozen=True, omit_defaults=True):
    """What the vendor said when it rejected a key."""

    message: str
    advice: str = ""
    code: str = ""
    request_id: str = ""
    attempts_left: int | None = None


class _Count(Struct, omit_defaults=True):
    """What the consoles of this machine know together; keys are named by their fingerprints.

    `rejected` are times, no quarter of an hour apart, `granted` is how many rejections a person
    allowed, `accepted` are the keys that worked since the last one, `stops` are the rejected keys
    that no person wants tried again yet, `until` ends a block.
    """

    rejected: list[datetime] = field(default_factory=list[datetime])
    granted: int = 0
    accepted: list[str] = field(default_factory=list[str])
    stops: dict[str, _Stop] = field(default_factory=dict[str, _Stop])
    until: datetime | None = None


class TeamKeys(Protocol):
    """What the hosts of a team know together of one key."""

    @property
    def heard(self) -> int:
        """How often it was heard that a key was rejected elsewhere, or may have been."""
        ...

    def turn(self, *, asked: bool) -> AbstractAsyncContextManager[None]:
        """Keep the consoles of other hosts from trying the key meanwhile.

        Raises:
            AuthFailed: it was rejected, and no person asked for one more try, or too often.
            Unavailable: another one tries it and does not come to an end.
        """
        ...

    async def accepted(self) -> None:
        """Let all hosts know that the key works."""
        ...

    async def rejected(self, error: AuthFailed) -> None:
        """Let all hosts know that the vendor rejected it."""
        ...


class CircuitBreaker:
    """Counts rejected keys and lets no more calls out at once than may still be rejected.

    The file is the truth, so that a reset in one process frees the others too; memory takes its
    place only where there is no file or it cannot be written. It holds no key. A key can be revoked
    at any moment, so calls that are under way together are rejected together: two lanes for the
    whole machine, held as file locks, keep that to two.

    Args:
        path: the file of this vendor's address, None to keep the count in memory.
        fingerprint: the one of this process's key.
        team: what other hosts know of it; None where the journal is this host's.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        fingerprint: str = "",
        team: TeamKeys | None = None,
    ) -> None:
        self._path: Final = path
        self._clock: Final = clock
        self._fingerprint: Final = fingerprint
        self._kept = _Count()
        self._lost = path is None
        self._proven = False
        self._alone = asyncio.Lock()
        self._team: Final = team
        self._heard = 0
        self._asked = False
        self._unsaid: AuthFailed | None = None

    @staticmethod
    def place(base_url: str) -> str:
        """Return the name of the file of a vendor's address."""
        return f"{hashlib.sha256(base_url.rstrip('/').encode()).hexdigest()[:16]}.attempts"

    def check(self) -> None:
        """Let a call pass, or raise why it may not.

        Raises:
            AuthFailed: the key or too many keys were rejected, or the vendor blocks this address,
                with the seconds that are left of it.
        """
        now, count = self._clock.now(), self._current()
        if count.until is not None:
            raise AuthFailed(
                "The vendor blocks this address because of wrong keys",
                advice="All calls wait until the block is over. Check the key meanwhile.",
                code="IP_BLOCKED",
                blocked_seconds=(count.until - now).total_seconds(),
            )
        if stop := count.stops.get(self._fingerprint):
            raise AuthFailed(
                stop.message,
                advice=stop.advice,
                code=stop.code,
                request_id=stop.request_id,
                attempts_left=stop.attempts_left,
            )
        rejected = len(count.rejected)
        if rejected >= AT_MOST:
            end = count.rejected[-1] + WINDOW
            until = local_clock(end)
            raise AuthFailed(
                f"{rejected} attempts with rejected keys were made from this machine; a fifth would"
                " block its address",
                advice=f"No call is made until {until}. Check the key meanwhile.",
                code="KEYS_REJECTED",
                blocked_seconds=(end - now).total_seconds(),
            )
        if (
            rejected >= max(WITHOUT_ASKING, count.granted)
            and self._fingerprint not in count.accepted
        ):
            raise AuthFailed(
                f"{rejected} attempts with rejected keys were made from this machine within 15"
                " minutes; five block its address",
                advice="Check the key, then press r or run carddesk doctor for one more try.",
                code="KEYS_REJECTED",
            )

    def trip(self, error: AuthFailed) -> None:
        """Stop calls: all of them for `error.blocked_seconds`, or this key's until `reset`."""
        self._proven = False
        with self._changed() as count:
            if error.blocked_seconds > 0:
                count.until = self._clock.now() + timedelta(seconds=error.blocked_seconds)
                return
            count.rejected.append(self._clock.now())
            count.granted = 0
            count.accepted = [name for name in count.accepted if name != self._fingerprint]
            count.stops[self._fingerprint] = _Stop(
                error.message, error.advice, error.code, error.request_id, error.attempts_left
            )
        self._unsaid, self._asked = error, False

    async def spread(self) -> None:
        """Let the other hosts of a team know that this key was rejected, if it was."""
        error, self._unsaid = self._unsaid, None
        if error is not None and self._team is not None:
            await self._team.rejected(error)

    def accepted(self) -> None:
        """Take note that this key works: what others do wrong does not stop it."""
        self._proven, self._asked = True, False
        count = self._current()
        if count.rejected and self._fingerprint not in count.accepted:
            with self._changed() as count:
                count.accepted = [*count.accepted, self._fingerprint][-REMEMBERED:]

    def reset(self) -> None:
        """Let one more attempt be made, because a person asks for it; never the fifth.

        A block in time is not theirs to lift.
        """
        self._asked = True
        count = self._current()
        if count.until is None and (count.rejected or self._fingerprint in count.stops):
            with self._changed() as count:
                count.stops.pop(self._fingerprint, None)
                count.granted = min(AT_MOST, len(count.rejected) + 1)

    @asynccontextmanager
    async def one_at_a_time(self, *, signed: bool) -> AsyncGenerator[None]:
        """Keep the other reads of this process out until the key has worked once.

        A console starts with several reads at once: with a bad key they would be most of the five
        attempts that block the address. Of a team's hosts one tries it at a time.

        Raises:
            AuthFailed: a host of the team had it rejected.
            Unavailable: another host tries it and does not come to an end.
        """
        team = self._team
        if team is not None and self._heard != team.heard:
            self._heard, self._proven = team.heard, False
        alone = signed and not self._proven
        if alone:
            await self._alone.acquire()
            if self._proven:
                self._alone.release()
                alone = False
        try:
            async with AsyncExitStack() as turn:
                if alone and team is not None:
                    await turn.enter_async_context(team.turn(asked=self._asked))
                try:
                    yield
                finally:
                    # Before another host has its turn.
                    await self.spread()
                if alone and team is not None and self._proven:
                    await team.accepted()
        finally:
            if alone:
                self._alone.release()

    @asynccontextmanager
    async def lane(
        self,
        *,
        signed: bool,
        background: bool = False,
        outranked: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[None]:
        """Let a read out when it may go: one that carries the key holds one of the lanes.

        A key that has not worked here since the last rejection has the first lane to itself.

        Args:
            signed: whether it carries the key.
            background: leave the second lane free for what somebody waits for.
            outranked: whether a more important read of this process waits for a lane.

        Raises:
            AuthFailed: calls have stopped, perhaps while this one waited.
            Unavailable: other processes hold the lanes and do not let go.
        """
        self.check()
        if not signed or self._path is None:
            yield
            return
        # Another process is waited for, so this is its time and not the injected one.
        end = asyncio.get_running_loop().time() + LONGEST_QUEUE
        while True:
            # While the key is not proven the others of this process wait for this one.
            waits = self._proven and outranked()
            held = None if waits else self._take(background=background)
            if held is not None:
                break
            if asyncio.get_running_loop().time() > end:
                raise Unavailable(
                    "Another carddesk of this machine asks the vendor and does not let go",
                    advice="Nothing was changed. One that was stopped goes on with: fg",
                    code="LANE_HELD",
                )
            await asyncio.sleep(QUEUE_SECONDS)
            self.check()
        try:
            self.check()
            yield
        finally:
            for file in held:
                os.close(file)

    def _take(self, *, background: bool) -> list[int] | None:
        """Lock a lane, or all of them where only one more rejection is allowed."""
        if self._current().rejected:
            return self._lock_all(*range(LANES))
        held = self._lock_all(1) if self._proven and not background else None
        return self._lock_all(0) if held is None else held

    def _lock_all(self, *lanes: int) -> list[int] | None:
        held: list[int] = []
        # Where there is no place for locks this process has only itself to wait for.
        with suppress(OSError):
            for lane in lanes:
                held.append(open_lock(self._beside(f"lane{lane}")))
                if not try_lock(held[-1]):
                    for file in held:
                        os.close(file)
                    return None
        return held

    def _beside(self, kind: str) -> Path:
        if self._path is None:
            raise FileNotFoundError("the count is kept in memory")
        return self._path.with_name(f"{self._path.name}.{kind}")

    def _current(self) -> _Count:
        """Return what counts now: rejections until a quarter of an hour is free of them.

        Whether the vendor forgets each attempt by itself is not known; all of them together it
        does.
        """
        count = self._kept if self._lost or self._path is None else _read(self._path)
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
        with ExitStack() as alone:
            with suppress(OSError):
                alone.enter_context(lock(self._beside("lock")))
            count = self._current()
            yield count
            self._kept, self._lost = count, True
            if self._path is not None:
                with suppress(OSError):
                    files.replace(self._path, json.encode(count))
                    self._lost = False


def _read(path: Path) -> _Count:
    try:
        return json.decode(path.read_bytes(), type=_Count)
    except (OSError, DecodeError, UnicodeDecodeError):
        # Written whole or not at all, so this is no count of ours; the next 401 begins a new one.
        return _Count()
