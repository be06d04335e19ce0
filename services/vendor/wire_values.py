"""One value of the vendor's JSON at a time: cleaned, bounded, exact, or a `ValueError`.

No message here repeats what the vendor wrote.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

from msgspec import DecodeError, Raw, json

from services.domain import money
from services.domain.models import LONGEST_ID
from services.domain.secrets import Secret
from services.domain.text import NOTHING, SafeText, clean, ours

LONGEST_TITLE = 200
LONGEST_WORD = 40
LONGEST_NOTE = 500
LONGEST_SENTENCE = 160
MOST_CARDS = 10**9
FINEST_PLACES = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""No time of the vendor's is believed before the one or after the other: at the ends of the
calendar a time cannot be shown in the local zone, or compared with one a day away."""

NOTHING_WRITTEN = frozenset({b"", b"null"})
UNKNOWN_CURRENCY = "UNKNOWN"

UNREADABLE = (ValueError, ArithmeticError, RecursionError)
"""Everything that reading hostile JSON can raise."""


def label(value: object, limit: int) -> SafeText:
    """Return any scalar as clean text of at most `limit` characters; else an empty string."""
    if isinstance(value, bool):
        return ours("true") if value else ours("false")
    if not isinstance(value, str | int | float):
        return NOTHING
    return clean(clean(str(value), limit).strip())


def identifier(*values: object) -> str:
    """Return the first id of these; there has to be one."""
    for value in values:
        if text := reference(value):
            return text
    raise ValueError("it has no usable id")


def reference(value: object) -> str:
    """Return the id of another thing, which can come as an object; empty when there is none."""
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return reference(fields.get("id")) or reference(fields.get("_id"))
    whole = isinstance(value, str | int) and not isinstance(value, bool)
    text = clean(str(value)).strip() if whole else ""
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


def decimal(raw: Raw) -> Decimal:
    """Return a number exactly as it was written, as a number or as text."""
    if bytes(raw) in NOTHING_WRITTEN:
        raise ValueError("a number is missing")
    try:
        return _decimal(raw)
    except DecodeError:
        raise ValueError("a number is none") from None


def decimal_or_none(raw: Raw, check: Callable[[Decimal], Decimal]) -> Decimal | None:
    """Return a number that `check` lets pass, or None where there is no such number."""
    try:
        return check(decimal(raw))
    except UNREADABLE:
        return None


def yes(value: object) -> bool:
    """Return whether a switch is on; it is unless the vendor says that it is not."""
    return str(value).strip().lower() not in ("false", "0", "0.0", "no")


def currency(*values: object) -> SafeText:
    """Return the first currency that is named, in upper case; empty where none is."""
    for value in values:
        if isinstance(value, dict):
            fields = cast("dict[str, object]", value)
            value = fields.get("code") or fields.get("name") or UNKNOWN_CURRENCY  # noqa: PLW2901
        if value is not None and value != "":
            return clean(label(value, LONGEST_WORD).upper() or UNKNOWN_CURRENCY)
    return NOTHING


def count(value: Decimal) -> int:
    """Return a whole number from 0 up; `2.0` is one."""
    if not value.is_finite() or not 0 <= value <= MOST_CARDS or value != value.to_integral_value():
        raise ValueError("a count is no whole number")
    return int(value)


def moment(value: object) -> datetime:
    """Return aware UTC from ISO 8601 (UTC where it has no offset) or milliseconds since 1970."""
    if isinstance(value, str):
        try:
            return _believed(_utc(datetime.fromisoformat(value.strip())))
        except (ValueError, OverflowError):
            raise ValueError("its time is not ISO 8601") from None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _believed(EPOCH + timedelta(milliseconds=value))
    raise ValueError("it has no time")


def moment_or_none(value: object) -> datetime | None:
    """Return aware UTC, or None where there is no readable time."""
    try:
        return moment(value)
    except UNREADABLE:
        return None


def http_date(date: str) -> datetime | None:
    """Read an HTTP date as aware UTC, however far away; None when it is absent or no date."""
    # Here for speed: what the journal holds has no such date.
    from email.utils import parsedate_to_datetime

    try:
        return _utc(parsedate_to_datetime(date)) if date else None
    except UNREADABLE:
        return None


def header_moment(date: str) -> datetime | None:
    """Read an HTTP date as aware UTC; None when it is absent, no date or none to believe."""
    when = http_date(date)
    return when if when is not None and EPOCH <= when < LATEST else None


def secret(raw: Raw) -> Secret:
    """Return a card's text as it is; a bare number keeps every digit that the vendor wrote."""
    text = bytes(raw).decode()
    if text in ("", "null"):
        return Secret("")
    if text[0] in "-0123456789":
        return Secret(text)
    return Secret(json.decode(text, type=str))


def kept(raw: Raw) -> Secret:
    """Return any field of a card as text: a list or an object as the JSON that the vendor wrote."""
    try:
        return secret(raw)
    except UNREADABLE:
        text = bytes(raw).decode("utf-8", "replace")
        return Secret("" if text in ("{}", "[]") else text)


_decimal = json.Decoder(Decimal).decode


def _believed(when: datetime) -> datetime:
    if not EPOCH <= when < LATEST:
        raise ValueError("its time is far from now")
    return when


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
