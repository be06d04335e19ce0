"""Reading the figures of today from the journal, and how the balance went over the day."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from services.domain.day_figures import At, DayFigures, by_hour
from services.domain.ledger import DEBIT, REFUND, Ledger
from services.domain.models import Balance
from services.domain.money import ZERO
from services.journal import spending
from services.journal.transaction import JournalTransaction

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


def balance_of_day(
    moves: Iterable[At], readings: Sequence[At], ledger: Ledger | None
) -> tuple[At, ...]:
    """Return how the balance went, oldest first; empty where no balance is known.

    Args:
        moves: what the journal says went off the balance (negative) or came back.
        readings: balances as they were read, oldest first.
        ledger: the account's movements up to when it was read; it knows of more than the journal.
    """
    known = _of_ledger(ledger) if ledger else []
    since = ledger.read_at if ledger and known else None
    known += [each for each in readings if since is None or each.time > since]
    if not known:
        return ()
    later = sorted(
        (each for each in moves if since is None or each.time > since), key=lambda each: each.time
    )
    return _joined(known, later)


def deposits_of(ledger: Ledger | None) -> tuple[At, ...]:
    """Return what was paid in, oldest first; money that came back of an order is no deposit."""
    rows = reversed(ledger.rows) if ledger else ()
    return tuple(
        At(row.transaction.time, row.change)
        for row in rows
        if row.change is not None and row.change > 0 and row.transaction.type not in (DEBIT, REFUND)
    )


def _of_ledger(ledger: Ledger) -> list[At]:
    """Return the balances that the movements tell, the first one before the first movement."""
    points: list[At] = []
    for row in reversed(ledger.rows):
        moved = row.transaction
        if not points and moved.old_balance is not None:
            points.append(At(moved.time, moved.old_balance))
        if moved.new_balance is not None:
            points.append(At(moved.time, moved.new_balance))
    return points


def _joined(known: list[At], moves: list[At]) -> tuple[At, ...]:
    """Carry known balances on over the moves after each, and the first back over those before."""
    before = [move for move in moves if move.time <= known[0].time]
    amount = known[0].amount - sum((move.amount for move in before), ZERO)
    points: list[At] = []
    for move in before:
        points.append(At(move.time, amount))
        amount += move.amount
    at = len(before)
    for index, point in enumerate(known):
        points.append(point)
        amount = point.amount
        until = known[index + 1].time if index + 1 < len(known) else None
        while at < len(moves) and (until is None or moves[at].time <= until):
            amount += moves[at].amount
            points.append(At(moves[at].time, amount))
            at += 1
    return tuple(points)
