"""Time, injected: the wall clock in UTC, a steady clock, sleep, and where a day begins."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Final, Protocol


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
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait with asyncio."""
        await asyncio.sleep(seconds)


class CorrectedClock:
    """Another machine's time of day, once that is known; it does not jump with this machine's.

    Args:
        own: this machine's clocks.
    """

    def __init__(self, own: Clock) -> None:
        self._own: Final = own
        self._known: tuple[datetime, float] | None = None

    def correct(self, now: datetime) -> None:
        """Take what the other machine says of the time (UTC)."""
        self._known = now, self._own.steady()

    def now(self) -> datetime:
        """Return the other machine's current time, this one's before any is known."""
        if self._known is None:
            return self._own.now()
        then, steady = self._known
        return then + timedelta(seconds=self._own.steady() - steady)

    def steady(self) -> float:
        """Return seconds of a clock that never jumps."""
        return self._own.steady()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of the steady clock."""
        await self._own.sleep(seconds)


def asleep() -> float:
    """Return the seconds that this machine has slept since it was started, where that is known.

    The monotonic clock stops while a laptop is suspended, and the clock since boot does not.
    """
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()


def midnight(now: datetime) -> datetime:
    """Return when the current day began on this machine's wall clock, in UTC.

    Not the hour of now taken back to zero: on a day whose clock was set forward or back, midnight
    stood at another distance from UTC than now does.
    """
    return datetime.combine(now.astimezone().date(), clock_time.min).astimezone(UTC)
