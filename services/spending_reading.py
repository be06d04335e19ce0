"""Reading what was spent: a few small questions to the journal, asked when something changed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from services.book_models import Book
from services.clock import Clock, midnight
from services.journal import Journal, Transaction
from services.journal_rows import iso, moment
from services.ledger_models import Ledger
from services.spending import DAYS, Spending, Tally, add_up

SECONDS_A_DAY = 86_400
EARLIER_SECONDS = 60.0
"""How long the sums of the days before today are kept: a busy week takes a while to add up."""

END = "9999"

# Amounts are stored with two decimals: without their point they are whole numbers, which SQLite
# adds up exactly.
_ENDED = "state IN ('FULFILLED', 'PARTIALLY_FILLED', 'REFUNDED')"
_SUMS = f"""
    count(*) AS purchases,
    sum(iif({_ENDED}, coalesce(fulfilled_quantity, quantity), quantity)) AS cards,
    sum(CAST(replace(iif({_ENDED}, coalesce(fulfilled_amount, total), total), '.', '') AS INTEGER))
        AS cents
"""
# Every value is bound; the rest is this module's own.
SPAN = f"SELECT state, {_SUMS} FROM purchases WHERE created_at >= ? AND created_at < ? GROUP BY 1"  # noqa: S608
# The states word for word as the index of the living has them.
LIVE = f"SELECT state, {_SUMS} FROM purchases WHERE state IN ('INTENT', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS', 'HANDLING') GROUP BY 1"  # noqa: S608, E501
FIRST = "SELECT min(created_at) AS at FROM purchases"


class SpendingReader:
    """Adds up what a journal's purchases cost.

    Args:
        clock: what the time is, and so where the day began.
        day_limit: what may be spent a day in DZD, 0 for no limit.
    """

    def __init__(self, clock: Clock, day_limit: Decimal) -> None:
        self._clock: Final = clock
        self._day_limit: Final = day_limit
        self._ledger: Ledger | None = None
        self._earlier: list[Tally] = []
        self._earlier_of: tuple[str | None, float] | None = None

    def learn(self, ledger: Ledger) -> None:
        """Take what the ledger says of today; one of another span, or a doubtful one, says less."""
        if ledger.end is None and ledger.complete and ledger.charged:
            self._ledger = ledger

    async def read(self, journal: Journal) -> Spending:
        """Return what was spent up to now; raises JournalFailed."""
        now = self._clock.now()
        day = midnight(now)

        def work(tx: Transaction) -> Spending:
            first = moment((tx.row(FIRST) or {}).get("at"))
            today = [_tally(row, today=True) for row in tx.rows(SPAN, iso(day), END)]
            return add_up(
                [*today, *self._before(tx, iso(now - timedelta(days=DAYS)), iso(day))],
                [_tally(row) for row in tx.rows(LIVE)],
                day_limit=self._day_limit,
                history_days=_days(first, now),
                account=self._account(day),
            )

        return await journal.read(work)

    def _before(self, tx: Transaction, begin: str | None, day: str | None) -> list[Tally]:
        """Return the sums of the days before today, at most `EARLIER_SECONDS` old."""
        held, steady = self._earlier_of, self._clock.steady()
        if held is None or held[0] != day or steady - held[1] >= EARLIER_SECONDS:
            self._earlier = [_tally(row) for row in tx.rows(SPAN, begin, day)]
            self._earlier_of = (day, steady)
        return self._earlier

    def _account(self, day: datetime) -> tuple[Decimal, datetime] | None:
        held = self._ledger
        return (held.day_spent, held.read_at) if held and held.start == day else None


async def follow(books: AsyncIterator[Book], read: Callable[[], Awaitable[object]]) -> None:
    """Read anew whenever an order, a purchase or the balance of a book is news.

    Raises:
        JournalFailed: it could not be read.
    """
    seen: tuple[object, ...] = ()
    async for book in books:
        news = (book.orders, book.unsettled, book.in_flight, book.balance)
        if not seen or any(new is not old for new, old in zip(news, seen, strict=True)):
            seen = news
            await read()


def _tally(row: Mapping[str, Any], *, today: bool = False) -> Tally:
    amount = Decimal(row["cents"]).scaleb(-2)
    return Tally(row["state"], row["purchases"], row["cards"], amount, today)


def _days(first: datetime | None, now: datetime) -> int:
    return 0 if first is None else max(0, round((now - first).total_seconds() / SECONDS_A_DAY))
