"""Ctrl+C, a dropped line and `kill` while a command runs: stop in order, lose no purchase."""

import asyncio
import signal
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
T = TypeVar("T")


class Signals:
    """The first signal that asked this command to stop, and what it may interrupt.

    A signal cancels the command, so that the Desk is left through its own exit and drains. While a
    purchase is `held`, it is only remembered: the answer is worth more than the wait.
    """

    def __init__(self) -> None:
        self.number = 0
        self._arrived = asyncio.Event()
        self._held = False
        self._command: asyncio.Task[Any] | None = None

    @property
    def exit_code(self) -> int:
        """What a shell expects of a command that ended by this signal."""
        return 128 + self.number

    @contextmanager
    def installed(self) -> Generator[None]:
        """Answer the signals in the running loop, for the current task.

        One that the parent process had turned off (`nohup`, a job in the background) stays off.
        """
        loop = asyncio.get_running_loop()
        self._command = asyncio.current_task()
        answered = [n for n in STOPPING if signal.getsignal(n) is not signal.SIG_IGN]
        for number in answered:
            loop.add_signal_handler(number, self._ask, number)
        try:
            yield
        finally:
            for number in answered:
                loop.remove_signal_handler(number)

    async def wait(self) -> None:
        """Wait until somebody asks this command to stop."""
        await self._arrived.wait()

    @contextmanager
    def held(self) -> Generator[None]:
        """Let a signal be remembered instead of cancelling what runs inside."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return what `work` returns, or None once a signal arrived; then `work` is cancelled."""
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self.wait())
        try:
            with self.held():
                await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else None
        finally:
            for left in (task, stop):
                left.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)

    def _ask(self, number: int) -> None:
        self.number = self.number or number
        self._arrived.set()
        if not self._held and self._command is not None:
            self._command.cancel()
