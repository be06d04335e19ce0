"""The exit code of a purchase, and of several."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.domain.models import Purchase, PurchaseError, PurchaseState
from services.domain.phrase import plain
from services.domain.text import clean
from tui.cli import exit_codes

NOW = datetime(2025, 3, 4, tzinfo=UTC)
S = PurchaseState


def purchase(state: S, **facts) -> Purchase:
    known = {
        "id": "p1", "idempotency_key": "k1", "product_id": "a", "product_title": clean("Steam"),
        "type_id": "b", "type_name": clean("20 EUR"), "quantity": 2, "unit_price": Decimal(10),
        "total": Decimal(20), "created_at": NOW, "updated_at": NOW,
        "operator": clean("amel"), "host": "till",
    }  # fmt: skip
    return Purchase(state=state, **known, **facts)


@pytest.mark.parametrize(
    ("held", "waited", "code"),
    [
        (purchase(S.HANDLING), False, 0),
        (purchase(S.HANDLING), True, 7),
        (purchase(S.FULFILLED, fulfilled_quantity=2, cards_came=2), True, 0),
        (purchase(S.FULFILLED, fulfilled_quantity=2, cards_came=1), True, 7),
        (purchase(S.REFUSED, error=PurchaseError("NO_BALANCE", plain("no"))), False, 3),
        (purchase(S.REFUSED, error=PurchaseError("IP_BLOCKED", plain("no"))), False, 6),
        (purchase(S.NOT_SENT), False, 5),
        (purchase(S.UNRESOLVED), False, 4),
    ],
)
def test_the_exit_code_says_what_became_of_a_purchase(held, waited, code):
    assert exit_codes.exit_code(held, waited=waited) == code


def test_the_worst_of_several_is_what_may_have_been_paid():
    assert exit_codes.worst([0, 3, 4, 1]) == 4
    assert exit_codes.worst([0, 7]) == 7
    assert exit_codes.worst([]) == 0


def test_an_ambiguous_purchase_names_its_candidates_and_the_command():
    said = exit_codes.sentence(purchase(S.AMBIGUOUS, candidates=("o1", "o2")))
    assert "o1, o2" in said
    assert "carddesk resolve --claim p1 ORDER_ID" in said
