"""Single values of the vendor's JSON: exact, bounded, cleaned."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import Raw

from services.vendor import wire, wire_values


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-10-29T01:00:00.000Z", datetime(2025, 10, 29, 1, tzinfo=UTC)),
        ("2025-10-29T02:00:00+01:00", datetime(2025, 10, 29, 1, tzinfo=UTC)),
        ("2025-10-29T01:00:00", datetime(2025, 10, 29, 1, tzinfo=UTC)),
        (1761699600000, datetime(2025, 10, 29, 1, tzinfo=UTC)),
        (1761699600000.0, datetime(2025, 10, 29, 1, tzinfo=UTC)),
    ],
)
def test_times_are_utc_however_they_are_written(written, moment):
    assert wire_values.moment(written) == moment
    assert wire_values.moment(written).tzinfo is UTC


@pytest.mark.parametrize(
    "bad",
    [
        None, True, "", "soon", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-05:00",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 253402300799999, 1e300, -1e14, -1e18,
    ],
)  # fmt: skip
def test_a_time_that_is_none_is_an_error(bad):
    with pytest.raises(wire_values.UNREADABLE):
        wire_values.moment(bad)
    assert wire_values.moment_or_none(bad) is None


@pytest.mark.parametrize(
    "date", ["", "soon", "Wed, 99 Oct 2025 01:00:00 GMT", "0", ":", "a b c d e"]
)
def test_a_date_header_that_is_none_is_left_out(date):
    assert wire_values.header_moment(date) is None


def test_a_date_header_at_the_end_of_the_calendar_is_no_clock():
    assert wire_values.header_moment("Fri, 31 Dec 9999 23:59:59 GMT") is None


@pytest.mark.parametrize(
    ("raw", "card"),
    [
        (b'"AB\\u0043-1"', "ABC-1"),
        (b'" \\u202e[/] "', " \u202e[/] "),
        (b"12345678901234567890123", "12345678901234567890123"),
        (b"0", "0"),
        (b"null", ""),
        (b"", ""),
    ],
)
def test_a_card_keeps_each_of_its_characters(raw, card):
    assert wire_values.secret(Raw(raw)).reveal() == card


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"true", b'"\xff"'])
def test_a_card_that_is_no_text_is_an_error(raw):
    with pytest.raises(wire_values.UNREADABLE):
        wire_values.secret(Raw(raw))


@pytest.mark.parametrize("good", ["0", "2.0", "1E+2", "1000000000"])
def test_whole_numbers_are_counts(good):
    assert wire_values.count(Decimal(good)) == int(Decimal(good))


@pytest.mark.parametrize("bad", ["-1", "1.5", "1000000001", "1E+999999", "NaN", "sNaN", "Infinity"])
def test_other_numbers_are_no_counts(bad):
    with pytest.raises(wire_values.UNREADABLE):
        wire_values.count(Decimal(bad))


@pytest.mark.parametrize("bad", ["-0.01", "1E+13", "1E-30", "NaN", "sNaN", "-Infinity"])
def test_other_numbers_are_no_prices(bad):
    with pytest.raises(wire_values.UNREADABLE):
        wire_values.price(Decimal(bad))


def test_an_overdrawn_account_still_has_a_balance():
    assert wire.balance(Raw(b'{"balance": -5.5}'), datetime.now(UTC)).amount == Decimal("-5.5")


def test_a_transaction_is_liberal_where_the_contract_is_unsure():
    page = wire.transactions(
        Raw(
            b'{"items": [{"_id": "t1", "type": "ORDER", "operation": false, "amount": -980.5,'
            b' "objid": null, "time": "2025-10-29T01:00:00Z"}],'
            b' "pagination": {"page": 1, "pageSize": 20, "totalPages": 1, "totalResults": 1}}'
        ),
        1,
    )
    found = page.items[0]
    assert (found.amount, found.objid, found.note) == (Decimal("980.5"), "", "")
    assert found.old_balance is None


def test_an_id_is_cleaned_and_bounded():
    assert wire_values.identifier("a\x00b\u202e") == "a\ufffdb"
    with pytest.raises(ValueError, match="longer"):
        wire_values.identifier("x" * 81)
