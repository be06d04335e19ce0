"""A sale as it is drawn: what is paid, what was not bought and why, and what privacy hides."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain.phrase import phrase, plain
from services.domain.shop.sale import CheckedLine, SaleReview
from services.domain.text import ours
from tests.domain.shop.test_sale import AT, line, order, sale
from widgets.panes.sale_lines import SaleLines
from widgets.sheets.sale import SaleSheet
from widgets.sheets.sale_review import SaleReviewSheet

LEFT = ours("the cost was 100 DZD and is now 190 DZD a card")


def lines_of(sheet: Any, width: int = 76) -> str:
    return "\n".join("".join(part.text for part in row) for row in sheet.text_lines(width))


def drawn(sheet: Any, width: int = 78, height: int = 22) -> str:
    return "\n".join("".join(part.text for part in row) for row in sheet.draw(width, height))


def test_a_line_that_was_not_bought_says_why_without_amounts_in_privacy() -> None:
    sheet = SaleSheet()
    sheet.set_reactive(SaleSheet.sale, sale(line(1, left_out=LEFT), line(2)))
    assert "is now 190 DZD" in lines_of(sheet)
    sheet.set_reactive(SaleSheet.privacy, True)
    text = lines_of(sheet)
    assert "was not bought" in text
    assert "190" not in text
    assert "margin" not in text


def test_a_line_without_an_answer_comes_before_all_else() -> None:
    sheet = SaleSheet()
    sheet.set_reactive(SaleSheet.sale, sale(line(1, order=order("UNRESOLVED")), line(2)))
    text = lines_of(sheet)
    assert "Do not buy it again; u settles it." in text
    assert "Not bought yet: 1 line." in text


@pytest.mark.parametrize(("received", "words"), [(500, "give back 80"), (400, "still to pay 20")])
def test_what_is_received_is_compared_with_what_is_paid(received: int, words: str) -> None:
    sheet = SaleSheet()
    sheet.set_reactive(SaleSheet.sale, sale(line(1), line(2), received=Decimal(received)))
    assert words in lines_of(sheet)


def test_a_review_names_what_is_wrong_and_asks_nothing() -> None:
    whole = sale(line(1), line(2))
    checked = (CheckedLine(whole.lines[0]), CheckedLine(whole.lines[1], plain("1 left in stock")))
    sheet = SaleReviewSheet()
    sheet.set_reactive(SaleReviewSheet.review, SaleReview(whole, checked, Decimal(10_000), AT))
    text = drawn(sheet)
    assert "1 left in stock" in text
    assert "Buy 2 lines" not in text
    moved = phrase("the cost was {a} DZD", a=Decimal(100))
    sound = (CheckedLine(whole.lines[0], changed=moved), CheckedLine(whole.lines[1]))
    sheet.set_reactive(SaleReviewSheet.review, SaleReview(whole, sound, Decimal(10_000), AT))
    text = drawn(sheet)
    assert "CHANGED" in text
    assert "Buy 2 lines, 4 cards?" in text


def test_a_long_sale_leaves_the_question_in_sight() -> None:
    whole = sale(*(replace(line(1), number=at, key=f"k{at}") for at in range(1, 31)))
    checked = tuple(map(CheckedLine, whole.lines))
    sheet = SaleReviewSheet()
    sheet.set_reactive(SaleReviewSheet.review, SaleReview(whole, checked, Decimal(10**6), AT))
    text = drawn(sheet)
    assert "Buy 30 lines, 60 cards?" in text
    assert "more" in text


async def test_lines_are_listed_with_their_states(staged: Any) -> None:
    board = SaleLines(id="lines")
    async with staged(board):
        board.sale = sale(
            line(1, order=order("FULFILLED", cards_came=2)), line(2), line(3, left_out=LEFT)
        )
        text = drawn(board, 110, 6)
    assert "ready" in text
    assert "to buy" in text
    assert "! not bought" in text


async def test_a_long_text_leaves_room_for_what_happened(staged: Any) -> None:
    async with staged(SaleSheet(), 80, 16) as stage:
        stage.widget.styles.height = 16
        stage.widget.sale = sale(line(1, order=order("FULFILLED", given_at=AT, given_by="amina")))
        stage.widget.text = "\n".join(f"text {number}" for number in range(12))
        text = await stage.text()
    assert "text 0" in text
    assert "lines more: t shows all" in text
    assert "line 1: handed over by amina" in text
