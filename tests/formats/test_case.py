"""A case as text and as JSON."""

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from services.domain.shop.case import CardCase, CaseRow
from services.domain.text import clean
from tui.formats import case

OPENED = datetime(2026, 11, 28, 12, tzinfo=UTC)
CASE = CardCase(3, "6b0c", 1, "", OPENED, clean("amina"), clean("used"), due=date(2026, 12, 1))


def test_an_overdue_case_says_so_in_the_list() -> None:
    row = CaseRow(CASE, None)
    assert "overdue" not in case.listed([row], OPENED + timedelta(days=1))
    said = case.listed([row], OPENED + timedelta(days=5))
    assert "2026-12-01 overdue" in said
    assert "open for 5 days" in said


def test_json_of_a_case_counts_cards_from_one() -> None:
    closed = replace(CASE, outcome="refunded", closed_at=OPENED + timedelta(days=2))
    said = case.document(CaseRow(closed, None), OPENED + timedelta(days=9))
    assert (said["card"], said["outcome"], said["days"]) == (2, "refunded", 2)
    assert (said["open"], said["overdue"], said["product_title"]) == (False, False, None)
