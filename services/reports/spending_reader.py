"""Reading what was spent: a few small questions to the journal, asked when something changed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.domain.book import Book
from services.domain.day_figures import At, DayFigures
from services.domain.ledger import Ledger
from services.domain.models import Balance
from services.domain.spending import DAYS, Spending, Tally, add_up, spent
from services.domain.text import clean
from services.journal import kept_limits, spending
from services.journal.database import Journal
from services.journal.transaction import JournalTransaction
from services.reports.day_reader import DayReader
from services.system.clock import Clock, midnight

SECONDS_A_DAY = 86_400
EARLIER_SECONDS = 60.0
"""How long the sums of the days before today are kept: a busy week takes a while to add up."""


class SpendingReader:
    """Adds up what a journal's purchases cost.

    Args:
        clock: what the time is, and so where the day began.
        day_limit: what the settings let be spent a day in DZD, 0 for no limit.
        charged: whether this environment takes money for orders.
    """

    def __init__(self, clock: Clock, day_limit: Decimal, *, charged: bool) -> None:
        self._clock: Final = clock
        self._day_limit: Final = day_limit
        self._day: Final = DayReader(charged=charged)
        self._ledger: Ledger | None = None
        self._earlier: list[tuple[datetime, list[Tally]]] = []
        self._earlier_of: tuple[datetime, float] | None = None

    def learn(self, ledger: Ledger) -> None:
        """Take what the ledger says of today; one of another span, or a doubtful one, says less."""
        if ledger.end is None and ledger.complete and ledger.charged:
            self._ledger = ledger

    def note(self, balance: Balance) -> None:
        """Take a reading of the balance."""
        self._day.note(balance)

    async def read(self, journal: Journal) -> tuple[Spending, DayFigures]:
        """Return what was spent up to now, and the figures of today; raises JournalFailed."""
        now = self._clock.now()
        day = midnight(now)

        def work(tx: JournalTransaction) -> tuple[Spending, DayFigures]:
            earlier = self._before(tx, now, day)
            limit, own = self._limits(tx, day)
            read = add_up(
                [
                    *spending.between(tx, day, today=True),
                    *(tally for _, tallies in earlier for tally in tallies),
                ],
                spending.unfinished(tx),
                day_limit=limit,
                own=own,
                history_days=_days(spending.first(tx), now),
                account=self._account(day),
            )
            days = [At(start, spent(tallies)) for start, tallies in earlier[1:]]
            ledger = self._ledger if self._ledger and self._ledger.start == day else None
            return read, self._day.read(tx, now, (*days, At(day, read.today)), ledger)

        return await journal.read(work)

    def _limits(
        self, tx: JournalTransaction, day: datetime
    ) -> tuple[Decimal, tuple[Decimal, Decimal] | None]:
        """Return the stricter limit of all, and the operator's own with what counts against it."""
        kept = {each.operator: each.max_day for each in kept_limits.each(tx)}
        of_all = [limit for limit in (self._day_limit, kept.get(kept_limits.ALL)) if limit]
        who = clean(tx.who)
        own = kept.get(who)
        return min(of_all, default=Decimal(0)), (
            (own, spending.spent(tx, day, who)) if own else None
        )

    def _before(
        self, tx: JournalTransaction, now: datetime, day: datetime
    ) -> list[tuple[datetime, list[Tally]]]:
        """Return the sums of each day before today, at most `EARLIER_SECONDS` old.

        The first is the part of a day that makes the time up to `DAYS` whole days.
        """
        held, steady = self._earlier_of, self._clock.steady()
        if held is None or held[0] != day or steady - held[1] >= EARLIER_SECONDS:
            starts = [day]
            while len(starts) < DAYS:
                starts.append(midnight(starts[-1] - timedelta(hours=12)))
            starts.append(now - timedelta(days=DAYS))
            starts.reverse()
            self._earlier = [
                (start, spending.between(tx, start, end)) for start, end in pairwise(starts)
            ]
            self._earlier_of = (day, steady)
        return self._earlier

    def _account(self, day: datetime) -> tuple[Decimal, datetime] | None:
        held = self._ledger
        return (held.day_spent, held.read_at) if held and held.start == day else None


async def follow(books: AsyncIterator[Book], read: Callable[[], Awaitable[object]]) -> None:
    """Read again whenever an order, a purchase or a reading of the balance is news.

    Raises:
        JournalFailed: it could not be read.
    """
    seen: tuple[object, ...] = ()
    async for book in books:
        news = (book.orders, book.unsettled, book.in_flight, book.balance, book.balance_error)
        if not seen or any(new is not old for new, old in zip(news, seen, strict=True)):
            seen = news
            await read()


def _days(first: datetime | None, now: datetime) -> int:
    return 0 if first is None else max(0, round((now - first).total_seconds() / SECONDS_A_DAY))
