"""Work beside other work: two things at once, and what is waited for only so long."""

import asyncio
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any, TypeVar

from services.system.clock import Clock

One = TypeVar("One")
Other = TypeVar("Other")


async def both(
    one: Coroutine[Any, Any, One], other: Coroutine[Any, Any, Other]
) -> tuple[One, Other]:
    """Return what two coroutines return, run at the same time.

    What one of them raises is raised once the other has ended too: it is cancelled, and a request
    that it was waiting for is not left behind with a connection that would stay open.
    """
    tasks = (asyncio.ensure_future(one), asyncio.ensure_future(other))
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def within(seconds: float, work: Callable[[], object]) -> None:
    """Do some work, and wait for it so long at most.

    Where this machine starts no more threads it is waited for to its end.
    """
    worker = Thread(target=work, daemon=True)
    try:
        worker.start()
    except RuntimeError:
        work()
    else:
        worker.join(seconds)


async def sleep_unless(event: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Sleep so many seconds, or until the event is set if that comes first."""
    sleeper = asyncio.ensure_future(clock.sleep(seconds))
    waker = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait((sleeper, waker), return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeper.cancel()
        waker.cancel()
