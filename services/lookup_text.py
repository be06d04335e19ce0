"""What somebody who looks an order up may have meant: an id, its end, a day, words. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from services import note_words
from services.errors import BadInput
from services.text import SafeText, clean

LONGEST = 200
SHORTEST_TAIL = 4
AROUND = timedelta(minutes=30)
"""How far from a time of day an order may lie that is asked for by it."""

SERIAL = "serial:"
SERIAL_DAYS = 7
MOST_SERIAL_DAYS = 366

_ID = re.compile(r"[!-~]{1,128}")
_TAIL = re.compile(r"[0-9A-Za-z_-]{4,64}")
# Nothing shorter is anybody's whole order id, and a word without a digit is none.
_WHOLE_ID = re.compile(r"(?=.*[0-9])[0-9A-Za-z_-]{12,128}")
_OURS = re.compile(r"p[0-9]{6}-[0-9a-f]{12}")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}))?")
_TIME = re.compile(r"([01]?[0-9]|2[0-3])(?::([0-5][0-9])|h([0-5][0-9])?)")
_DAYS = re.compile(r"([0-9]{1,3})d")
_UNNAMED = re.compile(r"(?:req_[!-~]+|p[0-9]{6}-[0-9a-f]{12})")


class Wanted(Struct, frozen=True):
    """What is looked for.

    `text` is what was typed, made inert. `name` is it as an id or a key, `tail` as the end of an
    order id, `whole_id` whether the vendor could know an order of that name; each empty where it
    cannot be one. `start` and `end` (UTC, `end` not included) are the day, or the hour around a
    time of it; `words` are the ways to read the rest as words of a note.
    """

    text: SafeText
    name: str = ""
    tail: str = ""
    whole_id: str = ""
    start: datetime | None = None
    end: datetime | None = None
    words: tuple[tuple[str, ...], ...] = ()


def read(text: str, now: datetime) -> Wanted:
    """Read what was typed.

    Args:
        text: an order id or its last digits, a purchase id, a key, a requestId, words of a note,
            or a day: `2026-11-24`, `24/11`, `today`, `yesterday`, a time and words after it.
        now: the time (UTC), for the days that are said without a date.

    Raises:
        BadInput: nothing is asked for, a day does not exist, or it is a serial.
    """
    told = clean(text, LONGEST).strip()
    if serial_of(told) is not None:
        raise BadInput("A serial is asked for by itself, so that it is kept nowhere")
    if not told:
        raise BadInput(
            "There is nothing to look for",
            advice="Give an order id or its last digits, a requestId, a note's words or a day.",
        )
    first, _, rest = told.partition(" ")
    if (day := _day(first, now.astimezone().date())) is not None:
        return _on(day, rest.strip(), SafeText(told))
    name = told if _ID.fullmatch(told) else ""
    # As the board writes it: ...eb64b3
    tail = told.lstrip(".…#").lower()
    return Wanted(
        SafeText(told),
        name,
        tail if _TAIL.fullmatch(tail) else "",
        told if _WHOLE_ID.fullmatch(told) and not _OURS.fullmatch(told) else "",
        words=note_words.asked(told),
    )


def serial_of(text: str) -> str | None:
    """Return what stands after `serial:`, to be kept secret; None where no serial is asked for."""
    stripped = text.strip()
    if not stripped.lower().startswith(SERIAL):
        return None
    return stripped[len(SERIAL) :].strip()


def serial_and_days(text: str) -> tuple[str, int]:
    """Part what stands after `serial:` into the serial and the days to look back: `XYZ 30d`.

    The serial is empty where it is to be asked for: nothing or `-` stands there.

    Raises:
        BadInput: the days are none.
    """
    before, _, last = text.rpartition(" ")
    found = _DAYS.fullmatch(last)
    serial = before.strip() if found else text
    return ("" if serial == "-" else serial), checked_days(found[1] if found else str(SERIAL_DAYS))


def checked_days(text: str) -> int:
    """Read for how many days back a serial is looked for; raises BadInput."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_SERIAL_DAYS:
        return int(text)
    raise BadInput(f"The days to look back are a whole number from 1 to {MOST_SERIAL_DAYS}")


def names_nobody(text: str) -> bool:
    """Tell whether a lookup names no person and no code, so that a history of commands may keep it.

    A day and ids with a form of their own do not; words, telephone numbers and bare signs may.
    """
    first, _, rest = text.strip().partition(" ")
    if _UNNAMED.fullmatch(first):
        return not rest.strip()
    said = first.lower() in ("today", "yesterday") or _ISO.fullmatch(first) or _DAY.fullmatch(first)
    return bool(said) and (not rest.strip() or bool(_TIME.fullmatch(rest.strip())))


def _on(day: date, rest: str, told: SafeText) -> Wanted:
    start = _instant(day, time.min)
    end = _instant(day + timedelta(days=1), time.min)
    first, _, others = rest.partition(" ")
    if found := _TIME.fullmatch(first):
        at = _instant(day, time(int(found[1]), int(found[2] or found[3] or 0)))
        start, end, rest = at - AROUND, at + AROUND, others
    return Wanted(told, start=start, end=end, words=note_words.asked(rest))


def _day(word: str, today: date) -> date | None:
    match word.lower():
        case "today":
            return today
        case "yesterday":
            return today - timedelta(days=1)
        case _:
            pass
    try:
        if _ISO.fullmatch(word):
            return _known(date.fromisoformat(word))
        if (found := _DAY.fullmatch(word)) is not None:
            day, month, year = int(found[1]), int(found[2]), found[3]
            if year:
                return _known(date(int(year), month, day))
            return _latest(day, month, today)
    except (ValueError, OverflowError):
        raise BadInput(f"There is no day {clean(word, 20)}") from None
    return None


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


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at).astimezone(UTC)
