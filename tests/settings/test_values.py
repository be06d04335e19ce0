"""One value of one setting, as a variable or the file gives it."""

import re
from decimal import Decimal

import pytest

from services.settings.fields import FIELDS, Field
from services.settings.values import from_text, from_toml

NUMBERS = [field for field in FIELDS if field.kind in (int, float, Decimal)]
NO_TEXT = "\udcff"


def key(field: Field) -> str:
    return field.key


@pytest.mark.parametrize("field", NUMBERS, ids=key)
def test_both_ends_of_a_range_are_taken(field: Field) -> None:
    for end in (field.low, field.high):
        value = from_text(field, f"{end:g}" if end < 1 else f"{end:.0f}")
        assert type(value) is field.kind
        assert float(value) == end


@pytest.mark.parametrize("field", NUMBERS, ids=key)
@pytest.mark.parametrize("raw", ["5", True, Decimal("NaN"), Decimal("Infinity"), 10**30, -1, [5]])
def test_what_is_no_number_of_the_range_is_refused(field: Field, raw: object) -> None:
    with pytest.raises(ValueError, match=re.escape(f"must be {field.allowed}")):
        from_toml(field, raw)


@pytest.mark.parametrize("field", FIELDS, ids=key)
def test_bytes_that_are_no_text_are_refused_in_words(field: Field) -> None:
    for read in (from_text, from_toml):
        with pytest.raises(ValueError, match=rf"^{field.name} (is|must|cannot)"):
            read(field, NO_TEXT)
