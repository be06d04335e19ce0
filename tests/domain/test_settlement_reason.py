"""Why settling left a purchase where it is: codes, their words, and what privacy hides of them."""

from decimal import Decimal
from typing import get_args

import msgspec
import pytest

from services.domain.settlement_reason import ReasonCode, SettlementReason
from services.journal.rows import column


@pytest.mark.parametrize("code", get_args(ReasonCode))
def test_each_code_has_words_and_is_read_back(code: str) -> None:
    reason = SettlementReason(code, 3, 180, Decimal("1961.00"), "o1", "it has no time")
    assert code not in str(reason.clause())
    assert msgspec.json.decode(str(column(reason)), type=SettlementReason) == reason


def test_only_the_amount_is_hidden() -> None:
    reason = SettlementReason("DEBIT_UNLISTED", amount=Decimal(1961))
    assert "1 961" in str(reason.clause())
    assert "1 961" not in reason.clause().hidden()
    assert "3" in SettlementReason("NO_TRACE", count=3, seconds=180).not_placed().hidden()


def test_the_code_of_a_newer_program_is_shown() -> None:
    assert str(SettlementReason("LATER").not_placed()) == "Nothing was placed: LATER."
