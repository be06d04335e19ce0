"""Money at a glance: what was spent, what may come back, how long the balance lasts. Pure."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from msgspec import Struct

DAYS = 7
"""How many days back the pace is taken from."""

LEAST_DAYS = 3
"""How many days of purchases there must be before a pace means anything."""

_COST_NOTHING = frozenset({"NOT_SENT", "REFUSED", "NOT_PLACED", "REFUNDED"})
_NOT_SETTLED = frozenset({"SENDING", "UNRESOLVED", "AMBIGUOUS"})
_OPEN = frozenset({"HANDLING"})


class Tally(Struct, frozen=True):
    """What the journal's purchases of one state add up to.

    `amount` (DZD) is what they cost or, while they are not at an end, what they may still cost;
    `cards` likewise. `today` is whether they were confirmed since the last midnight here.
    """

    state: str
    purchases: int
    cards: int
    amount: Decimal
    today: bool = False


class Spending(Struct, frozen=True):
    """What this journal's purchases cost; amounts are DZD, times UTC.

    `today` counts against `day_limit` (0: there is none). It is what `orders` orders of today with
    `cards` cards cost or may still cost. `week` is the same for the last `DAYS` days, and
    `history_days` how many of these days there have been purchases to know of, 0 to `DAYS`.

    `refundable` is what `open_orders` orders in the making cost together, so the most that they can
    give back. `tied` is what `unresolved` purchases cost that nobody answered for.

    `account_today` is what the ledger, when it was last read today, said that the whole account
    spent on orders; None while it was not read.
    """

    today: Decimal = Decimal(0)
    day_limit: Decimal = Decimal(0)
    orders: int = 0
    cards: int = 0
    week: Decimal = Decimal(0)
    history_days: int = 0
    refundable: Decimal = Decimal(0)
    open_orders: int = 0
    tied: Decimal = Decimal(0)
    unresolved: int = 0
    account_today: Decimal | None = None
    account_read_at: datetime | None = None

    @property
    def left_today(self) -> Decimal | None:
        """What may still be bought today (DZD), None without a limit."""
        return max(Decimal(0), self.day_limit - self.today) if self.day_limit else None

    @property
    def pace(self) -> Decimal | None:
        """DZD spent a day, None while there is too little history or nothing was spent."""
        if self.history_days < LEAST_DAYS or not self.week:
            return None
        return self.week / self.history_days

    def lasts(self, balance: Decimal) -> int | None:
        """Return for how many whole days a balance (DZD) lasts at this pace, None without one."""
        if self.pace is None:
            return None
        return max(0, int((balance / self.pace).to_integral_value(rounding=ROUND_FLOOR)))


def add_up(
    recent: Iterable[Tally],
    live: Iterable[Tally],
    *,
    day_limit: Decimal,
    history_days: int,
    account: tuple[Decimal, datetime] | None = None,
) -> Spending:
    """Add tallies up.

    Args:
        recent: of the purchases confirmed in the last `DAYS` days.
        live: of those that are not at an end, however old they are.
        day_limit: DZD a day, 0 for none.
        history_days: days since the first purchase ever.
        account: what the ledger says the account spent today (DZD), and when (UTC) it was read.
    """
    spent = [tally for tally in recent if tally.state not in _COST_NOTHING]
    today = [tally for tally in spent if tally.today]
    at_work = list(live)
    making = [tally for tally in at_work if tally.state in _OPEN]
    lost = [tally for tally in at_work if tally.state in _NOT_SETTLED]
    return Spending(
        today=_sum(today),
        day_limit=day_limit,
        orders=sum(tally.purchases for tally in today),
        cards=sum(tally.cards for tally in today),
        week=_sum(spent),
        history_days=min(DAYS, history_days),
        refundable=_sum(making),
        open_orders=sum(tally.purchases for tally in making),
        tied=_sum(lost),
        unresolved=sum(tally.purchases for tally in lost),
        account_today=account[0] if account else None,
        account_read_at=account[1] if account else None,
    )


def _sum(tallies: Iterable[Tally]) -> Decimal:
    return sum((tally.amount for tally in tallies), Decimal(0))
