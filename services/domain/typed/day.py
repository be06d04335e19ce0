"""A day or a moment as a person writes it: `2026-11-24`, `24/11`, `today`, `24/11/2026 14:30`."""

import re
from datetime import UTC, date, datetime, time, timedelta

from services.domain.errors import BadInput
from services.domain.text import clean, fold

_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAY = (
    r"([0-9]{1,2})([/.])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?"
    r"|([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})"
)
_TIME = r"([01]?[0-9]|2[0-3])(?::([0-5][0-9])|h([0-5][0-9])?)"
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?"
_TODAY = frozenset(
    map(fold, ("today", "aujourd'hui", "aujourd\u2019hui", "\u0627\u0644\u064a\u0648\u0645"))
)
_YESTERDAY = frozenset(map(fold, ("yesterday", "hier", "\u0623\u0645\u0633")))
EXAMPLES = "such as 2026-11-24, 24/11/2026, today, yesterday 14:30 or 2026-11-24T14:30"


def day_of(word: str, today: date) -> date | None:
    """Read one word as a day.

    Args:
        word: `2026-11-24`, `24/11/2026`, `24-11-2026`, `24/11/26`, `24/11` (the last one that has
            begun), `today`; yesterday and today in French and Arabic as well.
        today: the local date.

    Returns:
        The day; None where the word has not the form of one.

    Raises:
        BadInput: it has the form of a day, and there is no such day.
    """
    plain = fold(word)
    if plain in _TODAY:
        return today
    if plain in _YESTERDAY:
        return today - timedelta(days=1)
    try:
        if re.fullmatch(_ISO, plain):
            return _known(date.fromisoformat(plain))
        if (parts := re.fullmatch(_DAY, plain)) is not None:
            day, month = int(parts[1] or parts[5]), int(parts[3] or parts[6])
            year = parts[4] or parts[7]
            if year:
                # Two digits are of this century.
                return _known(date(int(year) + 2000 * (len(year) == 2), month, day))
            return _latest(day, month, today)
    except (ValueError, OverflowError):
        raise BadInput(f"There is no day {clean(word, 20)}") from None
    return None


def is_day(word: str) -> bool:
    """Tell whether a word has the form of a day, whether there is such a day or not."""
    plain = fold(word)
    named = plain in _TODAY or plain in _YESTERDAY
    return bool(named or re.fullmatch(_ISO, plain) or re.fullmatch(_DAY, plain))


def time_of(word: str) -> time | None:
    """Read a time of day: `14:30`, `14h30`, `9h`; None where the word is none."""
    parts = re.fullmatch(_TIME, fold(word))
    return time(int(parts[1]), int(parts[2] or parts[3] or 0)) if parts else None


def moment_of(text: str, today: date, of_a_bare_day: time) -> datetime:
    """Read a day, a day and a time, or a whole ISO 8601 moment, as UTC.

    Args:
        text: what was typed; without an offset it is local time.
        today: the local date, for the days that are said without one.
        of_a_bare_day: the local time of a day without one.

    Raises:
        BadInput: it is none of these.
    """
    said = " ".join(fold(text).split())
    try:
        if re.fullmatch(_MOMENT, said.upper()):
            return datetime.fromisoformat(said.upper()).astimezone(UTC)
        word, _, rest = said.partition(" ")
        day = day_of(word, today)
        at = time_of(rest) if rest else of_a_bare_day
        if day is not None and at is not None:
            return instant(day, at)
    except (ValueError, OverflowError):
        pass
    raise BadInput(f"{clean(text, 40)!r} is no date or time", advice=f"Give one {EXAMPLES}.")


def instant(day: date, at: time) -> datetime:
    """Return a local time of a day as UTC."""
    return datetime.combine(day, at).astimezone(UTC)


def _latest(day: int, month: int, today: date) -> date:
    """Return the last day of that name that has begun; of the 29th of February as well."""
    for year in range(today.year, today.year - 9, -1):
        try:
            named = date(year, month, day)
        except ValueError:
            continue
        if named <= today:
            return named
    raise ValueError


def _known(day: date) -> date:
    """Return a day that a time zone can be reckoned with."""
    if not 2000 <= day.year <= 2200:
        raise ValueError
    return day
