"""The money of one invented day: every figure agrees, at every size, in letters and in privacy."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from textual.geometry import Size

from services.domain.book import waiting_count
from services.domain.ledger import Ledger, Mark
from services.domain.money import Prices
from tests.widgets.sheets.shop_day import shop_book
from widgets.drawing import style
from widgets.drawing.frame import Around, Frame, PaneName
from widgets.drawing.ink import DrawnLine
from widgets.panes.balance import BalancePane
from widgets.sheets.money import MoneySheet
from widgets.sheets.money_parts import ledger_words

Make = Callable[..., Any]
SIZES = [(60, 16), (80, 22), (100, 28), (120, 38), (200, 58)]


@pytest.fixture
def letters() -> Iterator[None]:
    """Draw on a terminal of letters."""
    before = style.now()
    style.take(style.Look(ascii=True))
    yield
    style.take(before)


def drawn(widget: MoneySheet | BalancePane, width: int, height: int) -> list[str]:
    return ["".join(piece.text for piece in line) for line in widget.draw(width, height)]


def money(*, privacy: bool = False) -> MoneySheet:
    sheet = MoneySheet()
    sheet.set_reactive(MoneySheet.book, shop_book())
    sheet.set_reactive(MoneySheet.privacy, privacy)
    return sheet


def pane(*, privacy: bool = False) -> BalancePane:
    balance = BalancePane()
    balance.set_reactive(BalancePane.book, shop_book())
    balance.set_reactive(BalancePane.privacy, privacy)
    return balance


@pytest.mark.parametrize("size", SIZES)
def test_the_money_fills_its_room_exactly(size: tuple[int, int]) -> None:
    lines = drawn(money(), *size)
    assert len(lines) == size[1]
    assert {len(line) for line in lines} == {size[0]}


def test_the_figures_of_a_day_are_the_same_everywhere() -> None:
    sold, margin, spent = "75 794.00", "3 649.37", "72 144"
    for size in SIZES[1:]:
        text = "\n".join(drawn(money(), *size))
        words = [sold, margin, spent, "289 235.87 DZD", "lasts 5 days", "22 607", "26", "61 204"]
        assert [word for word in words if word not in text] == []
    text = "\n".join(drawn(pane(), 34, 10))
    assert [word for word in (sold, margin, "289 235.87 DZD", "4 cards") if word not in text] == []


def test_each_plot_of_the_balance_pane_has_its_label() -> None:
    text = "\n".join(drawn(pane(), 34, 11))
    assert "balance today" in text
    assert "most 337 550" in text
    assert "spent per hour" in text


@pytest.mark.parametrize("size", SIZES[1:])
def test_the_title_says_how_long_the_balance_lasts(size: tuple[int, int]) -> None:
    assert "lasts 5 days" in drawn(money(), *size)[0]


def test_wide_screens_say_what_each_operator_sold() -> None:
    text = "\n".join(drawn(money(), 200, 58))
    assert "+150 000 at 13:02" in text
    amina = next(line for line in text.splitlines() if "│  amina " in line)
    assert amina[:66].split() == ["│", "amina", "20", "76", "58", "947", "2", "844.10", "3", "│"]


def test_without_blocks_all_of_it_is_letters(letters: None) -> None:
    for size in SIZES:
        assert all(line.isascii() for line in drawn(money(), *size))
    assert all(line.isascii() for line in drawn(pane(), 34, 10))


def test_privacy_leaves_counts_and_what_a_customer_pays() -> None:
    for size in SIZES[1:]:
        text = "\n".join(drawn(money(privacy=True), *size))
        assert "Amounts are hidden (d)." in text
        assert "25, 81" in text
        assert not [word for word in ("289", "794", "22 607", "▆", "█") if word in text]
    assert drawn(pane(privacy=True), 34, 10)[1].split() == ["to", "hand", "over", "4", "cards"]


def test_a_pane_too_low_for_its_plot_keeps_the_figures() -> None:
    lines = drawn(pane(), 34, 5)
    assert [line.split()[0] for line in lines[1:]] == ["sold", "margin", "on", "to"]
    assert "█" not in "".join(lines)


def inks(line: DrawnLine) -> dict[str, str]:
    return {piece.text.strip(): piece.ink for piece in line if piece.text.strip()}


def test_figures_stand_out_from_their_labels_and_nothing_recedes() -> None:
    sold, margin, held, waiting = map(inks, pane().draw(34, 11)[-4:])
    assert sold == {"sold": "dim", "75 794.00": "strong"}
    assert margin == {"margin": "dim", "3 649.37": "good strong"}
    assert held["on hold"] == "dim"
    assert held != waiting
    assert waiting == {"to hand over": "dim", "4 cards": "good strong"}
    quiet = pane()
    book = shop_book()
    quiet.set_reactive(BalancePane.book, replace(book, orders=()))
    assert inks(quiet.draw(34, 11)[-1]) == {"to hand over": "dim", "0 cards": "dim"}
    assert book.day is not None
    early = replace(book, day=replace(book.day, goods=()))
    quiet.set_reactive(BalancePane.book, early)
    assert {ink for line in quiet.draw(34, 11)[-4:-2] for ink in inks(line).values()} == {"dim"}


def test_few_days_are_no_history() -> None:
    book = shop_book()
    assert book.spending is not None
    sheet = money()
    early = replace(book, spending=replace(book.spending, history_days=2))
    sheet.set_reactive(MoneySheet.book, early)
    text = "\n".join(drawn(sheet, 120, 38))
    assert "Not enough history yet" in text
    assert "Sun 22" not in text


def test_the_words_of_a_ledger_that_was_not_read() -> None:
    assert ledger_words(None) == "not read yet"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "✓ matches your orders"),
        ({"breaks": 1}, "! has a break"),
        ({"complete": False}, "! not all of it was read"),
        ({"difference": 300}, "! does not match your orders"),
        ({"undebited": 1}, "! an order was not debited"),
        ({"charged": False}, "Sandbox: no money moves"),
    ],
)
def test_only_a_ledger_without_a_fault_has_a_tick(
    ledger: Make, movement: Make, facts: dict[str, Any], words: str
) -> None:
    assert said_of(ledger(movement(), **facts)) == words


def test_a_debit_without_an_order_takes_the_tick_away(ledger: Make, movement: Make) -> None:
    assert said_of(ledger(movement(mark=Mark.NO_ORDER))) == "! a debit has no order"


def said_of(read: Ledger) -> str:
    """Return what the money's screen says in the rule of the ledger."""
    sheet = money()
    sheet.set_reactive(MoneySheet.book, replace(shop_book(), ledger=read))
    rule = next(line for line in drawn(sheet, 200, 58) if "Ledger" in line)
    return rule.partition("Ledger")[2].partition("─")[0].strip()


def test_the_command_and_the_screen_have_one_source() -> None:
    book = shop_book()
    assert book.day is not None
    assert book.spending is not None
    assert book.balance is not None
    held = waiting_count(book.orders)
    figures = book.day.figures(book.spending, Prices(Decimal(5)), held, book.balance.amount)
    lines = drawn(money(), 200, 58)
    said = {figure.name: figure.words for figure in figures.values()}
    for name, words in said.items():
        assert any(name in line and f"{words} " in line for line in lines), name


def test_a_part_without_a_key_has_its_title_alone() -> None:
    frame = Frame(PaneName("", "Today"), "both")
    lines = frame.around([], Size(20, 3), Around())
    assert ["".join(piece.text for piece in line) for line in lines] == [
        "╭─ Today ──────────╮",
        "│                  │",
        "╰──────────────────╯",
    ]
