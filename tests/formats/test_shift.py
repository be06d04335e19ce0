"""The report of a shift as text: on a paper of 32 columns as on a screen."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.shop.shift import (
    TO_HAND_OVER,
    AccountCheck,
    EarlierOrders,
    OpenOrder,
    OperatorShare,
    ProductShare,
    ShiftReport,
)
from services.domain.text import clean
from tui.formats import shift

BEGIN = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
END = BEGIN + timedelta(hours=8)
NAME = clean("Idoom Fibre et services de l'operateur")
REPORT = ShiftReport(
    number=12,
    after=40,
    begin=BEGIN,
    end=END,
    closed_by=clean("amina"),
    operators=(
        OperatorShare(clean("amina"), 20, 76, Decimal(56_102), Decimal(58_947), partial=1),
        OperatorShare(clean("nadir"), 6, 8, Decimal(18_116), Decimal(19_000), to_hand_over=1),
    ),
    products=(ProductShare(NAME, 8, Decimal(21_524), Decimal(22_607)),),
    earlier=EarlierOrders(1, Decimal(100), Decimal(105)),
    open=(OpenOrder(TO_HAND_OVER, "p", "o", NAME, BEGIN, clean("nadir"), clean("أحمد")),),
    account=AccountCheck(
        BEGIN, END, Decimal(211_380), Decimal(361_380), paid_in=Decimal(150_000)
    ),
)  # fmt: skip


@pytest.mark.parametrize("columns", [32, 48, 76, 200])
def test_no_line_is_wider_than_the_paper(columns: int) -> None:
    lines = shift.text(REPORT, columns).splitlines()
    assert max(map(len, lines)) <= min(columns, shift.WIDEST)
    joined = " ".join(" ".join(lines).split())
    for words in ("Shift 12", "76", "58 947.00", "the account matches", "paid in +150 000.00"):
        assert words in joined


def test_a_shift_without_its_account_says_why() -> None:
    said = shift.text(replace(REPORT, account=None, not_read="no link"))
    assert "the account was not read: no link" in said
    assert shift.document(replace(REPORT, account=None, not_read="no link"))["account"] is None


def test_rows_and_json_name_no_customer() -> None:
    assert "أحمد" not in str(shift.document(REPORT))
    assert "أحمد" not in str(shift.rows(REPORT))
    assert "أحمد" in shift.text(REPORT)
