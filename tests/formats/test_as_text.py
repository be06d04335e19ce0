"""Plain output: aligned by what a terminal draws, and inert whatever a name holds."""

from datetime import UTC, datetime
from decimal import Decimal

from services.domain.models import Denomination, Product, Stock
from services.domain.text import cell_width
from tui.formats import as_text


def test_columns_align_by_cells_not_by_characters():
    lines = as_text.table(("A", "B"), [("日本", "x"), ("abc", "y")]).splitlines()
    assert [
        cell_width(line[: line.rindex(end)]) for line, end in zip(lines, "Bxy", strict=True)
    ] == [
        6,
        6,
        6,
    ]


def test_numbers_are_to_the_right_and_no_line_ends_in_spaces():
    text = as_text.table(("N", "NAME"), [("5", "a"), ("1 000", "")], right={0})
    assert text.splitlines() == ["    N  NAME", "    5  a", "1 000"]


def test_no_rows_are_no_output():
    assert as_text.table(("A",), []) == ""


def test_hostile_names_speak_to_no_terminal():
    product = Product("id", "\x1b]52;c;AAAA\x07[/]\u202edesrever\x9b2J\nnext", "cat\tegory")
    shown = as_text.catalog([product])
    assert len(shown.splitlines()) == 2
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown if char != "\n")
    assert "\u202e" not in shown
    assert "[/]" in shown


def test_stock_shows_prices_margin_and_cards():
    denominations = (Denomination("t1", "10 EUR", Decimal("1326.13"), 7),)
    stock = Stock("p1", "Steam", denominations, datetime(2026, 3, 1, tzinfo=UTC))
    shown = as_text.stock(stock, {"t1": Decimal(1393)}).splitlines()[-1]
    assert shown == "t1       1 326.13      1 393       66.87      7  10 EUR"


def test_facts_leave_out_what_is_not_known():
    assert as_text.facts((("order", ""), ("state", "SENDING"))) == "state  SENDING"
