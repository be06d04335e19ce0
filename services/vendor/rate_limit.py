"""How many requests a key makes a minute, counted for all consoles and commands of this host."""

import asyncio
import os
from array import array
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct

from services.domain.errors import RateLimited
from services.domain.local_time import local_clock
from services.system.clock import Clock
from services.system.file_lock import open_lock, try_lock
from services.vendor.link import Link
from services.vendor.retry import LONGEST_RATE_PAUSE

PER_MINUTE: Final = {"sandbox": 60, "production": 120}
"""What the vendor allows a key of each environment."""

WINDOW = 61.0
"""Seconds that a request counts; one more than a minute, because a slow one arrives later."""

LONGEST_WAIT = WINDOW
"""Seconds that a read waits for a slot; a longer pause is an error that says how long."""

RESERVE = 6
"""One request in six is kept for purchases, and as many for what a person waits for."""

LOCK_TRIES = 20
LOCK_SECONDS = 0.01
SHORTEST_SLEEP = 0.01
LARGEST_FILE = 1024 * 1024


class Priority(IntEnum):
    """Who goes first when requests are few."""

    PURCHASE = 0
    PERSON = 1
    BACKGROUND = 2


def allowed(per_minute: int, of: Priority) -> int:
    """Return how many of a minute's requests may be given at this priority."""
    return max(1, per_minute - of * (per_minute // RESERVE))


class SharedRequests(Protocol):
    """The requests of a minute that this host shares with others."""

    def covers(self, slots: int, of: Priority) -> bool:
        """Tell whether so many requests may go now."""
        ...

    async def ready(self, slots: int, of: Priority) -> float:
        """Take requests if too few are here; returns the seconds until there may be enough.

        Raises:
            JournalFailed: it is a purchase's, and nothing can be bought now.
        """
        ...

    def use(self, slots: int, of: Priority) -> None:
        """Count requests that go now."""
        ...

    def give_back(self) -> None:
        """Take a request back that never left."""
        ...


class _Reservation(Struct):
    """Slots that are counted already and not used yet."""

    slots: int


_priority: ContextVar[Priority] = ContextVar("priority", default=Priority.PERSON)
_reservation: ContextVar[_Reservation | None] = ContextVar("reservation", default=None)


@contextmanager
def priority(of: Priority) -> Generator[None]:
    """Let the reads of this block, and of the tasks that it starts, go with this priority."""
    before = _priority.set(of)
    try:
        yield
    finally:
        _priority.reset(before)


class RateLimit:
    """Gives each request of a key its slot, the more important ones first.

    The slots that were given lie in a file which every process of this host uses: times of the
    monotonic clock, which all of them share and which no change of the date moves. A process
    holds its lock for one reading and writing; the kernel takes it back from a dead one, and
    a stopped one is waited for a moment only.

    Args:
        path: the file of the key; None counts for this process alone.
        per_minute: requests in any minute; 0 does not count them.
        per_second: background reads are spaced to stay below it; 0 does not space them.
        link: says on the screen how long reads wait; one of its own when None.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        per_minute: int = 0,
        per_second: float = 0.0,
        link: Link | None = None,
    ) -> None:
        self._path: Final = path
        self._clock: Final = clock
        self._per_minute: Final = per_minute
        self._per_second: Final = per_second
        self._link: Final = link or Link(clock)
        self._queues: Final = {of: asyncio.Lock() for of in Priority}
        self._kept = array("d")
        self._lost = path is None
        self._shared: SharedRequests | None = None

    def share(self, requests: SharedRequests) -> None:
        """Let other hosts have their part of the minute from now on."""
        self._shared = requests

    @asynccontextmanager
    async def queue(self) -> AsyncGenerator[None]:
        """Let reads of the same priority ask for their slots one after the other."""
        async with self._queues[_priority.get()]:
            yield

    def outranked(self) -> bool:
        """Whether a more important read of this process waits for its slot."""
        return any(self._queues[of].locked() for of in Priority if of < _priority.get())

    @staticmethod
    def background() -> bool:
        """Whether what is read now is no person's wish."""
        return _priority.get() is Priority.BACKGROUND

    async def room(self) -> None:
        """Wait until there would be a slot.

        Raises:
            RateLimited: the vendor asked for a pause that is too long to wait for.
        """
        reservation = _reservation.get()
        if reservation is None or not reservation.slots:
            await self._granted(0)

    async def take(self) -> bool:
        """Take a slot if there is one now; a read whose purchase reserved some takes one of those.

        Raises:
            RateLimited: the vendor asked for a pause that is too long to wait for.
        """
        if self._reserved_slot():
            return True
        if self._shared is not None and await self._shared.ready(1, _priority.get()) > 0:
            return False
        async with self._used() as used:
            return self._try(used, 1) <= 0

    async def give_back(self) -> None:
        """Give back a slot whose request never left: there was no connection."""
        reservation = _reservation.get()
        if reservation is not None:
            reservation.slots += 1
            return
        if self._shared is not None:
            self._shared.give_back()
        async with self._used() as used:
            # One is as good as another; the newest counts the longest.
            if len(used) > 1:
                used.pop()

    async def count(self) -> None:
        """Count a request that waits for nothing: a purchase."""
        if not self._reserved_slot():
            async with self._used(tries=1) as used:
                used.append(self._clock.steady())
            if self._shared is not None:
                self._shared.use(1, Priority.PURCHASE)

    @asynccontextmanager
    async def reserved(self, slots: int) -> AsyncGenerator[None]:
        """Give the reads of a purchase priority and slots of their own, waiting for them first.

        Inside another reservation this is that one.

        Raises:
            JournalFailed: the journal that other hosts share is away, so nothing can be bought.
            RateLimited: the vendor asked for a pause that is too long to wait for.
        """
        if _reservation.get() is not None:
            yield
            return
        with priority(Priority.PURCHASE):
            await self._granted(slots)
            before = _reservation.set(_Reservation(slots))
            try:
                yield
            finally:
                _reservation.reset(before)

    async def hold(self, seconds: float) -> None:
        """Keep the reads of every console back for so long, because the vendor asks for it."""
        async with self._used() as used:
            used[0] = max(used[0], self._clock.steady() + min(seconds, LONGEST_RATE_PAUSE))

    async def _granted(self, slots: int) -> None:
        """Wait until so many slots are there, and take them."""
        with self._link.waiting() as waits:
            while True:
                wait = 0.0
                if self._shared is not None:
                    wait = await self._shared.ready(max(slots, 1), _priority.get())
                if wait <= 0:
                    async with self._used() as used:
                        wait = self._try(used, slots)
                if wait <= 0:
                    return
                if wait > LONGEST_WAIT:
                    until = local_clock(self._clock.now() + timedelta(seconds=wait))
                    raise RateLimited(
                        f"The vendor asked for a pause: reads go on at {until}",
                        code="RATE_LIMIT_EXCEEDED",
                        retry_after=wait,
                    )
                waits(wait)
                await self._clock.sleep(max(wait, SHORTEST_SLEEP))

    def _try(self, used: "array[float]", slots: int) -> float:
        """Take slots, or return the seconds until they are there."""
        now, shared = self._clock.steady(), self._shared
        wait = max(used[0] - now, self._until_room(used, max(slots, 1), now))
        if shared is not None and wait <= 0 and not shared.covers(max(slots, 1), _priority.get()):
            wait = SHORTEST_SLEEP
        if wait <= 0:
            used.extend([now] * slots)
            if shared is not None and slots:
                shared.use(slots, _priority.get())
        return wait

    def _until_room(self, used: "array[float]", slots: int, now: float) -> float:
        wait, rank = 0.0, _priority.get()
        given = len(used) - 1
        if self._per_minute:
            most = allowed(self._per_minute, rank)
            surplus = given + min(slots, most) - most
            if surplus > 0:
                wait = used[surplus] + WINDOW - now
        if self._per_second and rank is Priority.BACKGROUND:
            span, most = max(1.0, 1 / self._per_second), max(1, int(self._per_second))
            if given >= most:
                wait = max(wait, used[-most] + span - now)
        return wait

    def _reserved_slot(self) -> bool:
        reservation = _reservation.get()
        if reservation is None or not reservation.slots:
            return False
        reservation.slots -= 1
        return True

    @asynccontextmanager
    async def _used(self, tries: int = LOCK_TRIES) -> AsyncGenerator["array[float]"]:
        """Give the end of the vendor's pause and the times of the slots that count, to be changed.

        What cannot be read or written is counted in memory: a request is never lost for that.
        """
        file = await self._open(tries)
        try:
            used = self._kept if self._lost or file < 0 else _read(file)
            now = self._clock.steady()
            if not used or not now < used[0] <= now + LONGEST_RATE_PAUSE:
                used[:1] = array("d", [0.0])
            # A time to come was written before this machine was started again.
            given = sorted(at for at in used[1:] if now - WINDOW < at <= now)
            used[1:] = array("d", given)
            before = bytes(used)
            yield used
            self._kept = used
            if file >= 0 and bytes(used) != before:
                # A full disk forgets what it was given: then this process counts for itself.
                self._lost = not _write(file, used)
        finally:
            if file >= 0:
                os.close(file)

    async def _open(self, tries: int) -> int:
        """Open and lock the file; -1 where that cannot be."""
        if self._path is None:
            return -1
        try:
            file = open_lock(self._path)
        except OSError:
            return -1
        for _ in range(tries):
            with suppress(OSError):
                if try_lock(file):
                    break
            # Another process is waited for, so this is its time and not the injected one.
            await asyncio.sleep(LOCK_SECONDS)
        return file


def _read(file: int) -> "array[float]":
    used = array("d")
    with suppress(OSError, ValueError):
        used.frombytes(os.pread(file, LARGEST_FILE, 0))
    return used


def _write(file: int, used: "array[float]") -> bool:
    try:
        size = os.pwrite(file, used, 0)
        os.ftruncate(file, size)
    except OSError:
        return False
    return size == len(used) * used.itemsize
