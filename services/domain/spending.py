"""Money at a glance in words: a name and a sentence for each thing, for screen and command."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import LiteralString

from msgspec import Struct

from services.domain.local_time import local_minute
from services.domain.money import Prices
from services.domain.phrase import Phrase, counted, numbered, phrase, plain

DAYS = 7
"""How many days back the pace is taken from."""


LEAST_DAYS = 3
"""How many days of purchases there must be before a pace means anything."""


COST_NOTHING = frozenset({"NOT_SENT", "REFUSED", "NOT_PLACED", "REFUNDED"})


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

    `today` counts against `day_limit` (0: there is none), the nearest of all that hold; where that
    is the operator's own, `own_today` counts against it. `today` is what `orders` orders of today
    with `cards` cards cost or may still cost. `week` is the same for the last `DAYS` days, and
    `history_days` how many of these days there have been purchases to know of, 0 to `DAYS`.

    `refundable` is what `open_orders` orders in the making cost together, so the most that they can
    give back. `tied` is what `unresolved` purchases cost without an answer.

    `account_today` is what the ledger, when it was last read today, said that the whole account
    spent on orders; None while it was not read.
    """

    today: Decimal = Decimal(0)
    day_limit: Decimal = Decimal(0)
    own_today: Decimal | None = None
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
    def counted(self) -> Decimal:
        """What counts against the limit (DZD)."""
        return self.today if self.own_today is None else self.own_today

    @property
    def left_today(self) -> Decimal | None:
        """What may still be bought today (DZD), None without a limit."""
        return max(Decimal(0), self.day_limit - self.counted) if self.day_limit else None

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
    own: tuple[Decimal, Decimal] | None = None,
    history_days: int,
    account: tuple[Decimal, datetime] | None = None,
) -> Spending:
    """Add tallies up.

    Args:
        recent: of the purchases confirmed in the last `DAYS` days.
        live: of those that are not at an end, however old they are.
        day_limit: DZD a day, 0 for none.
        own: DZD a day of the operator's own, and what the operator spent today.
        history_days: days since the first purchase ever.
        account: what the ledger says the account spent today (DZD), and when (UTC) it was read.
    """
    spent = [tally for tally in recent if tally.state not in COST_NOTHING]
    today = [tally for tally in spent if tally.today]
    at_work = list(live)
    making = [tally for tally in at_work if tally.state in _OPEN]
    lost = [tally for tally in at_work if tally.state in _NOT_SETTLED]
    nearer = own is not None and (not day_limit or own[0] - own[1] < day_limit - _sum(today))
    return Spending(
        today=_sum(today),
        day_limit=own[0] if own and nearer else day_limit,
        own_today=own[1] if own and nearer else None,
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


def spent(tallies: Iterable[Tally]) -> Decimal:
    """Return what these purchases cost or may still cost (DZD)."""
    return _sum(tally for tally in tallies if tally.state not in COST_NOTHING)


def _sum(tallies: Iterable[Tally]) -> Decimal:
    return sum((tally.amount for tally in tallies), Decimal(0))


LONG = 60
"""Days from which a runway is only called long."""

Fact = tuple[str, Phrase]
"""A name, and a sentence in which the amounts can be hidden."""


def facts(
    spending: Spending | None,
    balance: Decimal | None,
    low_balance: Decimal,
    *,
    prices: Prices,
    exclusive: bool,
) -> tuple[Fact, ...]:
    """Return names and sentences, in the order in which a person asks for them.

    Args:
        spending: what the journal adds up to, None while it was not read.
        balance: the account's balance in DZD, None while it is not known.
        low_balance: DZD below which a balance is called low.
        prices: how prices are made.
        exclusive: whether every buyer of the account uses this journal.
    """
    named: list[Fact] = [("balance", _balance(balance, low_balance))]
    if spending is None:
        return (*named, ("spent", plain("The journal has not been read yet.")))
    named += [
        ("today", today(spending)),
        ("bought today", _bought(spending)),
        *_account(spending),
        (f"last {DAYS} days", phrase("{week} DZD spent.", week=spending.week)),
        ("runway", runway(spending, balance)),
        ("may come back", _refundable(spending)),
        ("on hold", _tied(spending)),
        ("price", plain(prices.words)),
    ]
    if not exclusive:
        elsewhere = plain(
            "Only what was bought with this journal. Whatever else buys with this account is in"
            " the ledger."
        )
        named.append(("counted", elsewhere))
    return tuple(named)


def today(spending: Spending) -> Phrase:
    """Say what was spent today, and what the day's limit still lets through."""
    left = spending.left_today
    spent, limit = spending.counted, spending.day_limit
    if left is None:
        return phrase(
            "{spent} DZD spent; there is no limit for a day (purchase.max_day).", spent=spent
        )
    if spending.own_today is not None:
        return phrase(
            "{all} DZD spent, {spent} DZD of {limit} DZD by this operator; {left} DZD may still be"
            " bought by this operator today.",
            all=spending.today,
            spent=spent,
            limit=limit,
            left=left,
        )
    if not left:
        return phrase(
            "{spent} DZD of {limit} DZD spent: the day's limit is used up.",
            spent=spent,
            limit=limit,
        )
    return phrase(
        "{spent} DZD of {limit} DZD spent; {left} DZD may still be bought today.",
        spent=spent,
        limit=limit,
        left=left,
    )


def runway(spending: Spending, balance: Decimal | None) -> Phrase:
    """Say how long the balance lasts, or why that cannot be known."""
    if balance is None:
        return plain("Not known: the balance has not been read.")
    if balance <= 0:
        return plain("The balance is used up.")
    if not spending.week:
        return plain(
            f"Nothing was bought in the last {DAYS} days: unknown how long the balance lasts."
        )
    days = spending.lasts(balance)
    if days is None:
        return _too_little_history(spending.history_days)
    full = spending.history_days >= DAYS
    if not days:
        lasts: LiteralString = (
            "At this week's pace the balance lasts less than a day."
            if full
            else "At the pace of {history} days the balance lasts less than a day."
        )
    elif days >= LONG:
        lasts = (
            "At this week's pace the balance lasts more than {long} days."
            if full
            else "At the pace of {history} days the balance lasts more than {long} days."
        )
    else:
        lasts = (
            "At this week's pace the balance lasts about {days}."
            if full
            else "At the pace of {history} days the balance lasts about {days}."
        )
    return phrase(lasts, history=spending.history_days, long=LONG, days=counted(days, "day"))


def _too_little_history(days: int) -> Phrase:
    if not days:
        return plain(f"Not enough history yet (needs {LEAST_DAYS} days).")
    return numbered(
        days,
        "Not enough history yet: {count} day (needs {least} days).",
        "Not enough history yet: {count} days (needs {least} days).",
        least=LEAST_DAYS,
    )


def _balance(balance: Decimal | None, low_balance: Decimal) -> Phrase:
    if balance is None:
        return plain("Not known: it has not been read.")
    if balance >= low_balance:
        return phrase("{balance} DZD.", balance=balance)
    return phrase(
        "{balance} DZD: low, below {low} DZD. Top the account up at the vendor's.",
        balance=balance,
        low=low_balance,
    )


def _bought(spending: Spending) -> Phrase:
    if not spending.orders:
        return plain("Nothing yet.")
    return phrase(
        "{orders}, {cards}, {spent} DZD, open orders included.",
        orders=counted(spending.orders, "order"),
        cards=counted(spending.cards, "card"),
        spent=spending.today,
    )


def _account(spending: Spending) -> Iterator[Fact]:
    if spending.account_today is None or spending.account_read_at is None:
        return
    said = phrase(
        "{spent} DZD spent by the whole account today, as the ledger said at {at}.",
        spent=spending.account_today,
        at=local_minute(spending.account_read_at),
    )
    yield "account", said


def _refundable(spending: Spending) -> Phrase:
    if not spending.open_orders:
        return plain("None: no order of this desk is open.")
    return numbered(
        spending.open_orders,
        "At most {amount} DZD, of {count} open order.",
        "At most {amount} DZD, of {count} open orders.",
        amount=spending.refundable,
    )


def _tied(spending: Spending) -> Phrase:
    if not spending.unresolved:
        return plain("None: every purchase is settled.")
    return numbered(
        spending.unresolved,
        "{amount} DZD in {count} purchase that has no answer yet. Settle it first.",
        "{amount} DZD in {count} purchases that have no answer yet. Settle them first.",
        amount=spending.tied,
    )
