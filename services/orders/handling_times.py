"""How long orders usually take, by what the account's own orders took, and when each ended."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from types import MappingProxyType

from services.domain.book import UsualTime
from services.domain.models import FINAL_STATUSES, WITH_CARDS, Purchase
from services.journal.recent_purchases import HandledOrder

LAST = 20
"""By how many orders the usual time is judged: those that ended last."""

LEAST = 5
"""With fewer orders there is no usual time."""

GoodsId = tuple[str, str]
"""A product and a type; no type stands for every value of the product."""


def _last() -> deque[float]:
    return deque(maxlen=LAST)


class HandlingTimes:
    """Learns from each order that ends.

    Attributes:
        ended: by purchase id, when its order ended (UTC).
        usual: by goods, the usual time; a new mapping whenever one changes.
    """

    def __init__(self) -> None:
        self._seconds: defaultdict[GoodsId, deque[float]] = defaultdict(_last)
        self.ended: dict[str, datetime] = {}
        self.usual: Mapping[GoodsId, UsualTime] = MappingProxyType({})

    def begin(self, handled: Iterable[HandledOrder]) -> None:
        """Begin with what the journal holds, oldest first; what was taken before is in it."""
        self._seconds.clear()
        for order in handled:
            if order.ended_at is not None:
                self.ended[order.purchase_id] = order.ended_at
            if order.sent_at is not None and order.came_at is not None:
                self._learn(order.product_id, order.type_id, order.came_at - order.sent_at)
        self._judge(*self._seconds)

    def take(self, purchase: Purchase) -> None:
        """Take a purchase that has come to another state just now."""
        if purchase.state not in FINAL_STATUSES:
            return
        first = purchase.id not in self.ended
        self.ended[purchase.id] = purchase.updated_at
        if first and purchase.state in WITH_CARDS and purchase.sent_at is not None:
            took = purchase.updated_at - purchase.sent_at
            self._judge(*self._learn(purchase.product_id, purchase.type_id, took))

    def _learn(self, product_id: str, type_id: str, took: timedelta) -> tuple[GoodsId, ...]:
        goods = (product_id, type_id), (product_id, "")
        for each in goods:
            self._seconds[each].append(max(0.0, took.total_seconds()))
        return goods

    def _judge(self, *goods: GoodsId) -> None:
        judged = {
            each: UsualTime(median(seconds), sorted(seconds)[ceil(0.9 * len(seconds)) - 1])
            for each in goods
            if len(seconds := self._seconds[each]) >= LEAST
        }
        if judged:
            self.usual = MappingProxyType({**self.usual, **judged})
