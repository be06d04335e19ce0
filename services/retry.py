"""When a failed read is asked again. Pure decisions; a purchase never comes here."""

import random
from datetime import datetime

from services.errors import BadReply, DeskError, RateLimited, Unavailable
from services.vendor_values import header_moment

MOST_ATTEMPTS = 3
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
LONGEST_RETRY_AFTER = 60.0
PATIENCE = 10.0
"""Seconds a read waits because the vendor asked for it; beyond, the caller decides."""


def delay(error: DeskError, attempt: int, rng: random.Random) -> float | None:
    """Decide whether a read that failed is asked again, and after how long.

    Args:
        error: what the read ended with.
        attempt: how many times it has been asked, 1 after the first.
        rng: where the jitter comes from.

    Returns:
        Seconds to wait, with full jitter and never less than the vendor asked for; None to give up.
    """
    if attempt >= MOST_ATTEMPTS or not isinstance(error, RateLimited | Unavailable):
        return None
    # A bad line cuts answers short; a second odd one is what the vendor has to say.
    if isinstance(error, BadReply) and attempt > 1:
        return None
    asked = error.retry_after or 0.0
    if asked > PATIENCE:
        return None
    jitter = rng.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)))
    return max(asked, jitter)


def retry_after(header: str, now: datetime) -> float | None:
    """Read a Retry-After header, in seconds or as a date.

    Args:
        header: its text as it came, empty when absent.
        now: the time it is relative to, aware UTC.

    Returns:
        Seconds from 0 to `LONGEST_RETRY_AFTER`; None when it is absent or unreadable.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        # More digits than any wait has would only be a slow way to write "the longest".
        return min(float(text[:9]), LONGEST_RETRY_AFTER)
    when = header_moment(text)
    if when is None:
        return None
    return min(max(0.0, (when - now).total_seconds()), LONGEST_RETRY_AFTER)
