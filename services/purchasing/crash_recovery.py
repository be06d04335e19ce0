"""After a death or a full disk: what the purchases of dead processes came to, and late outcomes."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from services.domain.errors import JournalFailed, Refused
from services.domain.models import Purchase, PurchaseState
from services.domain.purchase_states import NO_APPROVAL, approval_ends
from services.journal import rows
from services.journal.database import Journal
from services.journal.emergency_file import Deed, EmergencyEntry, Outcome
from services.journal.presence import Consoles
from services.journal.purchases import LIVE, ORDER_KNOWN, Purchases, update
from services.journal.transaction import JournalTransaction

RIGHTS: Final = "JOURNAL_RIGHTS"
AFTER_DEADLINE = 30.0
LONGEST_DEADLINE = 300.0
"""Seconds."""

Schedule = Callable[[Purchase], dict[str, object]]


class Carried(Struct, frozen=True):
    """What the emergency file held: purchases that have moved on, sentences about the rest."""

    purchases: tuple[Purchase, ...]
    sentences: tuple[str, ...]


class Recovery:
    """Brings a journal up to date with what happened while it could not be written.

    Args:
        journal: the journal and its emergency file.
        schedule: the fields of a purchase that becomes UNRESOLVED.
    """

    def __init__(self, journal: Journal, purchases: Purchases, schedule: Schedule) -> None:
        self._journal: Final = journal
        self._purchases: Final = purchases
        self._schedule: Final = schedule

    async def recover(self, consoles: Consoles) -> tuple[Purchase, ...]:
        """Give the purchases of dead processes the state that their death leaves them in.

        Before SENDING nothing left the machine; from SENDING on it may have, whatever else is
        known. What waited too long for an approval ends, whether who asked is there or not.

        Args:
            consoles: tells which are alive. One on another host that gives no sign of life may
                only be cut off: what it sends is over by its own deadline, and half a minute.

        Raises:
            JournalFailed: the journal could not be read or written.
        """
        # The second condition alone would walk through every purchase there ever was.
        condition = f"state IN {LIVE} AND state IN ('AWAITING_APPROVAL', 'INTENT', 'SENDING')"
        flying = f"SELECT * FROM purchases WHERE {condition}"  # noqa: S608

        def left(tx: JournalTransaction) -> list[Mapping[str, Any]]:
            return [row for row in tx.rows(flying) if _is_left(tx, row, consoles)]

        if not await self._journal.read(left):
            return ()

        def work(tx: JournalTransaction) -> tuple[Purchase, ...]:
            moved: list[Purchase] = []
            for row in left(tx):
                sending = row["state"] == PurchaseState.SENDING.value
                to = PurchaseState.UNRESOLVED if sending else PurchaseState.NOT_SENT
                waited = row["state"] == PurchaseState.AWAITING_APPROVAL.value
                changes = self._schedule(rows.purchase(row)) if sending else {}
                if waited:
                    changes = {"error_message": NO_APPROVAL}
                moved.append(update(tx, row, {"state": to.value, **changes}))
                tx.event(
                    "move",
                    purchase_id=row["id"],
                    from_state=row["state"],
                    to_state=to.value,
                    why=NO_APPROVAL if waited else "its process ended",
                )
            return tuple(moved)

        return await self._journal.write(work)

    async def carry_over(self) -> Carried:
        """Write down what waits in the emergency file, each record blanked once it is written.

        A record that cannot be read, or that is about a purchase this journal never held, is moved
        into a file for a person. A login that may not buy carries over what people did alone.

        Raises:
            JournalFailed: the journal could not take a record; it stays where it is.
        """
        emergency = self._journal.emergency
        moved: list[Purchase] = []
        said: list[str] = []
        for entry in emergency.entries():
            if self._journal.notes_only and not isinstance(entry.record, Deed):
                continue
            found = None if entry.outcome is None else await self._written(entry.outcome)
            if isinstance(entry.record, Deed) and not await self._recorded(entry.record):
                continue
            try:
                if isinstance(entry.record, Deed):
                    emergency.clear(entry)
                    continue
                if found is not None:
                    emergency.clear(entry)
                    moved.append(found)
                    continue
                aside = emergency.set_aside(entry)
            except OSError as error:
                raise JournalFailed(
                    f"The emergency file cannot be written: {error.strerror}",
                    code="JOURNAL_UNWRITABLE",
                ) from error
            said.append(_about(entry, aside.name))
        return Carried(tuple(moved), tuple(said))

    async def _recorded(self, deed: Deed) -> bool:
        """Carry a deed over; False where this login may not write that, and another one may."""
        try:
            await self._purchases.record_late(deed)
        except JournalFailed as failure:
            if failure.code != RIGHTS:
                raise
            return False
        return True

    async def _written(self, outcome: Outcome) -> Purchase | None:
        """Carry an outcome over; None for a purchase that the journal does not hold."""
        purchase = await self._purchases.find(outcome.purchase_id)
        if purchase is None:
            return None
        facts: dict[str, object] = {
            "answered_at": outcome.answered_at,
            "error_code": outcome.error_code,
            "error_message": outcome.error_message,
            "request_id": outcome.request_id,
        }
        source = "from the emergency file"
        why = f"{source}: {outcome.why}" if outcome.why else source
        to, handling = outcome.state, outcome.state is PurchaseState.HANDLING
        if handling:
            facts |= {"order_id": outcome.order_id, "status": "HANDLING"}
        elif to is PurchaseState.UNRESOLVED:
            facts = {**self._schedule(purchase), **facts}
        elif to is PurchaseState.REFUSED:
            facts["next_check_at"] = outcome.answered_at
        try:
            return await self._purchases.move(purchase.id, to, why, facts, answer=handling)
        except Refused as refused:
            # Any other refusal: it is known by now, and further on.
            purchase = await self._purchases.find(outcome.purchase_id) or purchase
            if refused.code in ORDER_KNOWN and purchase.state is PurchaseState.SENDING:
                return await self._purchases.move(
                    purchase.id,
                    PurchaseState.UNRESOLVED,
                    "the answer names a known order",
                    {**self._schedule(purchase), "answered_at": outcome.answered_at},
                )
        return purchase


def _is_left(tx: JournalTransaction, row: Mapping[str, Any], consoles: Consoles) -> bool:
    """Tell whether the console that had a purchase in hand does nothing more about it.

    What waits for an approval is in the hand of no console.
    """
    if row["state"] == PurchaseState.AWAITING_APPROVAL.value:
        return approval_ends(rows.purchase(row)) <= _now(tx)
    if consoles.alive(tx, row["owner"]):
        return False
    if not consoles.may_be_cut_off or row["state"] != PurchaseState.SENDING.value:
        return True
    sent = tx.row(
        "SELECT at, evidence FROM events WHERE purchase_id = ? AND to_state = 'SENDING'"
        " ORDER BY seq DESC LIMIT 1",
        row["id"],
    )
    if sent is None:
        return True
    seen = msgspec.json.decode(sent["evidence"], type=dict[str, Any])
    over = float(seen.get("deadline", LONGEST_DEADLINE)) + AFTER_DEADLINE
    return datetime.fromisoformat(sent["at"]) + timedelta(seconds=over) < _now(tx)


def _now(tx: JournalTransaction) -> datetime:
    return datetime.fromisoformat(tx.now)


def _about(entry: EmergencyEntry, name: str) -> str:
    if entry.outcome is None:
        what = "A record of the emergency file cannot be read"
    else:
        order = f", order {entry.outcome.order_id}" if entry.outcome.order_id else ""
        what = (
            f"The emergency file has an outcome of purchase {entry.outcome.purchase_id}{order},"
            " which this journal does not hold"
        )
    return f"{what}. It was moved into {name}: keep it, and compare it with the vendor's orders"
