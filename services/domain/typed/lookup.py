"""What somebody who looks an order up may have meant: an id, its end, a day, words. Pure."""

import re
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from services.domain.book import BoardOrder
from services.domain.errors import BadInput
from services.domain.phrase import Phrase
from services.domain.text import SafeText, clean
from services.domain.typed import note_tokens
from services.domain.typed.day import day_of, instant, is_day, time_of

LONGEST = 200
SHORTEST_TAIL = 4
AROUND = timedelta(minutes=30)
"""How far from a time of day an order may lie that is asked for by it."""

SERIAL = "serial:"
SERIAL_DAYS = 7
MOST_SERIAL_DAYS = 366

_ID = r"[!-~]{1,128}"
_TAIL = r"[0-9A-Za-z_-]{4,64}"
# Nothing shorter is anybody's whole order id, and a word without a digit is none.
_WHOLE_ID = r"(?=.*[0-9])[0-9A-Za-z_-]{12,128}"
_OURS = r"p[0-9]{6}-[0-9a-f]{12}"
_DAYS = r"([0-9]{1,3})d"
_UNNAMED = r"(?:req_[!-~]+|p[0-9]{6}-[0-9a-f]{12})"


class LookupTerm(Struct, frozen=True):
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


def read(text: str, now: datetime) -> LookupTerm:
    """Read what was typed.

    Args:
        text: an order id or its last digits, a purchase id, a key, a requestId, words of a note,
            or a day: `2026-11-24`, `24/11`, `today`, `yesterday`, a time and words after it.
        now: the time (UTC), for the days that are said without a date.

    Raises:
        BadInput: nothing is asked for, a day does not exist, or it is a serial.
    """
    typed = clean(text, LONGEST).strip()
    if serial_of(typed) is not None:
        raise BadInput("A serial is asked for by itself, so that it is kept nowhere")
    if not typed:
        raise BadInput(
            "There is nothing to look for",
            advice="Give an order id or its last digits, a requestId, a note's words or a day.",
        )
    first, _, rest = typed.partition(" ")
    if (day := day_of(first, now.astimezone().date())) is not None:
        return _on(day, rest.strip(), SafeText(typed))
    name = typed if re.fullmatch(_ID, typed) else ""
    # As the board writes it: ...eb64b3
    tail = typed.lstrip(".…#").lower()
    return LookupTerm(
        SafeText(typed),
        name,
        tail if re.fullmatch(_TAIL, tail) else "",
        typed if re.fullmatch(_WHOLE_ID, typed) and not re.fullmatch(_OURS, typed) else "",
        words=note_tokens.asked(typed),
    )


def serial_of(text: str) -> str | None:
    """Return what is after `serial:`, to be kept secret; None where no serial is asked for."""
    stripped = text.strip()
    if not stripped.lower().startswith(SERIAL):
        return None
    return stripped[len(SERIAL) :].strip()


def serial_and_days(text: str) -> tuple[str, int]:
    """Part what is after `serial:` into the serial and the days to look back: `XYZ 30d`.

    The serial is empty where it is to be asked for: nothing or `-` is there.

    Raises:
        BadInput: the days are none.
    """
    before, _, last = text.rpartition(" ")
    found = re.fullmatch(_DAYS, last)
    serial = before.strip() if found else text
    return ("" if serial == "-" else serial), checked_days(found[1] if found else str(SERIAL_DAYS))


def checked_days(text: str) -> int:
    """Read for how many days back a serial is looked for; raises BadInput."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_SERIAL_DAYS:
        return int(text)
    raise BadInput(f"The days to look back are a whole number from 1 to {MOST_SERIAL_DAYS}")


def names_no_person(text: str) -> bool:
    """Tell whether a lookup names no person and no code, so that a history of commands may keep it.

    A day and ids with a form of their own do not; words, telephone numbers and bare signs may.
    """
    first, _, rest = text.strip().partition(" ")
    if re.fullmatch(_UNNAMED, first):
        return not rest.strip()
    return is_day(first) and (not rest.strip() or time_of(rest.strip()) is not None)


def _on(day: date, rest: str, typed: SafeText) -> LookupTerm:
    start = instant(day, time.min)
    end = instant(day + timedelta(days=1), time.min)
    first, _, others = rest.partition(" ")
    if (hour := time_of(first)) is not None:
        at = instant(day, hour)
        start, end, rest = at - AROUND, at + AROUND, others
    return LookupTerm(typed, start=start, end=end, words=note_tokens.asked(rest))


class LookupHit(Struct, frozen=True):
    """An order or a purchase, and what it was found by, such as `order id` or `note`."""

    by: tuple[str, ...]
    row: BoardOrder


class LookupResult(Struct, frozen=True):
    """What a lookup found, the surest first, of a day the newest first.

    `asked` is what was looked for, in words that hold no serial; `said` are sentences for the
    operator: what could not be asked, and whether there may be more. `partial` is whether the
    vendor, who was not asked, may know more.
    """

    asked: SafeText
    hits: tuple[LookupHit, ...] = ()
    said: tuple[Phrase, ...] = ()
    partial: bool = False
