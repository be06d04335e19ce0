"""What a console has of the requests of a minute that all hosts of a team share."""

import asyncio
from typing import Final

from msgspec import Struct

from services.domain.errors import JournalFailed
from services.journal import request_shares
from services.journal.database import Journal
from services.journal.request_shares import COUNTS, LASTS, Taken, UsedBlock
from services.system.clock import Clock
from services.vendor.rate_limit import RESERVE, Priority, allowed

ANSWER_SECONDS: Final = 2.0
"""How long a read waits for the journal before it goes on with this host's own part."""

AGAIN_SECONDS: Final = 5.0
"""How long after a failure, and at most after a refusal, the journal is asked again."""

FOLLOW: Final = 5
"""Who quotes takes the requests of the purchase that follows, too."""

MOST_AHEAD: Final = 5
"""How many requests a busy console takes before it needs them."""


class _Block(Struct):
    """Requests that were taken: until when (steady) they may be used, how many are left."""

    number: int
    ends: float
    left: int
    used: int
    last: float


class RequestShare:
    """Takes requests from the journal, a block for each priority, and hands them out.

    While the journal is away this console has an equal part of the minute, and at first only of
    what is kept for purchases: others may have taken the rest just before.

    Args:
        journal: the account's, on a server.
        key: the fingerprint of the key.
        per_minute: the requests of a minute that the vendor allows.
    """

    def __init__(self, journal: Journal, key: str, clock: Clock, per_minute: int) -> None:
        self._journal: Final = journal
        self._key: Final = key
        self._clock: Final = clock
        self._per_minute: Final = per_minute
        self._blocks: dict[Priority, _Block] = {}
        self._ended: list[_Block] = []
        self._untaken: list[float] = []
        self._number = 0
        self._turn: Final = asyncio.Lock()
        self._again: dict[Priority, float] = {}
        self._away_since: float | None = None

    def covers(self, slots: int, of: Priority) -> bool:
        """Tell whether so many requests may go now."""
        if self._block(slots, of) is not None:
            return True
        return self._away_since is not None and not self._until_own(slots)

    async def ready(self, slots: int, of: Priority) -> float:
        """Take requests if too few are here; returns the seconds until there may be enough.

        Raises:
            JournalFailed: it is away, and so nothing can be bought: a purchase waits for nothing.
        """
        async with self._turn:
            if self._block(slots, of) is not None:
                return 0.0
            now, away = self._clock.steady(), self._away_since is not None
            again = self._again.get(of, now)
            if again <= now or (away and of is Priority.PURCHASE):
                return await self._ask(slots, of)
            return self._until_own(slots) if away else again - now

    async def _ask(self, slots: int, of: Priority) -> float:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                taken = await self._take(slots, of)
        except (JournalFailed, TimeoutError) as failure:
            now = self._clock.steady()
            self._away_since = now if self._away_since is None else self._away_since
            self._again = dict.fromkeys(Priority, now + AGAIN_SECONDS)
            if of is Priority.PURCHASE and isinstance(failure, JournalFailed):
                raise
            return self._until_own(slots)
        if self._away_since is not None:
            self._away_since, self._again = None, {}
        wait = min(taken.wait, AGAIN_SECONDS)
        self._again[of] = self._clock.steady() + wait
        return wait

    def _until_own(self, slots: int) -> float:
        """Return the seconds until this console has so many requests of its own part."""
        now = self._clock.steady()
        long = now - (self._away_since or now) > LASTS + COUNTS
        part = self._per_minute if long else self._per_minute // RESERVE
        part = max(1, part // self._journal.consoles.count)
        self._untaken = [at for at in self._untaken if at > now - COUNTS]
        surplus = len(self._untaken) + min(slots, part) - part
        if surplus <= 0:
            return 0.0
        # What is waited for may be the journal.
        return min(AGAIN_SECONDS, self._untaken[surplus - 1] + COUNTS - now)

    def use(self, slots: int, of: Priority) -> None:
        """Count requests that go now; what no block covers is made up for by the next one."""
        now = self._clock.steady()
        block = self._block(slots, of)
        if block is None:
            self._untaken += [now] * slots
            return
        block.left -= slots
        block.used += slots
        block.last = now

    def give_back(self) -> None:
        """Take a request back that never left."""
        for block in self._blocks.values():
            if block.used:
                block.left += 1
                block.used -= 1
                return

    def _block(self, slots: int, of: Priority) -> _Block | None:
        """Return a block with so many, of the lowest priority that will do."""
        now = self._clock.steady()
        for each in reversed(Priority):
            block = self._blocks.get(each)
            if each >= of and block is not None and block.left >= slots and block.ends > now:
                return block
        return None

    async def _take(self, slots: int, of: Priority) -> Taken:
        now = self._clock.steady()
        before = self._blocks.pop(of, None)
        for each in [name for name, block in self._blocks.items() if block.ends <= now]:
            self._ended.append(self._blocks.pop(each))
        busy = before.used if before is not None and before.ends > now else 0
        self._ended += [before] if before is not None else []
        untaken = [at for at in self._untaken if at > now - COUNTS]
        self._number += 1
        block = _Block(self._number, now + LASTS, 0, len(untaken), now)
        ended = {
            each.number: UsedBlock(each.used, max(0.0, now - each.last)) for each in self._ended
        }
        # Should its answer be lost, the next one gives back what this one took.
        self._ended.append(block)
        most = allowed(self._per_minute, of)
        taken = await request_shares.take(
            self._journal,
            self._key,
            self._number,
            allowed=most,
            needed=min(slots + len(untaken), most),
            ahead=FOLLOW if of is Priority.PURCHASE else min(MOST_AHEAD, busy),
            before=ended,
        )
        self._ended = []
        if taken.slots:
            block.left = taken.slots - len(untaken)
            self._blocks[of] = block
            self._untaken = []
        return taken
