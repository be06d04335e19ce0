"""When a failed read is asked again. Pure decisions; a purchase never comes here."""

import random
from datetime import datetime

from services.domain.errors import BadReply, DeskError, RateLimited, Unavailable
from services.vendor.wire_values import http_date

MOST_ATTEMPTS = 3
SILENT = "NO_ANSWER"
"""The code of a read that had no answer at all."""

CERTIFICATE = "CERTIFICATE"
"""The code of a read that came to somebody whose certificate is not trusted."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
LONGEST_RETRY_AFTER = 60.0
LONGEST_RATE_PAUSE = 900.0
"""Seconds; a network in front of the vendor can refuse a key's requests for minutes."""

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
    # Silence was asked twice already, and trust does not come by asking.
    if error.code in (SILENT, CERTIFICATE):
        return None
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


def retry_after(header: str, now: datetime, longest: float = LONGEST_RETRY_AFTER) -> float | None:
    """Read a Retry-After header, in seconds or as a date.

    Args:
        header: its text as it came, empty when absent.
        now: the time it is relative to, aware UTC.
        longest: the seconds that are believed at most.

    Returns:
        Seconds from 0 to `longest`; None when it is absent or unreadable.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        # More digits than any wait has would only be a slow way to write "the longest".
        return min(float(text[:9]), longest)
    when = http_date(text)
    if when is None:
        return None
    return min(max(0.0, (when - now).total_seconds()), longest)
