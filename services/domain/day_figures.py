"""The figures of a day: what was sold and what it cost, by the hour, and what the balance did."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice, pairwise
from typing import NamedTuple

from msgspec import Struct

from services.domain import money
from services.domain.money import ZERO, Prices
from services.domain.phrase import counted
from services.domain.spending import DAYS, LEAST_DAYS, Spending
from services.domain.text import NOTHING, SafeText

HOUR = timedelta(hours=1)
LEAST_HOURS = timedelta(hours=3)
"""A plot of the day has so many hours before the one that goes on."""

KNOWN_AFTER = f"known after {LEAST_DAYS} days"


class At(Struct, frozen=True):
    """An amount (DZD) and its time (UTC): what an hour or a day cost, a balance, a deposit."""

    time: datetime
    amount: Decimal


class ToHandOver(NamedTuple):
    """How many orders have cards that are not handed over yet, and how many cards that is."""

    orders: int
    cards: int


class Figure(NamedTuple):
    """A figure of the day: its name on the screen and its words."""

    name: str
    words: str


class Goods(Struct, frozen=True):
    """What was bought of one denomination at one cost; amounts are in DZD.

    `cost` is what `cards` cards of `orders` orders cost or may still cost. `priced` is what the
    customers pay for them, None where that was not kept with the purchases.
    """

    product_id: str
    type_id: str
    product: SafeText
    unit_cost: Decimal
    orders: int
    cards: int
    cost: Decimal
    operator: SafeText = NOTHING
    priced: Decimal | None = None

    def sold(self, prices: Prices) -> Decimal:
        """Return what the customers pay for these cards (DZD)."""
        if self.priced is not None:
            return self.priced
        return prices.price(self.unit_cost, self.product_id, self.type_id) * self.cards


class Seller(Struct, frozen=True):
    """A product and what was sold of it today, in DZD."""

    product: SafeText
    cards: int
    sold: Decimal


class DeskShare(Struct, frozen=True):
    """What one operator sold today, in DZD."""

    operator: SafeText
    orders: int
    cards: int
    sold: Decimal
    margin: Decimal


class DayFigures(Struct, frozen=True):
    """The day of this journal since midnight here. Times are UTC, amounts DZD.

    `goods` counts open orders and purchases without an answer in full. `hours` are what was spent
    by the hour, from the first one with an order to the one of `until`; `days` the last days,
    today the last of them. `balance` says how the balance went, `deposits` what was paid in: both
    are empty while nothing is known of it. `until` is when the figures changed last.
    """

    start: datetime
    until: datetime
    goods: tuple[Goods, ...] = ()
    came_back: Decimal = ZERO
    hours: tuple[At, ...] = ()
    days: tuple[At, ...] = ()
    balance: tuple[At, ...] = ()
    deposits: tuple[At, ...] = ()

    @property
    def cost(self) -> Decimal:
        """What all of it costs us."""
        return sum((each.cost for each in self.goods), ZERO)

    @property
    def orders(self) -> int:
        """How many orders there were."""
        return sum(each.orders for each in self.goods)

    @property
    def cards(self) -> int:
        """How many cards they have."""
        return sum(each.cards for each in self.goods)

    @property
    def begin(self) -> datetime:
        """Where a plot of the day begins: the full hour in which money moved first.

        It is some hours long where the day has them, so that one hour does not fill all of it.
        """
        moved = (b.time for a, b in pairwise(self.balance) if a.amount != b.amount)
        first = [*(each.time for each in self.hours[:1]), *islice(moved, 1)]
        if not first:
            return full_hour(self.until)
        early = full_hour(self.until) - LEAST_HOURS
        return max(self.start, min(full_hour(min(first)), early))

    def sold(self, prices: Prices) -> Decimal:
        """Return what the customers pay for all of it."""
        return sum((each.sold(prices) for each in self.goods), ZERO)

    def sellers(self, prices: Prices) -> tuple[Seller, ...]:
        """Return the products by what was sold of them, the most first."""
        cards: defaultdict[SafeText, int] = defaultdict(int)
        sold: defaultdict[SafeText, Decimal] = defaultdict(Decimal)
        for each in self.goods:
            cards[each.product] += each.cards
            sold[each.product] += each.sold(prices)
        found = [Seller(name, cards[name], sold[name]) for name in sold if cards[name]]
        return tuple(sorted(found, key=lambda each: (-each.sold, each.product)))

    def desks(self, prices: Prices) -> tuple[DeskShare, ...]:
        """Return what each operator sold, the most first."""
        by_name: defaultdict[SafeText, list[Goods]] = defaultdict(list)
        for each in self.goods:
            by_name[each.operator].append(each)
        found: list[DeskShare] = []
        for name, goods in by_name.items():
            sold = sum((each.sold(prices) for each in goods), ZERO)
            cost = sum((each.cost for each in goods), ZERO)
            orders, cards = sum(each.orders for each in goods), sum(each.cards for each in goods)
            found.append(DeskShare(name, orders, cards, sold, sold - cost))
        return tuple(sorted(found, key=lambda each: (-each.sold, each.operator)))

    def figures(
        self, spending: Spending, prices: Prices, waiting: ToHandOver, balance: Decimal | None
    ) -> dict[str, Figure]:
        """Return the figures as the screen and the command say them, the most important first."""
        sold, cost = self.sold(prices), self.cost
        left, days = spending.left_today, None if balance is None else spending.lasts(balance)
        named = {
            "sold": Figure("sold", money.exact(sold)),
            "cost": Figure("cost", money.exact(cost)),
            "margin": Figure("margin", money.exact(sold - cost)),
            "share": Figure("in %", money.percent(sold - cost, sold) or "-"),
            "back": Figure("came back", money.exact(self.came_back)),
            "held": Figure("on hold", money.exact(spending.refundable + spending.tied)),
            "orders": Figure(
                "orders, cards", f"{money.count(self.orders)}, {money.count(self.cards)}"
            ),
            "waiting": Figure(
                "to hand over",
                f"{counted(waiting.orders, 'order')}, {counted(waiting.cards, 'card')}",
            ),
            "left": Figure(
                "today's limit" if left is None else "left of today's limit",
                "none"
                if left is None
                else f"{money.whole(left)} of {money.whole(spending.day_limit)}",
            ),
            "lasts": Figure(
                "how long it lasts" if days is None else "lasts at this pace",
                KNOWN_AFTER if days is None else counted(days, "day"),
            ),
        }
        if spending.account_today is not None:
            named["account"] = Figure("spent by the account", money.exact(spending.account_today))
        if spending.pace is not None:
            named["pace"] = Figure(
                f"a day, of {min(DAYS, spending.history_days)}", money.exact(spending.pace)
            )
        if self.orders:
            named["average"] = Figure("an order costs on average", money.exact(cost / self.orders))
        return named


def full_hour(time: datetime) -> datetime:
    """Return when the hour of a time (UTC) began on the wall clock here."""
    local = time.astimezone()
    return time - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )


def by_hour(spent: Iterable[At], until: datetime) -> tuple[At, ...]:
    """Add what was spent at a time up by the hour, without a gap up to `until` (UTC)."""
    hours: defaultdict[datetime, Decimal] = defaultdict(Decimal)
    for each in spent:
        hours[full_hour(each.time)] += each.amount
    if not hours:
        return ()
    first, last = min(hours), full_hour(until)
    count = max(0, round((last - first) / HOUR)) + 1
    return tuple(At(time, hours[time]) for time in (first + HOUR * at for at in range(count)))
