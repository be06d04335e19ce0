"""Movements in the order in which they happened, and where the chain of balances is broken. Pure.

Each movement tells the balance before and after it. Times alone do not say what came first: several
movements can carry the same one, and those of requests that raced can be a little out of order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from services.domain.models import Transaction

RACE = timedelta(seconds=1)
"""Movements closer together than this are put in order by their balances, not by their times."""


class BalanceChain(Struct, frozen=True):
    """Movements, oldest first, and the ids of those at which the chain is broken.

    A break is a movement that does not begin with the balance that the one before it left, or that
    changed the balance by another amount than its own.
    """

    movements: tuple[Transaction, ...]
    broken: frozenset[str]


def chain(transactions: Iterable[Transaction]) -> BalanceChain:
    """Put movements in order and find the breaks.

    The first one has nothing to follow on, and a movement that tells no balances hides what is
    around it: neither is taken for a break.
    """
    movements: list[Transaction] = []
    broken: set[str] = set()
    balance: Decimal | None = None
    for race in _races(transactions):
        if any(t.old_balance is None or t.new_balance is None for t in race):
            movements += race
            balance = None
            continue
        for movement in _linked(race, balance):
            follows = balance is None or movement.old_balance == balance
            if not follows or not _exact(movement):
                broken.add(movement.id)
            movements.append(movement)
            balance = movement.new_balance
    return BalanceChain(tuple(movements), frozenset(broken))


def after(transactions: Iterable[Transaction], known: str) -> tuple[Transaction, ...]:
    """Return the movements that came after the one with a known id, all if it is not there."""
    movements = chain(transactions).movements
    ids = [movement.id for movement in movements]
    return movements[ids.index(known) + 1 :] if known in ids else movements


def _races(transactions: Iterable[Transaction]) -> Iterator[list[Transaction]]:
    """Cut movements where more than `RACE` passes between two of them."""
    race: list[Transaction] = []
    for movement in sorted(transactions, key=_age):
        if race and movement.time - race[-1].time > RACE:
            yield race
            race = []
        race.append(movement)
    if race:
        yield race


def _linked(race: list[Transaction], balance: Decimal | None) -> list[Transaction]:
    """Order movements so that each begins with the balance the one before left, where it can.

    Balances are places and movements are ways between them: the order wanted is the walk that
    takes each way once.
    """
    leaving: dict[Decimal | None, list[Transaction]] = {}
    for movement in reversed(race):
        leaving.setdefault(movement.old_balance, []).append(movement)
    linked: list[Transaction] = []
    while len(linked) < len(race):
        linked += _walk(leaving, balance if leaving.get(balance) else _beginning(leaving))
        balance = linked[-1].new_balance
    return linked


def _beginning(leaving: dict[Decimal | None, list[Transaction]]) -> Decimal | None:
    """Return the first balance that more movements leave than reach; the first if none is such."""
    reached = Counter(t.new_balance for movements in leaving.values() for t in movements)
    places = sorted((p for p in leaving if leaving[p]), key=lambda p: _age(leaving[p][-1]))
    return next((p for p in places if len(leaving[p]) > reached[p]), places[0])


def _walk(
    leaving: dict[Decimal | None, list[Transaction]], start: Decimal | None
) -> list[Transaction]:
    """Walk from a balance until no way is left, taking the round trips missed on the way too."""
    gone: list[Transaction] = []
    ended: list[Transaction] = []
    here = start
    while True:
        if leaving.get(here):
            gone.append(leaving[here].pop())
            here = gone[-1].new_balance
        elif gone:
            ended.append(gone.pop())
            here = ended[-1].old_balance
        else:
            return ended[::-1]


def _age(movement: Transaction) -> tuple[datetime, str]:
    """Return what puts movements in order where nothing better is known: the vendor's ids grow."""
    return movement.time, movement.id


def _exact(movement: Transaction) -> bool:
    """Tell whether the balances of a movement differ by its amount."""
    old, new = movement.old_balance, movement.new_balance
    return old is None or new is None or abs(new - old) == movement.amount
