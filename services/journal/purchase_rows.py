"""Writing a purchase's row, and in the same transaction what its note is found by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from services.domain.errors import JournalFailed
from services.domain.models import Baseline, Purchase
from services.domain.typed import note_tokens
from services.journal import rows
from services.journal.transaction import JournalTransaction

Row = Mapping[str, Any]

BY_ID = "SELECT * FROM purchases WHERE id = ?"

FIELDS = frozenset(
    {
        "note", "order_id", "status", "fulfilled_quantity", "fulfilled_amount", "sent_at",
        "answered_at", "next_check_at", "decision_due_at", "checks", "clean_checks",
        "late", "acknowledged",
        "candidates", "cards_came", "error_code", "error_message", "request_id", "product_title",
        "type_name", "baseline", "reason", "owner", "unit_price", "total",
    }
)  # fmt: skip


def get(tx: JournalTransaction, purchase_id: str) -> Row:
    """Return the row of a purchase; raises JournalFailed where there is none."""
    return the_one(tx.rows(BY_ID, purchase_id))


def the_one(found: Sequence[Row]) -> Row:
    """Return the row that was asked for by its id; raises JournalFailed where there is none."""
    if not found:
        raise JournalFailed("The journal does not hold this purchase", code="NO_SUCH_PURCHASE")
    return found[0]


def insert(tx: JournalTransaction, purchase: Purchase, owner: str, baseline: Baseline) -> Purchase:
    """Write a new purchase, which the process with this presence name has in hand.

    Returns:
        The purchase as the journal holds it now.
    """
    values: dict[str, object] = {
        name: rows.column(getattr(purchase, name))
        for name in (
            "id", "idempotency_key", "product_id", "product_title", "type_id", "type_name",
            "quantity", "unit_price", "total", "operator", "host", "note", "price",
        )
    }  # fmt: skip
    values |= {
        "state": purchase.state.value,
        "owner": owner,
        "baseline": rows.column(baseline),
        "created_at": tx.now,
        "updated_at": tx.now,
        "rev": tx.rev(),
    }
    marks = ", ".join("?" * len(values))
    # Column names are this module's own; every value is bound.
    tx.run(f"INSERT INTO purchases ({', '.join(values)}) VALUES ({marks})", *values.values())  # noqa: S608
    tx.purchases.add(purchase.id)
    _index(tx, purchase.id, "", purchase.note)
    now = datetime.fromisoformat(tx.now)
    return replace(purchase, created_at=now, updated_at=now)


def update(tx: JournalTransaction, row: Row, changes: Mapping[str, object]) -> Purchase:
    """Set fields of a purchase, which has a new revision then; an unknown one is a ValueError.

    Args:
        tx: the journal.
        row: the purchase as this transaction has read it.
        changes: what is to be different.

    Returns:
        The purchase as the journal holds it now.
    """
    unknown = changes.keys() - FIELDS - {"state"}
    if unknown:
        raise ValueError(f"no such field of a purchase: {sorted(unknown)}")
    if "note" in changes:
        _index(tx, row["id"], row["note"], str(changes["note"]))
    values = {name: rows.column(value) for name, value in changes.items()}
    values |= {"updated_at": tx.now, "rev": tx.rev()}
    sets = ", ".join(f"{name} = ?" for name in values)
    # Field names were checked against FIELDS; every value is bound.
    tx.run(f"UPDATE purchases SET {sets} WHERE id = ?", *values.values(), row["id"])  # noqa: S608
    tx.purchases.add(row["id"])
    return rows.purchase({**row, **values})


def index_note(tx: JournalTransaction, purchase_id: str, note: str) -> None:
    """Let a purchase that is written from elsewhere be found by the words of its note."""
    _index(tx, purchase_id, "", note)


def _index(tx: JournalTransaction, purchase_id: str, before: str, after: str) -> None:
    """Let a purchase be found by the words of its new note, and no more by those of the old."""
    gone, come = note_tokens.indexed(before), note_tokens.indexed(after)
    tx.run_many(
        "DELETE FROM note_words WHERE word = ? AND purchase_id = ?",
        [(word, purchase_id) for word in gone - come],
    )
    tx.run_many(
        "INSERT INTO note_words VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(word, purchase_id) for word in come - gone],
    )
