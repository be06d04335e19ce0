"""Days in seconds: an event loop whose time passes only when everything in it waits for time."""

import asyncio
import os
import selectors
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from services.desk.desk import Desk
from services.journal.database import Journal
from services.journal.presence import HostConsoles
from tests.proof.ground import EPOCH

THREAD_PATIENCE = 1.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """Real sockets and threads, virtual time.

    Timers fire at once, in order, as soon as no socket has anything to say and no thread works.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self.threads = 0
        super().__init__(_Impatient(self))

    def time(self) -> float:
        return self._seconds

    def leap(self, seconds: float) -> None:
        """Let time pass."""
        self._seconds += seconds

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Run as usual; time is stopped meanwhile."""
        future = super().run_in_executor(executor, func, *args)
        self.threads += 1
        future.add_done_callback(self._returned)
        return future

    def _returned(self, _: object) -> None:
        self.threads -= 1


class _Impatient(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self._loop.threads or timeout is None:
            return super().select(THREAD_PATIENCE)
        self._loop.leap(timeout)
        return ready


class LoopClock:
    """The virtual loop's time, for desks and for the vendor."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._loop.time())

    def steady(self) -> float:
        # Not from 0: the desk takes a steady 0 for "never".
        return 1_000.0 + self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def hold_time_for_journals() -> Callable[[], None]:
    """Make virtual time stop while a journal's thread works; returns what undoes it."""
    real = Journal._in_thread

    async def in_thread(journal: Journal, work: Callable[[], Any]) -> Any:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            return await real(journal, work)
        loop.threads += 1
        try:
            return await real(journal, work)
        finally:
            loop.threads -= 1

    Journal._in_thread = in_thread  # type: ignore[method-assign]

    def undo() -> None:
        Journal._in_thread = real

    return undo


async def kill(desk: Desk) -> None:
    """Let a desk die as kill -9 does: nothing is finished, given back or said."""
    tasks = [*desk._background._tasks.values(), *desk._buying]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    account = desk._opening.account
    if account is not None:
        await account.journal._in_thread(account.journal._engine.close)
        account.journal._thread.shutdown()
        consoles = account.journal.consoles
        assert isinstance(consoles, HostConsoles)
        presence = consoles._presence
        if presence._fd >= 0:
            os.close(presence._fd)
            presence._fd = -1
    await desk._client.aclose()
