"""The cases of one journal: cards that do not work; each change is an event of the chain."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from services.domain.errors import NotFound, Refused
from services.domain.shop.case import KIND, CardCase
from services.domain.text import clean
from services.journal import rows as journal_rows
from services.journal.database import Journal
from services.journal.purchases import owner_id
from services.journal.transaction import JournalTransaction

_COLUMNS = "number, order_id, card, purchase_id, opened_at, opened_by, reason, ticket, due, rev"


class Cases:
    """The cases of one journal. Methods raise JournalFailed."""

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def open(
        self, order_id: str, card: int, reason: str, ticket: str = "", due: date | None = None
    ) -> CardCase:
        """Open a case on a card (from 0), with its event.

        Raises:
            Refused: there is an open case on this card.
        """

        def work(tx: JournalTransaction) -> CardCase:
            held = tx.row(
                "SELECT * FROM cases WHERE order_id = ? AND card = ? AND closed_at IS NULL",
                order_id,
                card,
            )
            if held is not None:
                raise Refused(
                    f"There is a case on this card: case {held['number']}",
                    code="CASE_OPEN",
                    advice="Nothing was opened. Write a note on that one.",
                )
            last = tx.row("SELECT max(number) AS number FROM cases")
            number = 1 + ((last["number"] or 0) if last else 0)
            tx.run(
                f"INSERT INTO cases ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
                number,
                order_id,
                card,
                owner_id(tx, order_id),
                tx.now,
                tx.who,
                reason,
                ticket,
                due.isoformat() if due else "",
                tx.rev(),
            )
            return _recorded(tx, number, f"opened on card {card + 1}: {reason}")

        return await self._journal.write(work)

    async def note(
        self, number: int, words: str, ticket: str | None = None, due: date | None = None
    ) -> CardCase:
        """Write a note on an open case, and its ticket and deadline where they are given.

        Raises:
            NotFound: there is no such case.
            Refused: it is closed.
        """

        def work(tx: JournalTransaction) -> CardCase:
            held = _open(tx, number)
            until = due or held.due
            tx.run(
                "UPDATE cases SET ticket = ?, due = ?, rev = ? WHERE number = ?",
                held.ticket if ticket is None else ticket,
                until.isoformat() if until else "",
                tx.rev(),
                number,
            )
            return _recorded(tx, number, words)

        return await self._journal.write(work)

    async def close(self, number: int, outcome: str, replaced_by: str = "") -> CardCase:
        """Close a case with how it ended.

        Raises:
            NotFound: there is no such case.
            Refused: it is closed already.
        """

        def work(tx: JournalTransaction) -> CardCase:
            _open(tx, number)
            tx.run(
                "UPDATE cases SET outcome = ?, replaced_by = ?, closed_at = ?, closed_by = ?,"
                " rev = ? WHERE number = ?",
                outcome,
                replaced_by,
                tx.now,
                tx.who,
                tx.rev(),
                number,
            )
            return _recorded(tx, number, f"closed: {get(tx, number).ended}")

        return await self._journal.write(work)

    async def get(self, number: int) -> CardCase:
        """Return a case by its number; raises NotFound."""
        return await self._journal.read(lambda tx: get(tx, number))

    async def listed(self, *, closed: bool = False) -> tuple[CardCase, ...]:
        """Return the open cases, or all of them, the oldest first."""

        def work(tx: JournalTransaction) -> tuple[CardCase, ...]:
            where = "" if closed else " WHERE closed_at IS NULL"
            return tuple(map(_case, tx.rows(f"SELECT * FROM cases{where} ORDER BY number")))  # noqa: S608

        return await self._journal.read(work)


def get(tx: JournalTransaction, number: int) -> CardCase:
    """Return a case by its number; raises NotFound."""
    row = tx.row("SELECT * FROM cases WHERE number = ?", number)
    if row is None:
        raise NotFound(f"There is no case {number}", code="NO_CASE", advice="Nothing was changed.")
    return _case(row)


def counts(tx: JournalTransaction, rev: int | None = None) -> dict[str, int]:
    """Return how many open cases each order has; of orders whose cases changed after a revision."""
    rows = tx.rows(_OPEN) if rev is None else tx.rows(_CHANGED, rev)
    return {row["order_id"]: int(row["open"]) for row in rows}


_OPEN = "SELECT order_id, count(*) AS open FROM cases WHERE closed_at IS NULL GROUP BY order_id"
_CHANGED = (
    "SELECT order_id, sum(CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END) AS open FROM cases"
    " WHERE order_id IN (SELECT order_id FROM cases WHERE rev > ?) GROUP BY order_id"
)


def _open(tx: JournalTransaction, number: int) -> CardCase:
    held = get(tx, number)
    if not held.is_open:
        raise Refused(
            f"Case {number} is closed: {held.ended}",
            code="CASE_CLOSED",
            advice="Nothing was changed. Open another one if the card still does not work.",
        )
    return held


def _recorded(tx: JournalTransaction, number: int, why: str) -> CardCase:
    """Append the event of a change, with all of the case as it is now."""
    case = get(tx, number)
    tx.event(
        KIND,
        purchase_id=case.purchase_id,
        order_id=case.order_id,
        why=f"case {number} {why}" if why.startswith(("opened", "closed")) else why,
        evidence={
            "case": number,
            "card": case.card,
            "reason": case.reason,
            "ticket": case.ticket,
            "due": case.due.isoformat() if case.due else "",
            "outcome": case.outcome,
            "replaced_by": case.replaced_by,
        },
    )
    return case


def _case(row: Mapping[str, Any]) -> CardCase:
    try:
        opened = journal_rows.moment(row["opened_at"])
        due = date.fromisoformat(row["due"]) if row["due"] else None
        closed = journal_rows.moment(row["closed_at"])
    except ValueError as error:
        raise journal_rows.Unreadable(f"case {row['number']} cannot be read") from error
    if opened is None:
        raise journal_rows.Unreadable(f"case {row['number']} cannot be read")
    return CardCase(
        number=row["number"],
        order_id=row["order_id"],
        card=row["card"],
        purchase_id=row["purchase_id"],
        opened_at=opened,
        opened_by=clean(row["opened_by"]),
        reason=clean(row["reason"]),
        ticket=clean(row["ticket"]),
        due=due,
        outcome=row["outcome"],
        replaced_by=row["replaced_by"],
        closed_at=closed,
        closed_by=clean(row["closed_by"]),
    )
