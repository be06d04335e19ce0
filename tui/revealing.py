"""Who revealed an order's cards before, in a sentence for whoever does it again."""

from collections.abc import Sequence
from datetime import datetime

from services.journal_rows import Event


def before(history: Sequence[Event], now: datetime | None) -> str:
    """Say when and by whom an order's cards were last revealed; empty when they never were."""
    earlier = [event for event in history if event.kind == "reveal"]
    if not earlier:
        return ""
    last = earlier[-1]
    at = last.at.astimezone()
    day = "" if now is not None and at.date() == now.astimezone().date() else f" on {at:%Y-%m-%d}"
    times = f", {len(earlier)} times in all" if len(earlier) > 1 else ""
    return f"Already revealed{day} at {at:%H:%M} by {last.who} ({last.why}){times}."
