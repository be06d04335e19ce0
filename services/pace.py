"""When a read may go: so many a second, and one at a time until the key has worked once."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator

from services.clock import Clock


class Pace:
    """Holds reads back; purchases never wait here.

    A console starts with several reads at once: with a bad key they would be most of the five
    attempts that block the address. So until one has been accepted, the next waits for its answer.
    """

    def __init__(self, clock: Clock, per_second: float) -> None:
        """Allow at most `per_second` reads in any second; 0 allows any number.

        They may come all at once: a quote needs two and a purchase four, and the customer waits.
        """
        self._clock = clock
        self._span = max(1.0, 1 / per_second) if per_second > 0 else 0.0
        self._turns: deque[float] = deque(maxlen=max(1, int(per_second)))
        self._proven = False
        self._alone = asyncio.Lock()

    def proven(self) -> None:
        """Take note that the key has worked."""
        self._proven = True

    def doubted(self) -> None:
        """Take note that the key was rejected: from now on one at a time again."""
        self._proven = False

    @contextlib.asynccontextmanager
    async def turn(self, *, signed: bool) -> AsyncGenerator[bool]:
        """Wait until a read may go, and keep the others out while it has to be alone.

        Yields whether it has to: the key has not been proven to work yet.
        """
        await self._space()
        alone = signed and not self._proven
        if alone:
            await self._alone.acquire()
            if self._proven:
                self._alone.release()
                alone = False
        try:
            yield alone
        finally:
            if alone:
                self._alone.release()

    async def _space(self) -> None:
        now = self._clock.steady()
        turn = now
        if self._span and len(self._turns) == self._turns.maxlen:
            turn = max(now, self._turns[0] + self._span)
        self._turns.append(turn)
        if turn > now:
            await self._clock.sleep(turn - now)
