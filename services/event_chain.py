"""The event log's chain of hashes: whether each row follows the one before, and what was done."""

from collections.abc import Mapping, Sequence
from typing import Any

from services import journal_rows

Row = Mapping[str, Any]


def first_break(rows: Sequence[Row], *, whole: bool) -> str:
    """Name the first event that does not follow the one before it, and how it was tampered with.

    The chain has no key: whoever can write the file can forge all that comes after a row, or cut
    the end off. Only a head that was kept elsewhere shows that.

    Args:
        rows: event rows as the journal holds them, by `seq`.
        whole: whether they begin with the first event ever; else the first row is taken as it is.

    Returns:
        A clause without a full stop; empty when the chain holds.
    """
    previous, number = journal_rows.FIRST_HASH, 0
    for at, row in enumerate(rows):
        if at == 0 and not whole:
            previous, number = row["hash"], row["seq"]
            continue
        expected = number + 1
        if not _follows(row, previous, row["seq"]):
            return _tampering(rows, at, previous)
        if row["seq"] != expected:
            return _missing(expected, row["seq"])
        previous, number = row["hash"], expected
    return ""


def _tampering(rows: Sequence[Row], at: int, previous: str) -> str:
    row = rows[at]
    seq: int = row["seq"]
    before = rows[at - 1]["seq"] if at else 0
    after = rows[at + 1] if at + 1 < len(rows) else None
    if (origin := _origin(row, rows)) is not None:
        return f"event {seq} stands in the wrong place: it was written as event {origin}"
    if after is not None and _fits_somewhere(after, previous, before + 1):
        return f"event {seq} was inserted"
    if seq > before + 1:
        return _missing(before + 1, seq)
    if after is not None and _follows(after, row["hash"], after["seq"] + 1):
        return f"an event between {before} and {seq} was removed, and the later ones renumbered"
    return f"event {seq} was edited"


def _fits_somewhere(row: Row, previous: str, seq: int) -> bool:
    """Tell whether a row was the `seq`th after `previous`, whatever number it has now."""
    return row["seq"] != seq and _follows(row, previous, seq)


def _origin(row: Row, rows: Sequence[Row]) -> int | None:
    """Find the number that a row had when it was written, if it was not its present one."""
    for other in rows:
        # Its predecessor may stand where it stood, or may have changed places with it.
        for seq in (other["seq"] + 1, other["seq"]):
            if _fits_somewhere(row, other["hash"], seq):
                return seq
    return 1 if _fits_somewhere(row, journal_rows.FIRST_HASH, 1) else None


def _follows(row: Row, previous: str, seq: int) -> bool:
    fields = (seq, *(value for name, value in row.items() if name not in ("seq", "hash")))
    return row["hash"] == journal_rows.chain(previous, fields)


def _missing(first: int, end: int) -> str:
    if end - first == 1:
        return f"event {first} was removed"
    return f"events {first} to {end - 1} were removed"
