"""How the balance went over a day: the movements and readings that there are, joined. Pure."""

from collections.abc import Iterable, Sequence

from services.domain.day_figures import At
from services.domain.ledger import DEBIT, REFUND, Ledger
from services.domain.money import ZERO


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
