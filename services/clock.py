"""Time, injected: the wall clock in UTC, a steady clock, sleep, and where a day begins."""

import asyncio
from datetime import UTC, datetime
from datetime import time as clock_time
from time import monotonic
from typing import Protocol


class Clock(Protocol):
    """What the services ask for time; tests hand in one they control."""

    def now(self) -> datetime:
        """Return the current time, aware, UTC."""
        ...

    def steady(self) -> float:
        """Return seconds of a clock that never jumps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of the steady clock."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Return the current time, aware, UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Return seconds of the monotonic clock."""
        return monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait with asyncio."""
        await asyncio.sleep(seconds)


def midnight(now: datetime) -> datetime:
    """Return when the current day began on this machine's wall clock, in UTC.

    Not the hour of now taken back to zero: on a day whose clock was set forward or back, midnight
    stood at another distance from UTC than now does.
    """
    return datetime.combine(now.astimezone().date(), clock_time.min).astimezone(UTC)


async def sleep_unless(event: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Sleep so many seconds, or until the event is set if that comes first."""
    sleeper = asyncio.ensure_future(clock.sleep(seconds))
    waker = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait((sleeper, waker), return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeper.cancel()
        waker.cancel()
