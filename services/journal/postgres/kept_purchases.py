"""This host's own purchases of a day, kept beside the emergency file.

A server that fails over to a standby can lose the last commits. What this host has committed is
written again when it connects the next time and finds it missing.
"""

import contextlib
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from services.domain.models import PurchaseState
from services.journal.purchases import Row, index_note, update
from services.journal.transaction import JournalTransaction
from services.system import files

KEPT: Final = timedelta(days=1)


class KeptPurchases:
    """A file of rows as they were last committed here, one JSON object a line; never a card.

    Args:
        journal: the path beside which it lies.
    """

    def __init__(self, journal: Path) -> None:
        self._path: Final = journal.with_name(journal.name + ".kept")

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows durably; raises OSError."""
        lines = b"".join(msgspec.json.encode(dict(row)) + b"\n" for row in rows)
        if not lines:
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        fd = os.open(self._path, flags, 0o600)
        try:
            os.write(fd, lines)
            os.fsync(fd)
        finally:
            os.close(fd)

    def newest(self, now: datetime) -> list[dict[str, Any]]:
        """Return the last row of each purchase of the last day, oldest first.

        Args:
            now: the current time, UTC.
        """
        try:
            held = self._path.read_bytes()
        except OSError:
            return []
        rows: dict[str, dict[str, Any]] = {}
        for line in held.splitlines():
            # A line that a death cut short costs nothing beside it.
            with contextlib.suppress(msgspec.MsgspecError, KeyError, TypeError, ValueError):
                row = msgspec.json.decode(line, type=dict[str, Any])
                if datetime.fromisoformat(row["created_at"]) > now - KEPT:
                    rows[row["id"]] = row
        return [*rows.values()]

    def forget(self, now: datetime) -> None:
        """Write the file again with what is still kept; raises OSError."""
        rows = self.newest(now)
        if rows or self._path.exists():
            lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
            files.replace(self._path, lines)


def is_lost(tx: JournalTransaction, row: Row) -> bool:
    """Tell whether the journal lacks this purchase, or is behind what this host committed."""
    there = tx.row("SELECT * FROM purchases WHERE id = ?", row["id"])
    return there is None or _is_behind(there, row)


def write_again(tx: JournalTransaction, row: Row) -> None:
    """Write a purchase as this host committed it, with an event, where the journal lost it.

    Raises:
        Conflict: another purchase has its order by now, or is unsettled for the same goods.
    """
    there, became = tx.row("SELECT * FROM purchases WHERE id = ?", row["id"]), row["state"]
    if there is None:
        values = {**row, "rev": tx.rev(), "updated_at": tx.now}
        marks = ", ".join("?" * len(values))
        # The names are the columns of the table that the row was read from.
        tx.run(
            f"INSERT INTO purchases ({', '.join(values)}) VALUES ({marks})",  # noqa: S608
            *values.values(),
        )
        index_note(tx, row["id"], "", row["note"])
    elif _is_behind(there, row):
        late = there["state"] == PurchaseState.NOT_PLACED
        changes = {name: row[name] for name in _OUTCOME}
        if there["state"] == PurchaseState.AWAITING_APPROVAL:
            changes |= {name: row[name] for name in _APPROVED}
            if became == PurchaseState.SENDING:
                # Only an approval leads there, and that is lost: it is looked for instead.
                became = PurchaseState.UNRESOLVED.value
                changes["next_check_at"] = tx.now
        noticed = {"late": 1, "acknowledged": 0} if late else {}
        update(tx, there, {"state": became, **changes, **noticed})
    else:
        return
    tx.event(
        "restored",
        purchase_id=row["id"],
        order_id=row["order_id"] or "",
        from_state=there["state"] if there else "",
        to_state=became,
        why=f"kept at {row['host']}; the server had lost it",
        evidence={name: row[name] for name in ("quantity", "total", "price")},
    )


def contested(row: Row) -> Row:
    """Return a purchase whose order another one has by now: a person has to look at both."""
    return {
        **row,
        "state": PurchaseState.NOT_PLACED.value,
        "order_id": None,
        "late": 1,
        "acknowledged": 0,
        "candidates": msgspec.json.encode([row["order_id"]]).decode(),
        "next_check_at": None,
        "decision_due_at": None,
    }


def _is_behind(there: Row, kept: Row) -> bool:
    """Tell whether the journal's row is of before what this host committed last."""
    before, after = PurchaseState(there["state"]), PurchaseState(kept["state"])
    if before is after or before in ENDS or after is PurchaseState.AWAITING_APPROVAL:
        return False
    if before is PurchaseState.AWAITING_APPROVAL and after is PurchaseState.INTENT:
        # The approval is lost and nothing was sent: it waits for another one.
        return False
    if kept["order_id"] and not there["order_id"]:
        # Only this host has heard what the vendor answered.
        return True
    return there["rev"] < kept["rev"]


ENDS: Final = frozenset(
    {PurchaseState.FULFILLED, PurchaseState.PARTIALLY_FILLED, PurchaseState.REFUNDED}
)
_OUTCOME = (
    "order_id", "status", "fulfilled_quantity", "fulfilled_amount", "sent_at", "answered_at",
    "next_check_at", "decision_due_at", "cards_came", "error_code", "error_message", "request_id",
    "reason",
)  # fmt: skip
_APPROVED = ("owner", "baseline", "unit_price", "total")
