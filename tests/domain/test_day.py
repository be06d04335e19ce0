"""One reader of days and moments for every command."""

from datetime import UTC, date, time

import pytest

from services.domain.errors import BadInput
from services.domain.typed.day import day_of, is_day, moment_of

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        ("24/11/2026", date(2026, 11, 24)),
        ("24.11.2026", date(2026, 11, 24)),
        ("24-11-2026", date(2026, 11, 24)),
        ("24/11/26", date(2026, 11, 24)),
        ("24.11.26", date(2026, 11, 24)),
        ("24/11", date(2026, 11, 24)),
        ("29/12", date(2025, 12, 29)),
        ("today", TODAY),
        ("Hier", date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 27)),
        ("\u0627\u0644\u064a\u0648\u0645", TODAY),
        ("\u0623\u0645\u0633", date(2026, 11, 27)),
        ("\u0623\u0645\u0652\u0633\u0650", date(2026, 11, 27)),
        ("\u0662\u0664/\u0661\u0661/\u0662\u0660\u0662\u0666", date(2026, 11, 24)),
    ],
)
def test_a_day_is_read(word, day):
    assert day_of(word, TODAY) == day
    assert is_day(word)


@pytest.mark.parametrize("word", ["31/02/2026", "2026-13-01", "0/1", "24/11/0001"])
def test_a_day_that_does_not_exist_is_refused(word):
    with pytest.raises(BadInput, match="There is no day"):
        day_of(word, TODAY)


@pytest.mark.parametrize(
    "word", ["", "eb64b3", "0555123456", "10 EUR", "2026", "24-11", "24-11-26", "24/11.2026"]
)
def test_what_is_no_day_is_none(word):
    assert day_of(word, TODAY) is None


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("24/11/2026", (24, 0, 0)),
        ("today 14:30", (28, 14, 30)),
        ("24/11 9h", (24, 9, 0)),
        ("2026-11-24T14:30", (24, 14, 30)),
        ("2026-11-24 14:30", (24, 14, 30)),
    ],
)
def test_a_moment_is_local_time(text, local):
    day, hour, minute = local
    read = moment_of(text, TODAY, time.min)
    assert read.tzinfo is UTC
    here = read.astimezone()
    assert (here.day, here.hour, here.minute) == (day, hour, minute)


@pytest.mark.parametrize("text", ["", "soon", "24/11 25:00", "2026-11-24T99:00", "today later"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(BadInput, match="is no date or time"):
        moment_of(text, TODAY, time.min)
