"""What happened earlier today, read from the journal as lines for the event log."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from services.domain.book import LogEntry
from services.domain.phrase import EMPTY, Phrase, cleaned
from services.domain.text import clean
from services.domain.timeline import DEEDS, SAYS_ENOUGH, STEPS
from services.domain.typed import day
from services.domain.typed.product_names import goods_name
from services.domain.words.log_words import Bought, deed_words, outcome_words
from services.journal.database import Journal
from services.journal.rows import iso
from services.journal.transaction import JournalTransaction
from services.journal.watching.watches import NEWS, news_of

MOST_EVENTS: Final = 1000
"""How many of the journal's newest events are read: its log has no index by time."""

NOT_LISTED: Final = frozenset({"INTENT", "SENDING"})
"""Steps that a running console does not write into its event log either."""

WARNINGS: Final = frozenset({"UNRESOLVED", "AMBIGUOUS"})

_EVENTS = """
SELECT e.seq, e.at, e.kind, e.order_id, e.from_state, e.to_state, e.why, e.evidence,
    p.quantity, p.product_title, p.type_name, p.note, p.total, p.fulfilled_quantity
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
        if row["kind"] == NEWS:
            if (news := news_of(row)) and news.at:
                yield LogEntry(news.at, "info", news.words)
            continue
        words = _step(row) if row["to_state"] else _deed(row)
        if not words:
            continue
        warns = row["to_state"] in WARNINGS or row["kind"] == "late"
        try:
            at = datetime.fromisoformat(row["at"])
        except ValueError:
            continue
        yield LogEntry(at, "warning" if warns else "info", cleaned(words), clean(row["note"] or ""))


def _bought(row: Mapping[str, Any], came: int | None = None, missing: int = 0) -> Bought:
    if row["quantity"] is None:
        return Bought(f"order {row['order_id']}" if row["order_id"] else "", 1)
    goods = goods_name(row["product_title"], row["type_name"])
    return Bought(goods, row["quantity"], _amount(row["total"]), came, missing)


def _amount(kept: object) -> Decimal | None:
    try:
        return Decimal(str(kept))
    except InvalidOperation:
        return None


def _step(row: Mapping[str, Any]) -> Phrase:
    state = row["to_state"]
    if state in NOT_LISTED:
        return EMPTY
    came, missing = _cards(row["evidence"])
    what = _bought(row, row["fulfilled_quantity"] if came is None else came, missing)
    if state == "HANDLING" and row["from_state"] not in ("SENDING", ""):
        return deed_words("Found its order", what.named)
    if said := outcome_words(state, what):
        return said
    if state not in STEPS:
        return EMPTY
    return deed_words(STEPS[state], what.named)


def _deed(row: Mapping[str, Any]) -> Phrase:
    if row["kind"] not in DEEDS:
        return EMPTY
    why = "" if row["kind"] in SAYS_ENOUGH else row["why"]
    return deed_words(DEEDS[row["kind"]], _bought(row).named, why)


def _cards(evidence: str) -> tuple[int | None, int]:
    try:
        held = msgspec.json.decode(evidence, type=dict[str, Any])
    except msgspec.MsgspecError:
        return None, 0
    came, missing = held.get("cards_came"), held.get("cards_missing")
    return (came if isinstance(came, int) else None, missing if isinstance(missing, int) else 0)
