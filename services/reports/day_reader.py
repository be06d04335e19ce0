"""Reading the figures of today from the journal, with what is known of the balance."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from services.domain.day_figures import At, DayFigures, by_hour
from services.domain.ledger import Ledger
from services.domain.models import Balance
from services.domain.money import ZERO
from services.journal import spending
from services.journal.connection import JournalTransaction
from services.reports.balance_curve import balance_of_day, deposits_of

BEFORE = timedelta(days=1)
"""How long before today an order may have been placed whose money comes back today."""


class DayReader:
    """Puts the day together; what did not change is the same object as before.

    Args:
        charged: whether this environment takes money for orders.
    """

    def __init__(self, *, charged: bool) -> None:
        self._charged: Final = charged
        self._readings: list[At] = []
        self._last: DayFigures | None = None

    def note(self, balance: Balance) -> None:
        """Take a reading of the balance; one that tells the same as the last is no news."""
        if not self._readings or self._readings[-1].amount != balance.amount:
            self._readings.append(At(balance.read_at, balance.amount))

    def read(
        self, tx: JournalTransaction, now: datetime, days: tuple[At, ...], ledger: Ledger | None
    ) -> DayFigures:
        """Return the figures.

        Args:
            tx: the journal.
            now: the time (UTC).
            days: what was spent on each of the last days, today the last of them.
            ledger: the movements of today, None while they were not read.
        """
        start = days[-1].time
        back = spending.refunds(tx, start, start - BEFORE)
        spent, debited = spending.minutes(tx, start)
        moves = [At(each.time, -each.amount) for each in debited]
        figures = DayFigures(
            start=start,
            until=now,
            goods=spending.goods(tx, start),
            came_back=sum((each.amount for each in back), ZERO),
            hours=by_hour(spent, now),
            days=days,
            balance=balance_of_day(
                [*moves, *back] if self._charged else (), self._today(start), ledger
            ),
            deposits=deposits_of(ledger),
        )
        last = self._last
        if last is None or replace(figures, until=last.until) != last:
            self._last = last = figures
        return last

    def _today(self, start: datetime) -> list[At]:
        """Return the readings of today; the last one before it is the balance it began with."""
        before = [each for each in self._readings if each.time < start]
        self._readings = [
            *(At(start, each.amount) for each in before[-1:]),
            *(each for each in self._readings if each.time >= start),
        ]
        return self._readings
