"""Which orders are followed, and when each is asked about: quickly at first, then slower."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from services.domain.models import Order, more_cards

FIRST_LOOK = 2.0
"""Seconds after it was placed at which an order is asked about first."""

SECOND_LOOK = 5.0
SLOWEST = 60.0
"""Seconds between two looks at an order that is older than `SLOW_AFTER`."""

SLOW_AFTER = 600.0
LATE_FOR_HOURS = 24
"""How long codes that have not come are asked for."""

LATE_AFTER = 3_600.0
LATE_SLOWEST = 300.0
"""Seconds between two looks once codes are late for longer than `LATE_AFTER`."""

MARGIN = timedelta(seconds=30)
LAG = timedelta(minutes=10)
"""How long the list may take to show an order."""


class Followed(Struct):
    """What is remembered of one open order, in seconds of the steady clock.

    `placed` is when it was placed; of an order whose codes are late, when it ended without them.
    """

    order: Order
    placed: float
    asked: float
    unlisted: int = 0


class FollowedOrders:
    """The orders that are known, and of those that are open when each is due; asks nothing itself.

    Times `now` are seconds of the steady clock, `vendor_now` is UTC by the vendor's clock.

    Args:
        interval: seconds between two ticks, 5 or more.
        span: how far back the board reaches.
        rng: for the jitter.
    """

    def __init__(self, interval: float, span: timedelta, rng: random.Random) -> None:
        self._interval: Final = interval
        self._span: Final = span
        self._rng: Final = rng
        self.seen: Final[dict[str, Order]] = {}
        self.open: Final[dict[str, Followed]] = {}

    def news(self, orders: Iterable[Order], now: float, vendor_now: datetime) -> tuple[Order, ...]:
        """Remember orders and return those that are new or changed."""
        known = (_with_cards(order, self.seen.get(order.id)) for order in orders)
        news = tuple(order for order in known if self.seen.get(order.id) != order)
        for order in news:
            self.remember(order, now, vendor_now)
        return news

    def remember(self, order: Order, now: float, vendor_now: datetime) -> None:
        """Take an order as it was read; an open one is followed from here on."""
        order = _with_cards(order, self.seen.get(order.id))
        self.seen[order.id] = order
        followed = self.open.get(order.id)
        if not order.open:
            self.open.pop(order.id, None)
        elif followed is None:
            age = (vendor_now - order.time).total_seconds()
            if not order.final or age < LATE_FOR_HOURS * 3_600:
                self.open[order.id] = Followed(order, placed=now - max(0.0, age), asked=0.0)
        else:
            if order.missing and not followed.order.missing:
                # It has ended at this moment: its codes are asked for as quickly as its end was.
                followed.placed, followed.asked = now, 0.0
            followed.order = order

    def due(self, now: float, *, everything: bool) -> list[Followed]:
        """Return the open orders to ask about now.

        Those whose codes did not come for a day are left alone; a person can still ask.
        """
        for followed in tuple(self.open.values()):
            if followed.order.final and now - followed.placed > LATE_FOR_HOURS * 3_600:
                del self.open[followed.order.id]
        return [f for f in self.open.values() if everything or self._due_at(f) <= now]

    def fresh_due(self, now: float) -> bool:
        """Tell whether one is due that was placed just now, so that somebody waits for it."""
        return any(now - f.placed < SLOWEST and self._due_at(f) <= now for f in self.open.values())

    def until_next(self, now: float) -> float:
        """Return the seconds until the next one is due, at most the interval."""
        jittered = self._interval * self._rng.uniform(0.95, 1.05)
        soonest = min((self._due_at(f) for f in self.open.values()), default=now + jittered)
        return max(0.0, min(jittered, soonest - now))

    def backoff(self, failures: int, asked: float) -> float:
        """Return how long to leave the vendor alone: doubling, jittered, never under its wish."""
        longest = min(SLOWEST, self._interval * 2 ** min(failures - 1, 6))
        return max(asked, self._rng.uniform(longest / 2, longest))

    def list_start(
        self,
        due: Iterable[Followed],
        vendor_now: datetime,
        read_to: datetime | None,
        *,
        everything: bool,
    ) -> datetime:
        """Return from when on to list: just before the oldest order asked about.

        Never later than where the last reading ended: no order falls between two readings, however
        long ago the earlier one was. The vendor's own times are used, so that a wrong clock here
        does not hide an order.
        """
        horizon = vendor_now - self._span
        newest = max((order.time for order in self.seen.values()), default=horizon)
        starts = [f.order.time - MARGIN for f in due]
        starts.append(horizon if everything else max(newest, horizon) - LAG)
        if read_to is not None:
            starts.append(read_to - LAG)
        return min(starts)

    def _due_at(self, followed: Followed) -> float:
        """Return when an open order is asked about next, on the steady clock."""
        if not followed.asked:
            return followed.placed + FIRST_LOOK
        age = followed.asked - followed.placed
        if age < SECOND_LOOK:
            return followed.asked + SECOND_LOOK
        if followed.order.missing and age > LATE_AFTER:
            return followed.asked + LATE_SLOWEST
        slow = self._interval + (SLOWEST - self._interval) * min(1.0, age / SLOW_AFTER)
        return followed.asked + (slow if age > SLOWEST else self._interval)


def _with_cards(order: Order, known: Order | None) -> Order:
    """Return an order with the most cards that any answer held."""
    if known is None or known.cards_came is None:
        return order
    came = more_cards(order.cards_came, known.cards_came)
    return order if came == order.cards_came else replace(order, cards_came=came)
