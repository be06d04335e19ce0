"""What is typed to find an order: ids, their ends, days, words, and serials kept apart."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.domain.errors import BadInput
from services.domain.typed import lookup, note_tokens
from tui.palette.parser import hides, remembered

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def algiers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Africa/Algiers")
        time.tzset()
        yield
    time.tzset()


def span(text: str) -> tuple[str, str]:
    wanted = lookup.read(text, NOW)
    assert wanted.start is not None
    assert wanted.end is not None
    return f"{wanted.start:%Y-%m-%d %H:%M}", f"{wanted.end:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("today", "2026-11-23 23:00", "2026-11-24 23:00"),
        ("Yesterday", "2026-11-22 23:00", "2026-11-23 23:00"),
        ("2026-03-01", "2026-02-28 23:00", "2026-03-01 23:00"),
        ("24/11", "2026-11-23 23:00", "2026-11-24 23:00"),
        ("25/11", "2025-11-24 23:00", "2025-11-25 23:00"),
        ("29/2", "2024-02-28 23:00", "2024-02-29 23:00"),
        ("1/2/2026", "2026-01-31 23:00", "2026-02-01 23:00"),
        ("today 14:05", "2026-11-24 12:35", "2026-11-24 13:35"),
        ("24/11 9h30 netflix", "2026-11-24 08:00", "2026-11-24 09:00"),
    ],
)
def test_a_day_is_the_local_one_and_a_time_is_the_hour_around_it(
    text: str, begin: str, end: str
) -> None:
    assert span(text) == (begin, end)


def test_words_beside_a_day_are_looked_for_in_it() -> None:
    assert lookup.read("today 14:05 netflix turkey", NOW).words == (("netflix", "turkey"),)
    assert lookup.read("today netflix", NOW).words == (("netflix",),)


@pytest.mark.parametrize("text", ["31/2", "2026-13-01", "0/5", "2026-02-30", "1/1/9999", "", "  "])
def test_no_day_and_nothing_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        lookup.read(text, NOW)


@pytest.mark.parametrize("text", ["...EB64b3", "…eb64b3", "#eb64b3", "eb64b3"])
def test_the_end_of_an_id_is_taken_as_the_board_writes_it(text: str) -> None:
    assert lookup.read(text, NOW).tail == "eb64b3"


def test_only_what_could_be_a_whole_order_id_is_one_the_vendor_is_asked_for() -> None:
    whole = "65f0a1b2c3d4e5f60718293a"
    assert lookup.read(whole, NOW).whole_id == whole
    for text in ("eb64b3", "for Yacine", "international", "p261124-abcdef123456", "0555123456"):
        assert lookup.read(text, NOW).whole_id == ""


def test_a_serial_is_no_text_to_look_for() -> None:
    with pytest.raises(BadInput):
        lookup.read("serial: ABC", NOW)
    assert lookup.serial_of(" Serial:AB-12 ") == "AB-12"
    assert lookup.serial_of("serials") is None
    assert lookup.serial_and_days("AB 12 30d") == ("AB 12", 30)
    assert lookup.serial_and_days("AB") == ("AB", 7)
    for text in ("", "-"):
        assert lookup.serial_and_days(text) == ("", 7)
    assert lookup.serial_and_days("- 3d") == ("", 3)
    with pytest.raises(BadInput):
        lookup.serial_and_days("AB 0d")


@pytest.mark.parametrize(
    ("note", "text", "found"),
    [
        ("for Yacine, cash", "yac", True),
        ("for Yacine, cash", "cash yacine", True),
        ("for Yacine, cash", "cine", False),
        ("0555 12 34 56", "0555123456", True),
        ("0555123456", "0555 12 34", True),
        ("0555 12-34.56", "05551234", True),
        ("٠٥٥٥ ١٢", "0555 12", True),
        ("Été à l'hôtel", "hotel ete", True),
        ("بِطاقة", "بطاق", True),
        ("room 12", "123", False),
    ],
)
def test_a_note_is_found_by_the_beginnings_of_its_words(note: str, text: str, found: bool) -> None:
    assert any(note_tokens.matches(note, words) for words in note_tokens.asked(text)) is found


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("find 65f0a1b2c3d4e5f60718293a", "find "),
        ("find p261124-abcdef123456", "find p261124-abcdef123456"),
        ("find req_1795_00000e", "find req_1795_00000e"),
        ("find 24/11 14:05", "find 24/11 14:05"),
        ("find yacine", "find "),
        ("find today yacine", "find "),
        ("find 0555123456", "find "),
        ("find serial:AB-12", "find serial:"),
        (":find SERIAL: AB-12", "find serial:"),
    ],
)
def test_history_keeps_no_name_no_number_and_no_serial(line: str, kept: str) -> None:
    assert remembered(line) == kept


def test_a_typed_serial_is_hidden_as_it_is_typed() -> None:
    assert hides("find serial:A")
    assert hides(":Find Serial: A")
    assert not hides("find serial:")
    assert not hides("note serial:A")
