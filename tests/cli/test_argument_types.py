"""What is typed is taken exactly, or refused in one sentence."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.errors import BadInput
from services.domain.typed import digits
from tui.cli import argument_types

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "cards"), [("1", 1), ("25", 25), ("100000", 100_000)])
def test_a_whole_number_is_a_quantity(text, cards):
    assert digits.quantity(text) == cards


@pytest.mark.parametrize(
    "text",
    [
        *("0", "-1", "1.5", "1e9", "abc", "٣", "", " 1", "1 ", "+1", "01", "1_0", "100001", "0x1"),
        *("²", "9" * 5_000, "\x1b[2J1", "1\n"),
    ],
)
def test_anything_else_is_no_quantity(text):
    with pytest.raises(BadInput) as refused:
        digits.quantity(text)
    sentence = refused.value.sentence()
    assert sentence.isprintable()
    assert len(sentence) < 200


def test_a_limit_is_an_amount_above_zero():
    assert argument_types.amount("48 250,50") == Decimal("48250.50")


@pytest.mark.parametrize("text", ["0", "-5", "abc", "1e5", "NaN", ""])
def test_anything_else_is_no_limit(text):
    with pytest.raises(BadInput):
        argument_types.amount(text)


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "1e3", "999999", "soon"])
def test_a_wait_is_at_most_a_day(text):
    with pytest.raises(BadInput):
        argument_types.seconds(text)


@pytest.mark.parametrize("text", ["-1", "65536", "http", "٣", ""])
def test_a_port_is_a_port(text):
    with pytest.raises(BadInput):
        argument_types.port(text)


def test_a_time_with_its_zone_is_that_moment():
    assert argument_types.start("2026-03-01T10:00+01:00") == NOW
    assert argument_types.end("2026-03-01T09:00:00Z") == NOW


def test_a_bare_date_is_the_whole_local_day():
    start, end = argument_types.start("2026-03-01"), argument_types.end("2026-03-01")
    assert start.astimezone().hour == 0
    assert end - start > timedelta(hours=22)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "20260301", "2026-03-01T25:00", "٢"])
def test_anything_else_is_no_time(text):
    with pytest.raises(BadInput):
        argument_types.start(text)


def test_a_period_without_an_end_goes_to_now():
    begin = NOW - timedelta(days=1)
    assert argument_types.period(None, None, NOW) == (None, None)
    start, end = argument_types.period(begin, None, NOW)
    assert start == begin
    assert end is not None
    assert end >= NOW


def test_half_a_period_and_one_that_runs_backwards_are_refused():
    with pytest.raises(BadInput):
        argument_types.period(None, NOW, NOW)
    with pytest.raises(BadInput):
        argument_types.period(NOW, NOW - timedelta(days=1), NOW)


@pytest.mark.parametrize("text", ["", "two words", "٣", "a" * 129, "a\x1b"])
def test_an_id_is_printable_ascii_without_spaces(text):
    for read in (
        argument_types.vendor_id,
        argument_types.reference,
        argument_types.idempotency_key,
    ):
        with pytest.raises(BadInput):
            read(text)
