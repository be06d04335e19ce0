"""The log says what happened first, and keeps amounts apart so that privacy can mask them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.domain.models import Purchase, PurchaseError
from services.domain.models import PurchaseState as S
from services.domain.text import clean
from services.domain.words.log_words import purchase_words

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def bought(state: S, quantity: int = 2, **more: Any) -> Purchase:
    facts: dict[str, Any] = {
        "id": "p1", "idempotency_key": clean("k"), "state": state, "order_id": "65f0a1",
        "product_id": "x", "product_title": clean("Netflix"), "type_id": "y",
        "type_name": clean("200 TRY"), "quantity": quantity, "unit_price": Decimal("1375.37"),
        "total": Decimal("1375.37") * quantity, "created_at": NOW, "updated_at": NOW,
        "operator": clean("amina"), "host": "shop1",
    }  # fmt: skip
    return Purchase(**(facts | more))


@pytest.mark.parametrize(
    ("purchase", "words"),
    [
        (bought(S.HANDLING), "ordered 2 Netflix 200 TRY, 2 750.74 DZD"),
        (bought(S.HANDLING, 1), "ordered Netflix 200 TRY, 1 375.37 DZD"),
        (bought(S.FULFILLED, 1, cards_came=1), "card is here: Netflix 200 TRY"),
        (bought(S.FULFILLED, cards_came=2), "2 cards are here: Netflix 200 TRY"),
        (bought(S.FULFILLED, cards_came=1), "1 of 2 codes is here, all are paid: 2 Netflix"),
        (bought(S.REFUNDED), "refunded, no card came: 2 Netflix 200 TRY"),
        (bought(S.PARTIALLY_FILLED, 3, fulfilled_quantity=2, cards_came=2), "2 of 3 cards came"),
        (bought(S.UNRESOLVED, order_id=""), "may have been bought: 2 Netflix 200 TRY. No answer"),
        (
            bought(S.REFUSED, error=PurchaseError("ERR_STOCK", "out of stock", "req_1")),
            "refused: 2 Netflix 200 TRY. out of stock (ERR_STOCK, req_1). Nothing was placed.",
        ),
    ],
)
def test_what_happened_comes_first(purchase: Purchase, words: str) -> None:
    assert str(purchase_words(purchase)).startswith(words)


def test_privacy_masks_the_cost_and_not_the_value() -> None:
    hidden = purchase_words(bought(S.HANDLING)).hidden()
    assert hidden.startswith("ordered 2 Netflix 200 TRY, ")
    assert "750" not in hidden
