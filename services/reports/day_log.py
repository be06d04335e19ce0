"""What happened earlier today, read from the journal as lines for the event log."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any, Final

import msgspec

from services.domain.book import LogEntry
from services.domain.phrase import cleaned
from services.domain.status_text import codes_count
from services.domain.text import clean
from services.domain.timeline import DEEDS, SAYS_ENOUGH, STEPS
from services.domain.typed import day
from services.journal.database import Journal
from services.journal.rows import iso
from services.journal.transaction import JournalTransaction

MOST_EVENTS: Final = 1000
"""How many of the journal's newest events are read: its log has no index by time."""

NOT_LISTED: Final = frozenset({"INTENT", "SENDING"})
"""Steps that a running console does not write into its event log either."""

WARNINGS: Final = frozenset({"UNRESOLVED", "AMBIGUOUS"})

_EVENTS = """
SELECT e.at, e.kind, e.order_id, e.from_state, e.to_state, e.why, e.evidence,
    p.quantity, p.product_title, p.type_name, p.note
FROM (SELECT * FROM events ORDER BY seq DESC LIMIT ?) e
LEFT JOIN purchases p ON p.id = coalesce(
    nullif(e.purchase_id, ''), (SELECT id FROM purchases WHERE order_id = nullif(e.order_id, ''))
)
WHERE e.at >= ? AND e.at < ? ORDER BY e.seq
"""


async def earlier_today(journal: Journal, before: datetime) -> tuple[LogEntry, ...]:
    """Return what the journal holds of the local day up to a moment, oldest first.

    Args:
        journal: the account's.
        before: when this console began (UTC); what came later it logs itself.

    Raises:
        JournalFailed: the journal could not be read.
    """
    start = day.instant(before.astimezone().date(), time.min)

    def work(tx: JournalTransaction) -> list[Mapping[str, Any]]:
        return tx.rows(_EVENTS, MOST_EVENTS, iso(start), iso(before))

    return tuple(_entries(await journal.read(work)))


def _entries(rows: list[Mapping[str, Any]]) -> Iterator[LogEntry]:
    for row in rows:
        words = _step(row) if row["to_state"] else _deed(row)
        if not words:
            continue
        warns = row["to_state"] in WARNINGS or row["kind"] == "late"
        text = f"{_subject(row)}{words}"
        try:
            at = datetime.fromisoformat(row["at"])
        except ValueError:
            continue
        yield LogEntry(at, "warning" if warns else "info", cleaned(text), clean(row["note"] or ""))


def _subject(row: Mapping[str, Any]) -> str:
    if row["quantity"] is not None:
        return f"{row['quantity']} x {row['product_title']} {row['type_name']}: "
    return f"Order {row['order_id']}: " if row["order_id"] else ""


def _step(row: Mapping[str, Any]) -> str:
    state = row["to_state"]
    if state in NOT_LISTED:
        return ""
    if state == "HANDLING" and row["from_state"] not in ("SENDING", ""):
        return "An order was found: it is this purchase."
    came, missing = _cards(row["evidence"])
    if missing:
        return f"{codes_count(came, missing)}."
    return f"{STEPS[state]}." if state in STEPS else ""


def _deed(row: Mapping[str, Any]) -> str:
    if row["kind"] not in DEEDS:
        return ""
    if row["kind"] == "cards":
        return f"{row['why']}."
    said = f": {row['why']}" if row["why"] and row["kind"] not in SAYS_ENOUGH else ""
    return f"{DEEDS[row['kind']]}{said}."


def _cards(evidence: str) -> tuple[int, int]:
    try:
        held = msgspec.json.decode(evidence, type=dict[str, Any])
    except msgspec.MsgspecError:
        return 0, 0
    came, missing = held.get("cards_came"), held.get("cards_missing")
    return (came if isinstance(came, int) else 0, missing if isinstance(missing, int) else 0)
