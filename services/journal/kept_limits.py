"""The limits that are kept in the journal itself, for every console that buys with it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from services.domain import money
from services.journal import mark, rows
from services.journal.transaction import JournalTransaction

LimitName = Literal["max_total", "max_day", "approve_above"]
NAMES: Final[tuple[LimitName, ...]] = ("max_total", "max_day", "approve_above")
APPROVER: Final = "approver"
"""In the place of a limit's name: that this login may approve what others ask for."""

KIND: Final = "limit"
ALL: Final = ""
"""In the place of an operator: what holds for all of them together."""

NONE: Final = Decimal(0)


class KeptLimit(Struct, frozen=True):
    """What one operator, or all of them where it is empty, may spend in DZD; 0 = no limit.

    Above `approve_above` another person has to approve a purchase.
    """

    operator: str
    max_total: Decimal = NONE
    max_day: Decimal = NONE
    approve_above: Decimal = NONE


def each(tx: JournalTransaction) -> tuple[KeptLimit, ...]:
    """Return every limit that is kept, that of all first."""
    held = tx.rows(
        "SELECT operator, name, amount FROM limits WHERE name <> ? ORDER BY operator, name",
        APPROVER,
    )
    names = dict.fromkeys(row["operator"] for row in held)
    return tuple(_of(name, held) for name in names)


def ask(tx: JournalTransaction, operator: str) -> Callable[[], tuple[KeptLimit, KeptLimit]]:
    """Ask what all may spend together, and what this operator may.

    Returns:
        What reads both; it raises JournalFailed where the journal was moved since it was opened.
    """
    rows = tx.ask(
        "SELECT operator, name, amount FROM limits WHERE operator IN (?, ?)"
        " UNION ALL SELECT '', name, value FROM meta WHERE name = ?",
        *(ALL, operator, mark.MOVED_TO),
    )

    def read() -> tuple[KeptLimit, KeptLimit]:
        held = rows()
        mark.refuse(next((row["amount"] for row in held if row["name"] == mark.MOVED_TO), ""))
        return _of(ALL, held), _of(operator, held)

    return read


def put(tx: JournalTransaction, operator: str, changes: Mapping[LimitName, Decimal]) -> None:
    """Keep limits in the place of those before, 0 for none, with an event that names both."""
    before = _of(
        operator, tx.rows("SELECT operator, name, amount FROM limits WHERE operator = ?", operator)
    )
    for name, amount in changes.items():
        was: Decimal = getattr(before, name)
        if was == amount:
            continue
        if amount:
            tx.run(
                "INSERT INTO limits VALUES (?, ?, ?) ON CONFLICT (operator, name)"
                " DO UPDATE SET amount = excluded.amount",
                *(operator, name, rows.column(amount)),
            )
        else:
            tx.run("DELETE FROM limits WHERE operator = ? AND name = ?", operator, name)
        tx.event(
            KIND,
            why=f"{name} of {operator or 'all'}: {_shown(was)} -> {_shown(amount)}",
            evidence={"operator": operator, name: rows.column(amount)},
        )


def approve_above(all_: KeptLimit, own: KeptLimit) -> Decimal:
    """Return above which amount another person has to approve a purchase; 0 = none."""
    return min((each.approve_above for each in (all_, own) if each.approve_above), default=NONE)


def approvers(tx: JournalTransaction) -> tuple[str, ...]:
    """Return the logins that the owner named as approvers."""
    rows = tx.rows("SELECT operator FROM limits WHERE name = ? ORDER BY operator", APPROVER)
    return tuple(row["operator"] for row in rows)


def name_approver(tx: JournalTransaction, login: str, *, may: bool) -> None:
    """Let a login approve what others ask for, or no more, with an event."""
    if (login in approvers(tx)) == may:
        return
    if may:
        tx.run("INSERT INTO limits VALUES (?, ?, ?)", login, APPROVER, rows.column(Decimal(1)))
    else:
        tx.run("DELETE FROM limits WHERE operator = ? AND name = ?", login, APPROVER)
    tx.event(
        KIND,
        why=f"{login} {'may' if may else 'may not'} approve purchases of others",
        evidence={"operator": login, APPROVER: may},
    )


def _of(operator: str, held: list[Mapping[str, object]]) -> KeptLimit:
    found = {
        str(row["name"]): money.load(str(row["amount"]))
        for row in held
        if row["operator"] == operator and row["name"] in NAMES
    }
    return KeptLimit(operator, **found)


def _shown(amount: Decimal) -> str:
    return money.dinars(amount) if amount else "none"
