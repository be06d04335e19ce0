"""Following the account's open orders: one list request for a hundred of them, at a fair pace."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from services.book_models import PollState
from services.client import VendorClient
from services.clock import Clock, sleep_unless
from services.errors import AuthFailed, DeskError, JournalFailed, NotFound
from services.models import Order
from services.pause import Pause

PAGE = 100
FIRST_LOOK = 2.0
SECOND_LOOK = 5.0
SLOWEST = 60.0
SLOW_AFTER = 600.0
MARGIN = timedelta(seconds=30)
# How long the list may take to show an order.
LAG = timedelta(minutes=10)
FEW = 2
LOOKS_BEFORE_ASKING_ALONE = 2
HELD = "The vendor did not answer or asked for a pause: every console waits"


class Followed(Struct):
    """What the tracker remembers of one open order, in seconds of the steady clock."""

    order: Order
    placed: float
    asked: float
    unlisted: int = 0


class Tracker:
    """Polls the open orders of one account until each is final.

    Args:
        client: reads of the vendor.
        clock: time.
        interval: seconds between two ticks, 5 or more.
        hours: how far back the board reaches.
        found: given the orders that are new or changed; what it fails to take is given again.
        state: told how the polling goes.
        pause: what the consoles of this account share of a vendor's wish to be left alone.
        rng: for the jitter.
    """

    def __init__(
        self,
        client: VendorClient,
        clock: Clock,
        *,
        interval: float,
        hours: float,
        found: Callable[[tuple[Order, ...]], Awaitable[None]],
        state: Callable[[PollState], None],
        pause: Pause | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._client: Final = client
        self._clock: Final = clock
        self._interval: Final = interval
        self._span: Final = timedelta(hours=hours)
        self._found: Final = found
        self._tell: Final = state
        self._shared: Final = pause
        self._rng: Final = rng or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._seen: dict[str, Order] = {}
        self._open: dict[str, Followed] = {}
        self._wake = asyncio.Event()
        self._untold: dict[str, Order] = {}
        self._asked_now = False
        self._failures = 0
        self._first = True
        self._read_to: datetime | None = None
        self._since: datetime | None = None
        self._last_ok: datetime | None = None
        self._word = ""

    @property
    def open_count(self) -> int:
        """How many orders are followed."""
        return len(self._open)

    @property
    def read_to(self) -> datetime | None:
        """Up to when, by the vendor's clock (UTC), the list has been read and told."""
        return self._read_to

    def resume(self, read_to: datetime | None) -> None:
        """Read on from where an earlier reading ended, by whichever console that was."""
        if read_to is not None:
            self._read_to = max(self._read_to or read_to, read_to)

    def know(self, orders: Iterable[Order]) -> None:
        """Take over what the journal holds, so that only news is told."""
        for order in orders:
            self._remember(order)

    def follow(self, order: Order) -> None:
        """Follow an order whose purchase is open; a fresh one is asked about in two seconds.

        It may have been seen final before anyone knew whose it is: then it is told again.
        """
        if order.id not in self._open:
            self._remember(order)
        self._wake.set()

    def poke(self) -> None:
        """Ask now, and start the interval again."""
        self._asked_now = True
        self._failures = 0
        self._wake.set()

    async def run(self, lead: Callable[[], Awaitable[bool]]) -> None:
        """Poll until cancelled.

        Args:
            lead: asked before each tick whether this console is the one that polls; an explicit
                request is carried out in any case.

        Raises:
            AuthFailed: the key or address was rejected; every further call would make it worse.
        """
        while True:
            try:
                leading = await lead()
                if leading and not self._asked_now and (held := await self._held()):
                    delay = held
                    self._report("failing", HELD, delay)
                elif leading or self._asked_now:
                    delay = await self.tick()
                else:
                    delay = self._interval
                    self._first = False
                    self._report("following", "", delay)
            except JournalFailed as error:
                delay = self._interval
                self._report("failing", error.sentence(), delay)
            await self._pause(delay)

    async def tick(self) -> float:
        """Ask once about what is due; returns the seconds until the next tick.

        Raises:
            AuthFailed: the key or address was rejected.
            JournalFailed: a pause could not be shared.
        """
        everything, self._asked_now = self._asked_now or self._first, False
        self._wake.clear()
        try:
            await self._read(everything)
        except JournalFailed:
            raise
        except AuthFailed as error:
            self._report("stopped", error.sentence(), None)
            raise
        except DeskError as error:
            self._failures += 1
            wait = self._backoff(error)
            self._report("failing", error.sentence(), wait)
            if self._shared is not None:
                await self._shared.hold(wait)
            return wait
        self._first = False
        if self._failures and self._shared is not None:
            await self._shared.hold(0)
        self._failures = 0
        self._last_ok = self._clock.now()
        wait = self._until_next()
        self._report("live", "", wait)
        return wait

    async def read(self) -> None:
        """List everything since the last reading now, and tell what is new in it.

        Raises:
            DeskError: the list could not be read, or what is in it not be taken.
        """
        await self._read(everything=True)

    async def _read(self, everything: bool) -> None:
        """Ask, and hand on what is new: what is not taken this time is news the next time too."""
        news, read_to = await self._ask(everything)
        self._untold |= {order.id: order for order in news}
        if self._untold:
            await self._found(tuple(self._untold.values()))
            self._untold.clear()
        self.resume(read_to)

    async def _held(self) -> float:
        """Return how long another console's failure, or our own, keeps everybody waiting."""
        return 0.0 if self._shared is None else await self._shared.left()

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until somebody pokes or an order is placed."""
        end = self._clock.steady() + seconds
        while (left := end - self._clock.steady()) > 0 and not self._asked_now:
            await sleep_unless(self._wake, self._clock, left)
            if not self._wake.is_set():
                return
            self._wake.clear()
            end = min(end, self._clock.steady() + self._until_next())

    async def _ask(self, everything: bool) -> tuple[tuple[Order, ...], datetime | None]:
        """Return what is new, and up to when the list was read for it; None: it was not."""
        now, started = self._clock.steady(), self._clock.now()
        due = [f for f in self._open.values() if everything or self._due_at(f) <= now]
        alone = [f for f in due if f.unlisted >= LOOKS_BEFORE_ASKING_ALONE]
        fresh = [f for f in due if now - f.placed < SECOND_LOOK]
        if due and len(due) == len(fresh) <= FEW and not everything:
            return await self._ask_alone(fresh), None
        listed = await self._list(self._start(due, everything))
        for followed in due:
            if followed.order.id in listed:
                followed.unlisted = 0
            else:
                followed.unlisted += 1
            followed.asked = now
        news = self._news(listed.values())
        # Only this answer has told the vendor's clock, if it was the first one.
        read_to = started + (self._client.server_offset or timedelta())
        alone = [f for f in alone if f.order.id not in listed]
        return news + await self._ask_alone(alone), read_to

    async def _ask_alone(self, followed: Iterable[Followed]) -> tuple[Order, ...]:
        """Ask for single orders: very fresh ones, and those the list does not show."""
        answers: list[Order] = []
        for one in followed:
            try:
                answer = await self._client.order(one.order.id)
            except NotFound:
                one.asked = self._clock.steady()
                continue
            one.asked = self._clock.steady()
            answers.append(_completed(answer, one.order))
        return self._news(answers)

    async def _list(self, start: datetime) -> Mapping[str, Order]:
        found: dict[str, Order] = {}
        page, pages = 1, 1
        while page <= pages:
            part = await self._client.orders(page=page, page_size=PAGE, start=start, retry=False)
            found |= {order.id: order for order in part.items}
            pages, page = part.total_pages, page + 1
        return found

    def _start(self, due: Iterable[Followed], everything: bool) -> datetime:
        """Return from when on to list: just before the oldest order asked about.

        Never later than where the last reading ended: no order falls between two readings, however
        long ago the earlier one was. The vendor's own times are used, so that a wrong clock here
        does not hide an order.
        """
        horizon = self._vendor_now() - self._span
        newest = max((order.time for order in self._seen.values()), default=horizon)
        starts = [f.order.time - MARGIN for f in due]
        starts.append(horizon if everything else max(newest, horizon) - LAG)
        if self._read_to is not None:
            starts.append(self._read_to - LAG)
        return min(starts)

    def _vendor_now(self) -> datetime:
        return self._clock.now() + (self._client.server_offset or timedelta())

    def _news(self, orders: Iterable[Order]) -> tuple[Order, ...]:
        news = tuple(order for order in orders if self._seen.get(order.id) != order)
        for order in news:
            self._remember(order)
        return news

    def _remember(self, order: Order) -> None:
        self._seen[order.id] = order
        if order.final:
            self._open.pop(order.id, None)
        elif order.id in self._open:
            self._open[order.id].order = order
        else:
            age = (self._vendor_now() - order.time).total_seconds()
            now = self._clock.steady()
            self._open[order.id] = Followed(order, placed=now - max(0.0, age), asked=0.0)

    def _due_at(self, followed: Followed) -> float:
        """Return when an open order is asked about next, on the steady clock."""
        if not followed.asked:
            return followed.placed + FIRST_LOOK
        age = followed.asked - followed.placed
        if age < SECOND_LOOK:
            return followed.asked + SECOND_LOOK
        slow = self._interval + (SLOWEST - self._interval) * min(1.0, age / SLOW_AFTER)
        return followed.asked + (slow if age > SLOWEST else self._interval)

    def _until_next(self) -> float:
        now = self._clock.steady()
        jittered = self._interval * self._rng.uniform(0.95, 1.05)
        soonest = min((self._due_at(f) for f in self._open.values()), default=now + jittered)
        return max(0.0, min(jittered, soonest - now))

    def _backoff(self, error: DeskError) -> float:
        """Return how long to leave the vendor alone: doubling, jittered, never under its wish."""
        asked = getattr(error, "retry_after", None) or 0.0
        longest = min(SLOWEST, self._interval * 2 ** min(self._failures - 1, 6))
        return max(asked, self._rng.uniform(longest / 2, longest))

    def _report(self, word: str, message: str, wait: float | None) -> None:
        now = self._clock.now()
        if word != self._word:
            self._word, self._since = word, now
        self._tell(
            PollState(
                state=word,
                since=self._since,
                last_ok=self._last_ok,
                next_at=None if wait is None else now + timedelta(seconds=wait),
                message=message,
            )
        )


def _completed(answer: Order, known: Order) -> Order:
    """Fill in the product and type that `checkOrder` leaves out of a final order."""
    if answer.product and answer.type:
        return answer
    return Order(
        answer.id,
        answer.status,
        answer.quantity,
        answer.product or known.product,
        answer.type or known.type,
        answer.time,
        answer.fulfilled_quantity,
        answer.fulfilled_amount,
        answer.price_per_card,
    )
