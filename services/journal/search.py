"""Finding purchases and orders in the journal by what somebody remembers of them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from msgspec import Struct

from services.domain.models import Order, Purchase
from services.domain.typed import note_tokens
from services.domain.typed.lookup import SHORTEST_TAIL, LookupTerm
from services.journal import rows as journal_rows
from services.journal.transaction import JournalTransaction

MOST = 100
"""How many are returned of what an id's end or a note's words match."""

FEW_WORDS = 1_000
"""A word that more purchases have is no way to find one: the newest are looked through instead."""

LOOKED_THROUGH = 1_000

END_OF_WORDS = "\U0010ffff"
_NOTE = "SELECT id, note, created_at FROM purchases WHERE"


class Match(Struct, frozen=True):
    """A purchase of ours, or an order of another desk, and what it was found by.

    `by` is one of `order id`, `purchase id`, `key`, `request id`, `last digits`, `note`, `date`.
    """

    by: str
    purchase: Purchase | None = None
    order: Order | None = None

    @property
    def key(self) -> str:
        """What tells it apart: the order id, or the purchase's while it has none."""
        if self.purchase is not None:
            return self.purchase.order_id or self.purchase.id
        return self.order.id if self.order is not None else ""


class Matches(Struct, frozen=True):
    """What the journal knows, the surest first; `more` says that there may be others."""

    found: tuple[Match, ...]
    more: bool = False


def look(tx: JournalTransaction, wanted: LookupTerm) -> Matches:
    """Return all that what is wanted could be, of a day what this journal bought and saw.

    Each way is by an index of its own.
    """
    if wanted.start is not None and wanted.end is not None:
        return Matches(tuple(_between(tx, wanted.start, wanted.end)))
    found = [*_named(tx, wanted.name), *_ending(tx, wanted.tail)]
    more = len(found) > MOST
    for words in wanted.words:
        noted, cut = _noted(tx, words)
        found += noted
        more = more or cut
    return Matches(tuple(found), more)


def _named(tx: JournalTransaction, name: str) -> Iterator[Match]:
    if not name:
        return
    for by, where in (
        ("purchase id", "id = ?"),
        ("order id", "order_id = ?"),
        ("key", "idempotency_key = ?"),
        ("request id", "request_id = ? AND request_id <> ''"),
    ):
        # The conditions are this module's own; the value is bound.
        rows = tx.rows(
            f"SELECT * FROM purchases WHERE {where} ORDER BY created_at DESC LIMIT {MOST}",  # noqa: S608
            name,
        )
        yield from (Match(by, purchase=journal_rows.purchase(row)) for row in rows)
    row = tx.row("SELECT * FROM orders WHERE order_id = ?", name)
    if row is not None:
        yield Match("order id", order=journal_rows.order(row))


def _ending(tx: JournalTransaction, tail: str) -> Iterator[Match]:
    if len(tail) < SHORTEST_TAIL:
        return
    # The first condition is word for word what the index holds; the second one is the whole of it.
    same = "lower(substr(order_id, -4)) = ? AND substr(lower(order_id), length(order_id) - ?) = ?"
    values = (tail[-SHORTEST_TAIL:], len(tail) - 1, tail)
    rows = tx.rows(
        f"SELECT * FROM purchases WHERE order_id IS NOT NULL AND {same}"  # noqa: S608
        f" ORDER BY created_at DESC LIMIT {MOST}",
        *values,
    )
    yield from (Match("last digits", purchase=journal_rows.purchase(row)) for row in rows)
    rows = tx.rows(
        f"SELECT * FROM orders WHERE {same} ORDER BY time DESC LIMIT {MOST}",  # noqa: S608
        *values,
    )
    yield from (Match("last digits", order=journal_rows.order(row)) for row in rows)


def _noted(tx: JournalTransaction, words: tuple[str, ...]) -> tuple[list[Match], bool]:
    """Return the newest purchases whose notes have these words, and whether some may be missing."""
    holders = min((_holders(tx, word, word + END_OF_WORDS) for word in words), key=len)
    common = len(holders) > FEW_WORDS
    if common:
        # Of words that begin so there are too many: those that are so may be few.
        holders = min((_holders(tx, word, word) for word in words), key=len)
    # Of a thousand purchases only their notes are read, and then a hundred of them whole.
    if not common or 0 < len(holders) <= FEW_WORDS:
        known = (tx.row(f"{_NOTE} id = ?", name) for name in holders)
        rows = sorted(filter(None, known), key=lambda row: row["created_at"], reverse=True)
    else:
        rows = tx.each(f"{_NOTE} note <> '' ORDER BY created_at DESC LIMIT ?", LOOKED_THROUGH)
    fits = (row["id"] for row in rows if note_tokens.matches(row["note"], words))
    fitting = list(islice(fits, MOST + 1))
    found = (tx.row("SELECT * FROM purchases WHERE id = ?", name) for name in fitting[:MOST])
    matched = [Match("note", purchase=journal_rows.purchase(row)) for row in found if row]
    return matched, common or len(fitting) > MOST


def _holders(tx: JournalTransaction, first: str, last: str) -> list[str]:
    """Return the purchases whose notes have a word in this span, one more than are few."""
    rows = tx.rows(
        "SELECT DISTINCT purchase_id FROM note_words WHERE word >= ? AND word <= ? LIMIT ?",
        first,
        last,
        FEW_WORDS + 1,
    )
    return [row["purchase_id"] for row in rows]


def _between(tx: JournalTransaction, start: datetime, end: datetime) -> Iterator[Match]:
    begin, until = journal_rows.iso(start), journal_rows.iso(end)
    rows = tx.rows(
        "SELECT * FROM purchases WHERE created_at >= ? AND created_at < ? ORDER BY created_at DESC",
        begin,
        until,
    )
    yield from (Match("date", purchase=journal_rows.purchase(row)) for row in rows)
    rows = tx.rows(
        "SELECT * FROM orders WHERE time >= ? AND time < ? ORDER BY time DESC", begin, until
    )
    yield from (Match("date", order=journal_rows.order(row)) for row in rows)
