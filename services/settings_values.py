"""One value of one setting: read from the file or from a variable, checked, or refused in words."""

import math
import re
from decimal import Decimal, InvalidOperation
from typing import cast

from services.settings_fields import Field, Value
from services.text import clean

LONGEST = 1_000
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?\Z")
_SWITCH = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip


def from_toml(field: Field, raw: object) -> Value:
    """Return the value the settings file gave, checked.

    Raises:
        ValueError: with what is wrong, for the operator.
    """
    if field.kind is bool or field.kind is str:
        fits = isinstance(raw, field.kind)
    elif field.kind is int:
        fits = isinstance(raw, int) and not isinstance(raw, bool)
    else:
        fits = isinstance(raw, int | Decimal) and not isinstance(raw, bool)
    if not fits:
        raise ValueError(_refusal(field, raw))
    return _checked(field, cast("Value", raw))


def from_text(field: Field, text: str) -> Value:
    """Return the value an environment variable gave, checked; what is wrong is a ValueError."""
    stripped = text.strip()
    if field.kind is str:
        return _checked(field, text)
    if field.kind is bool and stripped.lower() in _SWITCH:
        return _SWITCH[stripped.lower()]
    if field.kind is int and _WHOLE.match(stripped):
        return _checked(field, int(stripped))
    if field.kind in (float, Decimal) and _NUMBER.match(stripped):
        return _checked(field, Decimal(stripped))
    raise ValueError(_refusal(field, text))


def exact(text: str) -> Decimal:
    """Read a TOML float without rounding; what Decimal cannot hold is NaN, which no range holds."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _checked(field: Field, value: Value) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(field, value)
    if not math.isfinite(value) or not _in_range(field, value):
        raise ValueError(_refusal(field, value))
    return field.kind(value)


def _in_range(field: Field, value: int | float | Decimal) -> bool:
    low, high = field.about.low, field.about.high
    return (low is None or value >= low) and (high is None or value <= high)


def _text(field: Field, value: str) -> str:
    if field.choices and value not in field.choices:
        raise ValueError(_refusal(field, value))
    lines = value.split("\n") if field.about.lines else [value]
    if len(value) > LONGEST or any(clean(line) != line for line in lines):
        raise ValueError(_refusal(field, value))
    if field.about.check is None:
        return value
    try:
        return field.about.check(value)
    except ValueError as reason:
        raise ValueError(f"{field.name} cannot be used: {reason}") from None


def _refusal(field: Field, raw: object) -> str:
    if field.about.private:
        return f"{field.name} must be {field.allowed}"
    if isinstance(raw, bool):
        shown = str(raw).lower()
    elif isinstance(raw, str | int | Decimal):
        shown = clean(repr(raw) if isinstance(raw, str) else str(raw), 60)
    else:
        shown = (
            "a table" if isinstance(raw, dict) else "a list" if isinstance(raw, list) else "a date"
        )
    return f"{field.name} is {shown} and must be {field.allowed}"
