"""The unclaimed orders of the account: how many, and since when they are watched for."""

from collections.abc import Iterable, Set
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from services.domain.models import Order
from services.journal.orders import TrackedOrders, Watch
from services.orders.tracker import Tracker

AwaitedGoods: TypeAlias = tuple[str, str, int]
WRITTEN_EVERY = timedelta(minutes=1)


class Unclaimed:
    """Keeps their number current, and how far the account's list was read for them.

    What turns up while a purchase of the same goods waits for its answer may be its order: it
    counts once none waits any more. Methods that ask the journal raise JournalFailed.
    """

    def __init__(self, tracked: TrackedOrders, tracker: Tracker) -> None:
        self._tracked: Final = tracked
        self._tracker: Final = tracker
        self._watch: Watch | None = None
        self._ids: set[str] = set()
        self._early: dict[str, AwaitedGoods] = {}

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._ids)

    @property
    def since(self) -> datetime | None:
        """Since when the account is watched (UTC, the vendor's clock)."""
        return self._watch.since if self._watch else None

    async def watch(self, now: datetime) -> None:
        """Begin to watch the account, or go on from where any console has read its list to.

        Args:
            now: the current time by the vendor's clock, UTC.
        """
        self._watch = await self._tracked.watch(now)
        self._tracker.resume(self._watch.read_to)

    async def keep(self, every: timedelta = WRITTEN_EVERY) -> None:
        """Write down how far the list was read, once that is so much further than the last time."""
        held, read_to = self._watch, self._tracker.read_to
        if held is not None and read_to is not None and read_to - held.read_to > every:
            await self._tracked.watched(read_to)
            self._watch = Watch(held.since, read_to)

    async def fill(self) -> None:
        """Count what the journal holds."""
        self._ids.update(order.id for order in await self._tracked.unclaimed())

    async def look_at(self, orders: Iterable[Order], awaited: Set[AwaitedGoods]) -> int:
        """Count those of these orders that are unclaimed; returns how many are news.

        Args:
            orders: as they were just written down.
            awaited: the goods of the purchases that wait for an answer, or for their order.
        """
        goods = {order.id: (order.product, order.type, order.quantity) for order in orders}
        found = await self._tracked.unclaimed_among(goods) - self._ids
        self._early |= {name: goods[name] for name in found}
        return self._count_early(awaited)

    def claimed(self, order_ids: Iterable[str], awaited: Set[AwaitedGoods]) -> None:
        """Take out orders that a purchase claims; count what it was not that was waited for."""
        for name in order_ids:
            self._ids.discard(name)
            self._early.pop(name, None)
        self._count_early(awaited)

    def _count_early(self, awaited: Set[AwaitedGoods]) -> int:
        unclaimed_orders = [name for name, goods in self._early.items() if goods not in awaited]
        for name in unclaimed_orders:
            del self._early[name]
        self._ids.update(unclaimed_orders)
        return len(unclaimed_orders)
