"""The mark of a journal that was moved: it is read, and nothing is bought with it any more."""

from typing import Final

from services.domain.errors import JournalFailed
from services.journal.transaction import JournalTransaction

MOVED_TO: Final = "moved_to"
"""The row of `meta` that says where to."""


def moved_to(tx: JournalTransaction) -> str:
    """Return where a journal was moved to, or an empty text."""
    row = tx.row("SELECT value FROM meta WHERE name = ?", MOVED_TO)
    return row["value"] if row else ""


def sentence(place: str) -> str:
    """Say why nothing is bought with a journal that was moved to this place."""
    return f"This journal was moved to {place}. Buying is off here: the setting journal names where"


def refuse(place: str) -> None:
    """Raise JournalFailed for a journal that was moved to a place; an empty one is none."""
    if place:
        raise JournalFailed(sentence(place), advice="Nothing was sent.", code="JOURNAL_MOVED")
