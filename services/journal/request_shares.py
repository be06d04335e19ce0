"""The requests that the vendor allows a key in a minute, shared by consoles on several hosts.

A console takes some at a time, for itself: a row for each such block, which counts until the
vendor no longer counts the last request that it may be used for. The account's lock orders them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from services.journal import rows
from services.journal.database import Journal
from services.journal.transaction import JournalTransaction

COUNTS: Final = 61.0
"""Seconds that a request counts; one more than a minute, because a slow one arrives later."""

LASTS: Final = 30.0
"""Seconds in which the requests of a block may be used."""


class UsedBlock(Struct, frozen=True):
    """What was used of a block that ends, and how many seconds ago the last of it."""

    slots: int
    ago: float


class Taken(Struct, frozen=True):
    """How many requests a console got, or none and in how many seconds there may be enough."""

    slots: int
    wait: float


async def take(
    journal: Journal,
    key: str,
    block: int,
    *,
    allowed: int,
    needed: int,
    ahead: int,
    before: Mapping[int, UsedBlock],
) -> Taken:
    """Take requests of the running minute, and give back what earlier blocks had too many.

    Args:
        journal: the account's.
        key: the fingerprint of the key.
        block: the number of the block that is taken; this console uses it once.
        allowed: how many may be taken by all consoles together.
        needed: how many there must be.
        ahead: how many more are wanted; each console gets an equal part of what is left at most.
        before: this console's blocks that end, by their numbers.

    Raises:
        JournalFailed: the journal could not be written.
    """
    consoles = journal.consoles
    console = consoles.name

    def work(tx: JournalTransaction) -> Taken:
        # All that is asked is asked at once: each further question is waited for.
        held = tx.rows("SELECT console, block, slots, until FROM request_shares WHERE key = ?", key)
        now = datetime.fromisoformat(tx.now)
        ends: list[tuple[datetime, int]] = []
        for row in held:
            until, slots = datetime.fromisoformat(row["until"]), int(row["slots"])
            if row["console"] == console and (used := before.get(row["block"])):
                until = min(until, now + timedelta(seconds=COUNTS - used.ago))
                slots = used.slots
                tx.run(
                    "UPDATE request_shares SET slots = ?, until = ?"
                    " WHERE key = ? AND console = ? AND block = ?",
                    *(slots, rows.iso(until), key, console, row["block"]),
                )
            if until > now and slots:
                ends.append((until, slots))
        tx.run("DELETE FROM request_shares WHERE slots = 0 OR until <= ?", tx.now)
        left = allowed - sum(slots for _, slots in ends)
        if left < needed:
            return Taken(0, _wait(ends, needed - left, now))
        got = needed + min(ahead, (left - needed) // consoles.count)
        tx.run(
            "INSERT INTO request_shares VALUES (?, ?, ?, ?, ?)",
            *(key, console, block, got, tx.later(LASTS + COUNTS)),
        )
        return Taken(got, 0.0)

    return await journal.write(work)


def _wait(ends: list[tuple[datetime, int]], lacking: int, now: datetime) -> float:
    """Return the seconds until so many requests no longer count."""
    for until, slots in sorted(ends):
        lacking -= slots
        if lacking <= 0:
            return (until - now).total_seconds()
    return COUNTS
