"""Following the account's open orders: one list request for a hundred of them, at a fair pace."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from msgspec.structs import replace

from services.domain.book import PollState
from services.domain.errors import (
    AuthFailed,
    BadReply,
    DeskError,
    Failure,
    JournalFailed,
    NotFound,
    failure_of,
)
from services.domain.models import Order, Unread
from services.journal.leases import Pause
from services.orders.followed_orders import SECOND_LOOK, Followed, FollowedOrders
from services.system.clock import Clock
from services.system.tasks import sleep_unless
from services.vendor import pagination
from services.vendor.client import VendorClient
from services.vendor.rate_limit import Priority, priority

MOST_LATE = 3
FEW = 2
LISTS_BEFORE_ASKING_ALONE = 2
HELD = "The vendor did not answer or asked for a pause: every console waits"


class Tracker:
    """Polls the open orders of one account until each is final and its cards have come.

    An order that is paid and has not all of its codes is asked for by itself, quickly at first,
    then slower, for 24 h: the list may leave the cards out.

    Args:
        client: reads of the vendor.
        interval: seconds between two ticks, 5 or more.
        hours: how far back the board reaches.
        found: given the orders that are new or changed; what it fails to take is given again.
        state: called with how the polling goes.
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
        self._found: Final = found
        self._tell: Final = state
        self._shared: Final = pause
        spread = rng or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._orders: Final = FollowedOrders(interval, timedelta(hours=hours), spread)
        self._wake = asyncio.Event()
        self._unreported: dict[str, Order] = {}
        self._odd: set[str] = set()
        self._handing = asyncio.Lock()
        self._asked_now = False
        self._failures = 0
        self._first = True
        self._read_to: datetime | None = None
        self._since: datetime | None = None
        self._last_ok: datetime | None = None
        self._word = ""
        self._reported = PollState()

    @property
    def read_to(self) -> datetime | None:
        """Up to when, by the vendor's clock (UTC), the list has been read and reported."""
        return self._read_to

    def resume(self, read_to: datetime | None) -> None:
        """Read on from where an earlier reading ended, by whichever console that was."""
        if read_to is not None:
            self._read_to = max(self._read_to or read_to, read_to)

    def know(self, orders: Iterable[Order]) -> None:
        """Take over what the journal holds, so that only news is reported."""
        for order in orders:
            self._orders.remember(order, self._clock.steady(), self._vendor_now())

    def follow(self, order: Order) -> None:
        """Follow an order whose purchase is open; a fresh one is asked about in two seconds.

        It may have been seen final before anyone knew whose it is: then it is reported again.
        """
        if order.id not in self._orders.open:
            self.know((order,))
        self._wake.set()

    def seen(self, order_id: str) -> Order | None:
        """Return an order as it was read last, None while it was not."""
        return self._orders.seen.get(order_id)

    async def take(self, order: Order) -> None:
        """Tell what somebody read of an order that is known here, cards included in their number.

        Raises:
            DeskError: it could not be taken; it is reported with the next tick.
        """
        if not order.status or self.seen(order.id) is None:
            return
        for news in self._news((order,)):
            self._unreported[news.id] = news
        await self._hand_on()

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
                    self._report("failing", failure_of(HELD), delay)
                elif leading or self._asked_now:
                    with priority(self._priority()):
                        delay = await self.tick()
                else:
                    delay = self._interval
                    self._first = False
                    self._report("following", None, delay)
            except JournalFailed as error:
                delay = self._interval
                self._report("failing", error.failure, delay)
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
            self._report("stopped", error.failure, None)
            raise
        except DeskError as error:
            self._failures += 1
            wait = self._orders.backoff(self._failures, error.retry_after or 0.0)
            self._report("failing", error.failure, wait)
            if self._shared is not None:
                await self._shared.hold(wait)
            return wait
        self._first = False
        if self._failures and self._shared is not None:
            await self._shared.hold(0)
        self._failures = 0
        self._last_ok = self._clock.now()
        wait = self._orders.until_next(self._clock.steady())
        self._report("live", None, wait)
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
        self._unreported |= {order.id: order for order in news}
        await self._hand_on()
        self.resume(read_to)

    async def _hand_on(self) -> None:
        async with self._handing:
            news = dict(self._unreported)
            if news:
                await self._found(tuple(news.values()))
            for order_id, order in news.items():
                if self._unreported.get(order_id) is order:
                    del self._unreported[order_id]

    def _priority(self) -> Priority:
        """Return whether somebody waits for the next tick: for its rows, or for new cards."""
        fresh = self._orders.fresh_due(self._clock.steady())
        return Priority.PERSON if self._asked_now or fresh else Priority.BACKGROUND

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
            end = min(end, self._clock.steady() + self._orders.until_next(self._clock.steady()))
            self._say_when(end - self._clock.steady())

    async def _ask(self, everything: bool) -> tuple[tuple[Order, ...], datetime | None]:
        """Return what is new, and up to when the list was read for it; None: it was not."""
        now, started = self._clock.steady(), self._clock.now()
        due = self._orders.due(now, everything=everything)
        late = sorted((f for f in due if f.order.missing), key=lambda f: f.asked)[:MOST_LATE]
        due = [f for f in due if not f.order.missing]
        alone = [f for f in due if f.unlisted >= LISTS_BEFORE_ASKING_ALONE]
        fresh = [f for f in due if now - f.placed < SECOND_LOOK]
        if due and len(due) == len(fresh) <= FEW and not everything:
            return self._news(await self._answers((*fresh, *late), {})), None
        start = self._orders.list_start(
            due, self._vendor_now(), self._read_to, everything=everything
        )
        listed, unread = await self._list(start)
        for followed in due:
            if followed.order.id in listed:
                followed.unlisted = 0
            else:
                followed.unlisted += 1
            followed.asked = now
        # The list may leave cards out that the order itself has: that is asked first.
        short = [f for f in due if f.order.id in listed and listed[f.order.id].missing]
        alone += [*late, *short[:MOST_LATE]]
        answers = {order.id: order for order in await self._answers(alone, listed)}
        news = self._news({**listed, **answers}.values())
        # Only this answer has said the vendor's clock, if it was the first one.
        read_to = started + (self._client.server_offset or timedelta())
        return news + await self._ask_unread(unread), read_to

    async def _answers(
        self, followed: Iterable[Followed], listed: Mapping[str, Order]
    ) -> list[Order]:
        """Ask for single orders, but for those that the list shows with nothing missing."""
        answers: list[Order] = []
        for one in followed:
            seen = listed.get(one.order.id)
            if seen is not None and not seen.missing:
                continue
            try:
                answer = await self._client.order(one.order.id, known=one.order)
            except (NotFound, BadReply):
                # What one order's answer lacks costs the others nothing.
                one.asked = self._clock.steady()
                continue
            one.asked = self._clock.steady()
            answers.append(answer)
        return answers

    async def _ask_unread(self, unread: Iterable[Unread]) -> tuple[Order, ...]:
        """Ask for orders that the list holds and does not show, each alone and once."""
        fresh = [
            item
            for item in unread
            if item.id not in self._orders.seen and item.mark not in self._odd
        ]
        self._odd.update(item.mark for item in fresh)
        found, _ = await pagination.alone(fresh, self._client.order)
        return self._news(found)

    async def _list(self, start: datetime) -> tuple[Mapping[str, Order], tuple[Unread, ...]]:
        found: dict[str, Order] = {}
        unread: list[Unread] = []
        read = partial(self._client.orders, start=start, retry=False)
        async for page in pagination.pages(lambda number: read(page=number)):
            found |= {order.id: order for order in page.items}
            unread += page.unread
        return found, tuple(unread)

    def _news(self, orders: Iterable[Order]) -> tuple[Order, ...]:
        return self._orders.news(orders, self._clock.steady(), self._vendor_now())

    def _vendor_now(self) -> datetime:
        return self._clock.now() + (self._client.server_offset or timedelta())

    def _report(self, word: str, failure: Failure | None, wait: float | None) -> None:
        now = self._clock.now()
        if word != self._word:
            self._word, self._since = word, now
        self._reported = PollState(
            state=word,
            since=self._since,
            last_ok=self._last_ok,
            next_at=None if wait is None else now + timedelta(seconds=wait),
            failure=failure,
        )
        self._tell(self._reported)

    def _say_when(self, wait: float) -> None:
        """Say that the next tick is sooner than was said after the last one."""
        next_at = self._clock.now() + timedelta(seconds=wait)
        if self._reported.next_at is not None and next_at < self._reported.next_at:
            self._reported = replace(self._reported, next_at=next_at)
            self._tell(self._reported)
