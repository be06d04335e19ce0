"""One value of the vendor's JSON at a time: cleaned, bounded, exact, or a `ValueError`.

No message here repeats what the vendor wrote.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime

from msgspec import Raw, json

from services import money
from services.secrets import Secret
from services.text import NOTHING, SafeText, clean, ours

Loose = str | int | float | bool | None
"""A value that is only shown: whatever scalar comes is accepted."""

LONGEST_ID = 80
LONGEST_TITLE = 200
LONGEST_WORD = 40
LONGEST_NOTE = 500
LONGEST_SENTENCE = 160
MOST_CARDS = 10**9
FINEST_PLACES = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNREADABLE = (ValueError, ArithmeticError, RecursionError)
"""Everything that reading hostile JSON can raise."""


def label(value: object, limit: int) -> SafeText:
    """Return any scalar as clean text of at most `limit` characters; else an empty string."""
    if isinstance(value, bool):
        return ours("true") if value else ours("false")
    if not isinstance(value, str | int | float):
        return NOTHING
    return clean(clean(str(value), limit).strip())


def identifier(value: str) -> str:
    """Return an id that cannot be empty."""
    text = reference(value)
    if not text:
        raise ValueError("an id is empty")
    return text


def reference(value: str | None) -> str:
    """Return the id of another thing, empty when there is none."""
    text = "" if value is None else clean(value).strip()
    if len(text) > LONGEST_ID:
        raise ValueError(f"an id is longer than {LONGEST_ID} characters")
    return text


def amount(value: Decimal) -> Decimal:
    """Return an amount (DZD) that may be below zero, exactly as it came."""
    exponent = money.checked(value).as_tuple().exponent
    if isinstance(exponent, str) or exponent < -FINEST_PLACES:
        raise ValueError("an amount has absurdly many decimals")
    return value


def price(value: Decimal) -> Decimal:
    """Return an amount (DZD) that is not below zero, exactly as it came."""
    if amount(value) < 0:
        raise ValueError("a price is negative")
    return value


def count(value: Decimal) -> int:
    """Return a whole number from 0 up; `2.0` is one."""
    if not value.is_finite() or not 0 <= value <= MOST_CARDS or value != value.to_integral_value():
        raise ValueError("a count is no whole number")
    return int(value)


def moment(value: Loose) -> datetime:
    """Return aware UTC from ISO 8601 (UTC where it has no offset) or milliseconds since 1970."""
    if isinstance(value, str):
        try:
            return _utc(datetime.fromisoformat(value.strip()))
        except ValueError:
            raise ValueError("a time is not ISO 8601") from None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return EPOCH + timedelta(milliseconds=value)
    raise ValueError("a time is missing")


def moment_or_none(value: Loose) -> datetime | None:
    """Return aware UTC, or None where there is no readable time."""
    try:
        return moment(value)
    except UNREADABLE:
        return None


def header_moment(date: str) -> datetime | None:
    """Read an HTTP date as aware UTC; None when it is absent or no date."""
    try:
        return _utc(parsedate_to_datetime(date)) if date else None
    except UNREADABLE:
        return None


def secret(raw: Raw) -> Secret:
    """Return a card's text as it is; a bare number keeps every digit that the vendor wrote."""
    text = bytes(raw).decode()
    if text in ("", "null"):
        return Secret("")
    if text[0] in "-0123456789":
        return Secret(text)
    return Secret(json.decode(text, type=str))


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
