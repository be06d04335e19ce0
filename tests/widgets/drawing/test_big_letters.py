"""Letters across a counter: whole, all different, and only where they fit."""

import pytest

from services.domain.secrets import Secret
from tests.security.drawn_codes import letters_in, matrix_in
from widgets.drawing.big_letters import QUIET, letters, qr_lines

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"


def test_no_two_letters_look_the_same() -> None:
    drawn = [tuple(letters(sign, 6)) for sign in SIGNS]
    assert len(set(drawn)) == len(SIGNS)
    assert all(len(lines) == 4 for lines in drawn)


@pytest.mark.parametrize(
    ("code", "width", "rows"),
    [
        ("AQ7KM2XWP4TR9HZC", 76, ["AQ7KM2XW", "P4TR9HZC"]),
        ("AQ7KM2XWP4TR9HZC", 105, ["AQ7KM2XWP4TR9HZC"]),
        ("SANDBOX-CARD-1", 76, ["SANDBOX-", "CARD-1"]),
        ("01I-O", 40, ["01I-O"]),
    ],
)
def test_a_code_is_read_back_from_its_letters(code: str, width: int, rows: list[str]) -> None:
    lines = letters(code, width)
    assert letters_in(lines) == rows
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("code", ["", "A" * 25, "lower", "A_B", "A B", "ÉTÉ"])
def test_other_codes_have_no_letters(code: str) -> None:
    assert letters(code, 200) == []


def test_letters_that_do_not_fit_are_not_drawn() -> None:
    assert letters("AQ7K", 20) == []


@pytest.mark.parametrize("code", ["AQ7KM2XWP4TR9HZC", "mixed-Case_77", "é" * 30])
def test_a_qr_code_is_read_back_dot_by_dot(code: str) -> None:
    import segno

    lines = qr_lines(Secret(code))
    expected = [list(map(bool, row)) for row in segno.make(code, error="m", micro=False).matrix]
    assert matrix_in(lines) == expected
    size = len(expected) + 2 * QUIET
    assert {len(line) for line in lines} == {size}
    assert len(lines) == (size + 1) // 2


def test_a_text_too_long_for_a_telephone_has_no_qr_code() -> None:
    assert qr_lines(Secret("x" * 5_000)) == []
    assert qr_lines(Secret("x" * 500)) == []
