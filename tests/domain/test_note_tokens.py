"""A telephone number of Algeria is one number, however it is written."""

from datetime import UTC, datetime

import pytest

from services.domain.book import BoardOrder
from services.domain.text import clean
from services.domain.typed.note_tokens import asked, matches, telephone_forms
from widgets.board.rows import Rows
from widgets.panes.order_filters import PREFIXES, order_search

FORMS = [
    "0555123456",
    "0555 12 34 56",
    "0555.12.34.56",
    "+213555123456",
    "+213 555 12 34 56",
    "00213555123456",
    "00213 555-12-34-56",
    "+213 (0) 555 12 34 56",
    "213555123456",
    "\u0660\u0665\u0665\u0665\u0661\u0662\u0663\u0664\u0665\u0666",
]


def found(note, text):
    return any(matches(note, way) for way in asked(text))


@pytest.mark.parametrize("written", FORMS)
@pytest.mark.parametrize("typed", FORMS)
def test_every_form_finds_every_other(written, typed):
    assert found(f"Amina {written} Kouba", typed)


@pytest.mark.parametrize("typed", ["0555", "055512", "+213555", "00213 555 12"])
@pytest.mark.parametrize("written", ["0555123456", "+213555123456", "00213555123456"])
def test_its_beginning_finds_it(written, typed):
    assert found(written, typed)


@pytest.mark.parametrize(
    ("written", "typed"),
    [("0555123457", "+213555123456"), ("021234567", "0555123456"), ("10 EUR", "010")],
)
def test_other_numbers_are_not_found(written, typed):
    assert not found(written, typed)


@pytest.mark.parametrize("number", ["10", "2026", "0", "999", "0812345678", "123456789012345"])
def test_other_digits_have_no_other_form(number):
    assert telephone_forms(number) == ()


def test_a_fixed_line_is_a_number_too():
    assert found("021 23 45 67", "+213 21 23 45 67")


@pytest.mark.parametrize("typed", [*FORMS, "0555123", "+213 5", "ref:0555 12 34 56"])
@pytest.mark.parametrize("written", FORMS)
def test_the_filter_of_orders_finds_every_form(written, typed):
    rows = Rows(lambda order: order.row_id, order_search, PREFIXES)
    rows.replace((an_order("a", f"Amina {written}"), an_order("b", "Omar 0555 98 76 54")))
    rows.filter(typed)
    assert "a" in {order.row_id for order in rows.listed}
    if len(typed) > 6:
        assert [order.row_id for order in rows.listed] == ["a"]


def an_order(key, note):
    return BoardOrder(
        row_id=key,
        order_id="66f3-12-34-56",
        state="HANDLING",
        product=clean("Steam Wallet"),
        denomination=clean("5 USD"),
        quantity=1,
        time=datetime(2026, 11, 28, tzinfo=UTC),
        mine=True,
        note=clean(note),
    )
