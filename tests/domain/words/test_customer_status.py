"""What a customer may hear: true, plain, and without a price, a code or a name of ours."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.book import BoardOrder
from services.domain.models import Purchase, PurchaseError, PurchaseState
from services.domain.text import clean
from services.domain.words.customer_status import tell

S = PurchaseState
NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def bought(state: S, **more: object) -> Purchase:
    facts: dict[str, object] = {
        "id": "p261124-abcdef123456",
        "idempotency_key": "sale-77",
        "state": state,
        "product_id": "prod",
        "product_title": clean("PUBG"),
        "type_id": "type",
        "type_name": clean("60 UC"),
        "quantity": 2,
        "unit_price": Decimal("196.03"),
        "total": Decimal("392.06"),
        "created_at": NOW - timedelta(seconds=30),
        "updated_at": NOW,
        "operator": clean("amina"),
        "host": "shop1",
        "error": PurchaseError("NO_ANSWER", "the connection broke", "req_1"),
        "request_id": "req_1",
        "order_id": "65f0a1b2c3d4e5f60718293a",
    }
    return Purchase(**(facts | more))  # type: ignore[arg-type]


def row_of(purchase: Purchase, **more: object) -> BoardOrder:
    row = BoardOrder(
        row_id=purchase.id,
        order_id=purchase.order_id,
        state=purchase.state.value,
        product=purchase.product_title,
        denomination=purchase.type_name,
        quantity=purchase.quantity,
        time=purchase.created_at,
        mine=True,
        fulfilled_quantity=purchase.fulfilled_quantity,
        total=purchase.total,
        operator=purchase.operator,
        purchase_id=purchase.id,
    )
    return replace(row, **more)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("state", [*S, "PROCESSING"])
def test_no_state_tells_a_price_a_code_or_a_name_of_ours(state: str, late: bool) -> None:
    purchase = bought(S(state) if state in [*S] else S.HANDLING, late=late)
    said = tell(row_of(purchase, state=str(state)), purchase, NOW)
    assert 1 <= len(said) <= 2
    text = " ".join(said)
    assert not re.search(r"[A-Z]{3,}|DZD|196|392|req_|p261124|65f0|amina|shop1|vendor|_", text)
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in said)


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (timedelta(minutes=5, seconds=30), "it will be decided by 12:06."),
        (timedelta(minutes=5, seconds=50), "it will be decided by 12:07."),
        (timedelta(hours=13), "it will be decided by 01:01 on 25/11/2026."),
        (timedelta(0), "It takes longer than usual; we do not buy it twice meanwhile."),
    ],
)
def test_an_unresolved_one_says_when_it_is_decided_and_never_too_early(
    decide: timedelta, words: str
) -> None:
    purchase = bought(S.UNRESOLVED, decision_due_at=NOW + decide, order_id="")
    assert words in " ".join(tell(row_of(purchase), purchase, NOW))


def test_no_reason_but_the_want_of_stock_reaches_the_customer() -> None:
    none_left = bought(S.REFUSED, error=PurchaseError("ERR_STOCK", "x", "req_1"))
    assert "out of stock" in tell(row_of(none_left), none_left, NOW)[0]
    poor = bought(S.REFUSED, error=PurchaseError("INSUFFICIENT_BALANCE", "balance too low", ""))
    assert tell(row_of(poor), poor, NOW)[0] == "Your order could not be placed at the moment."


def test_what_came_in_part_says_how_much_and_what_was_given_says_when() -> None:
    part = bought(S.PARTIALLY_FILLED, quantity=4, fulfilled_quantity=3)
    assert tell(row_of(part), part, NOW) == (
        "3 of your 4 cards are ready.",
        "1 could not be supplied: you do not pay for it.",
    )
    given = row_of(part, given_at=NOW - timedelta(minutes=10))
    assert tell(given, part, NOW)[0] == "3 of your 4 cards were handed over at 11:50."
    whole = bought(S.FULFILLED, quantity=1, fulfilled_quantity=1)
    assert tell(row_of(whole), whole, NOW) == ("Your card is ready.",)
    before = row_of(whole, given_at=NOW - timedelta(days=1))
    assert tell(before, whole, NOW) == ("Your card was handed over on 23/11/2026 at 12:00.",)


def test_an_order_in_the_making_is_soon_there_or_takes_longer() -> None:
    fresh = bought(S.HANDLING)
    assert "less than a minute" in tell(row_of(fresh), fresh, NOW)[1]
    old = row_of(fresh, time=NOW - timedelta(minutes=5))
    assert "longer than usual" in tell(old, fresh, NOW)[1]
