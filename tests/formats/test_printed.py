"""What a printer gets: lines that fit the paper, and QR codes that a telephone reads."""

import pytest
import segno

from services.domain.models import Card
from services.domain.secrets import Secret
from tests.security.drawn_codes import matrix_in
from tui.formats.printed import QUIET, broken, printed


def card(value: str) -> Card:
    return Card(Secret(value), Secret(""))


@pytest.mark.parametrize(
    ("line", "columns", "parts"),
    [
        ("Netflix, Turkey 200 TRY", 32, ["Netflix, Turkey 200 TRY"]),
        ("Netflix, Turkey 200 TRY", 12, ["Netflix,", "Turkey 200", "TRY"]),
        ("AAAABBBBCCCC", 5, ["AAAAB", "BBBCC", "CC"]),
        ("", 32, [""]),
        ("رقم الطلب هنا", 9, ["رقم الطلب", "هنا"]),
    ],
)
def test_a_line_is_broken_at_its_blanks(line: str, columns: int, parts: list[str]) -> None:
    assert broken(line, columns) == parts


def test_a_qr_code_of_each_code_is_below_the_text() -> None:
    codes = ["AAAA-BBBB-CCCC", "DDDD-EEEE-FFFF"]
    text = printed(Secret("Netflix"), [card(code) for code in codes], 32, qr=True).reveal()
    assert all(len(line) <= 32 for line in text.split("\n"))
    for number, code in enumerate(codes, 1):
        matrix = segno.make(code, error="m", micro=False).matrix
        side = len(matrix) + 2 * QUIET
        drawn = text.split(f"{number}.\n")[1].split("\n")[: (side + 1) // 2]
        assert matrix_in([line.ljust(side) for line in drawn], QUIET) == [
            list(map(bool, row)) for row in matrix
        ]


def test_a_qr_code_wider_than_the_paper_is_left_out() -> None:
    assert "█" not in printed(Secret("x"), [card("A" * 90)], 32, qr=True).reveal()
    assert "█" in printed(Secret("x"), [card("A" * 90)], 48, qr=True).reveal()
    assert "█" not in printed(Secret("x"), [card("A")], 48, qr=False).reveal()
