"""The limits a desk works under, kept as events: who works under others than the last time."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from services.errors import JournalFailed
from services.journal import Journal, Transaction
from services.money import stored
from services.settings import Settings

KIND = "limits"
PURCHASE = ("confirm_above", "max_total", "max_quantity", "max_day")
PROFILE = ("account_exclusive", "read_only")


def in_force(settings: Settings) -> dict[str, str]:
    """Return every limit of the chosen profile by name, as the event log writes it."""
    values = {name: getattr(settings.purchase, name) for name in PURCHASE}
    values |= {name: getattr(settings.profile, name) for name in PROFILE}
    return {name: _written(value) for name, value in values.items()}


async def note(journal: Journal, settings: Settings) -> bool:
    """Record the limits of this profile if they are not those of its last start.

    Returns:
        Whether they are on record; a journal that takes nothing takes no purchase either.
    """
    now, profile = in_force(settings), settings.profile.name

    def work(tx: Transaction) -> None:
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

    try:
        await journal.write(work)
    except JournalFailed:
        return False
    return True


def _last(tx: Transaction, profile: str) -> dict[str, str]:
    mark = tx.row("SELECT value FROM meta WHERE name = ?", _mark(profile))
    seq = mark["value"] if mark else ""
    row = tx.row("SELECT evidence FROM events WHERE seq = ? AND kind = ?", seq, KIND)
    return msgspec.json.decode(row["evidence"])["limits"] if row else {}


def _mark(profile: str) -> str:
    # Which event is the last is looked up here, not in the log: that one only grows.
    return f"{KIND}:{profile}"


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    if not before:
        return f"limits at the first start: {', '.join(f'{k} {v}' for k, v in now.items())}"
    moved = (
        f"{name} {before.get(name, 'unknown')} -> {value}"
        for name, value in now.items()
        if before.get(name) != value
    )
    return f"limits changed: {', '.join(moved)}"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return stored(value) if isinstance(value, Decimal) else str(value)
