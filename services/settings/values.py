"""One value of one setting: read from the file or from a variable, checked, or refused in words."""

import re
from decimal import Decimal, InvalidOperation

from msgspec import ValidationError, convert

from services.domain.text import clean
from services.settings.fields import Field, Value

LONGEST = 1_000
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?\Z")
_SWITCH: dict[str, bool] = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def from_toml(field: Field, raw: object) -> Value:
    """Return the value the settings file gave, checked.

    Raises:
        ValueError: with what is wrong, for the operator.
    """
    try:
        value = _amount(field, raw) if field.kind is Decimal else convert(raw, field.declared)
    except (ValidationError, UnicodeEncodeError):
        # msgspec encodes text to compare it, and a variable may hold bytes that are no text.
        raise ValueError(_refusal(field, raw)) from None
    if not isinstance(value, str):
        return value
    lines = value.split("\n") if field.lines else [value]
    if len(value) > LONGEST or any(clean(line) != line for line in lines):
        raise ValueError(_refusal(field, raw))
    try:
        return field.check(value) if field.check else value
    except ValueError as reason:
        raise ValueError(f"{field.name} cannot be used: {reason}") from None


def from_text(field: Field, text: str) -> Value:
    """Return the value an environment variable gave, checked; what is wrong is a ValueError."""
    word = text.strip().lower()
    if field.kind is bool:
        return from_toml(field, _SWITCH.get(word, text))
    if field.kind is not str and _NUMBER.match(word):
        return from_toml(field, Decimal(word) if "." in word else int(word))
    return from_toml(field, text)


def exact(text: str) -> Decimal:
    """Read a TOML float without rounding; what Decimal cannot hold is NaN, which no range holds."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _amount(field: Field, raw: object) -> Decimal:
    """Return an exact number in the field's range, of which msgspec knows none for a Decimal."""
    value = Decimal(convert(raw, int | Decimal, builtin_types=(Decimal,)))
    if value.is_finite() and field.low <= value <= field.high:
        return value
    raise ValidationError


def _refusal(field: Field, raw: object) -> str:
    if field.private:
        return f"{field.name} must be {field.allowed}"
    match raw:
        case bool():
            shown = str(raw).lower()
        case str() | int() | Decimal():
            shown = clean(repr(raw) if isinstance(raw, str) else str(raw), 60)
        case dict():
            shown = "a table"
        case list():
            shown = "a list"
        case _:
            shown = "a date"
    return f"{field.name} is {shown} and must be {field.allowed}"
