"""Times as the wall clock of this machine shows them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.domain import local_time

AT = datetime(2026, 11, 24, 23, 30, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def algiers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Africa/Algiers")
        time.tzset()
        yield
    time.tzset()


def test_each_pattern_is_in_local_time() -> None:
    assert local_time.local_clock(AT) == "00:30:09"
    assert local_time.local_time(AT) == "2026-11-25 00:30:09"
    assert local_time.spoken_day(AT) == "25/11/2026"
    assert local_time.file_stamp(AT) == "20261125-003009"


def test_a_span_names_the_day_of_its_end_where_it_is_another() -> None:
    assert local_time.local_span(AT, AT + timedelta(hours=1)) == "2026-11-25 00:30 to 01:30"
    before = AT - timedelta(hours=1)
    assert local_time.local_span(before, AT) == "2026-11-24 23:30 to 2026-11-25 00:30"
    assert not local_time.same_day(before, AT)
    assert not local_time.same_day(AT, None)


def test_a_day_is_named_in_a_sentence() -> None:
    assert local_time.local_day_name(AT, AT + timedelta(hours=1)) == "at 00:30"
    assert local_time.local_day_name(AT, AT + timedelta(days=2)) == "on 25 Nov"
    assert local_time.local_day_name(AT, AT + timedelta(days=90)) == "on 25 Nov 2026"
