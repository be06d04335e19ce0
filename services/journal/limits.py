"""An event for each start under other limits than the last time, so that a change can be seen."""

from collections.abc import Mapping
from contextlib import suppress

import msgspec

from services.domain.errors import JournalFailed
from services.domain.money import load, show
from services.journal.database import Journal
from services.journal.transaction import JournalTransaction

KIND = "limits"


async def note(journal: Journal, now: Mapping[str, str], profile: str) -> None:
    """Record the limits of this profile if they are not those of its last start.

    A journal that takes nothing is left alone: it takes no purchase either.

    Args:
        journal: where.
        now: each limit by its name, as text.
        profile: whose they are.
    """

    def work(tx: JournalTransaction) -> None:
        before = _last(tx, profile)
        if before == now:
            return
        tx.event(KIND, why=_changed(before, now), evidence={"profile": profile, "limits": now})
        newest = tx.row("SELECT seq FROM events ORDER BY seq DESC LIMIT 1")
        tx.run(
            "INSERT INTO meta VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            _mark(profile),
            str(newest["seq"]) if newest else "",
        )

    if journal.can_write:
        with suppress(JournalFailed):
            await journal.write(work)


def _last(tx: JournalTransaction, profile: str) -> dict[str, str]:
    mark = tx.row("SELECT value FROM meta WHERE name = ?", _mark(profile))
    seq = int(mark["value"] or 0) if mark else 0
    row = tx.row("SELECT evidence FROM events WHERE seq = ? AND kind = ?", seq, KIND)
    return msgspec.json.decode(row["evidence"])["limits"] if row else {}


def _mark(profile: str) -> str:
    # Which event is the last is looked up here, not in the log: that one only grows.
    return f"{KIND}:{profile}"


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    if not before:
        return f"limits at the first start: {', '.join(f'{k} {_shown(v)}' for k, v in now.items())}"
    moved = (
        f"{name} {_shown(before.get(name, 'unknown'))} -> {_shown(value)}"
        for name, value in now.items()
        if before.get(name) != value
    )
    return f"limits changed: {', '.join(moved)}"


def _shown(written: str) -> str:
    """Print a limit for a person: a number grouped, any other word as it is."""
    try:
        return show(load(written))
    except ValueError:
        return written
