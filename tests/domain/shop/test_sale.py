"""A sale of several lines: what became of each, and what is paid for it as it is now."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.book import BoardOrder
from services.domain.shop.sale import LineOutcome, Sale, SaleLine, by_key
from services.domain.text import ours

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def line(number=1, **changes):
    of = SaleLine(
        number, "p", ours("Netflix"), f"t{number}", ours("10 EUR"), 2, Decimal(100), Decimal(105),
        f"k{number}",
    )  # fmt: skip
    return replace(of, **changes)


def order(state, number=1, **changes):
    of = BoardOrder(
        f"o{number}", f"o{number}", state, ours("Netflix"), ours("10 EUR"), 2, AT, True,
        total=Decimal(200), price=Decimal(210), idempotency_key=f"k{number}",
        final=state in ("FULFILLED", "PARTIALLY_FILLED", "REFUNDED"),
    )  # fmt: skip
    return replace(of, **changes)


def sale(*lines, **changes):
    return replace(Sale("s1", AT, ours("amina"), "shop", lines=lines), **changes)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("INTENT", LineOutcome.UNRESOLVED),
        ("SENDING", LineOutcome.UNRESOLVED),
        ("UNRESOLVED", LineOutcome.UNRESOLVED),
        ("AMBIGUOUS", LineOutcome.UNRESOLVED),
        ("NOT_SENT", LineOutcome.TO_BUY),
        ("REFUSED", LineOutcome.LEFT_OUT),
        ("NOT_PLACED", LineOutcome.LEFT_OUT),
        ("HANDLING", LineOutcome.BOUGHT),
        ("FULFILLED", LineOutcome.BOUGHT),
        ("PARTIALLY_FILLED", LineOutcome.BOUGHT),
        ("REFUNDED", LineOutcome.REFUNDED),
        ("A_STATE_OF_TOMORROW", LineOutcome.BOUGHT),
    ],
)
def test_a_line_is_what_its_purchase_came_to(state, outcome):
    assert line(order=order(state)).outcome is outcome


def test_what_is_paid_leaves_out_what_was_not_bought_or_came_back():
    whole = sale(
        line(1, order=order("FULFILLED")),
        line(2, order=order("REFUNDED", 2)),
        line(3, left_out=ours("out of stock")),
        line(4, order=order("PARTIALLY_FILLED", 4, fulfilled_quantity=1)),
        line(5),
        received=Decimal(600),
    )
    assert whole.pays == 210 + 105 + 210
    assert whole.cost == 200 + 100 + 200
    assert whole.give_back == 75
    assert whole.words == "5 lines, 6 cards"
    assert [each.number for each in whole.to_buy] == [5]


def test_the_board_moves_a_line_on_and_never_back():
    held = sale(line(order=order("FULFILLED", cards_came=2)))
    assert held.following([order("HANDLING")]) is held
    given = held.following([order("FULFILLED", cards_came=2, given_at=AT)])
    assert given.finished
    assert not held.finished
    assert held.ready


def test_of_one_key_what_was_sent_counts():
    never = order("NOT_SENT", time=AT.replace(hour=12))
    sent = order("UNRESOLVED")
    assert by_key([never, sent]) == {"k1": sent}
    assert by_key([sent, never]) == {"k1": sent}


def test_the_same_goods_are_one_line_only_before_they_are_sent():
    held = sale(line(1, order=order("HANDLING")), line(2))
    assert held.like("p", "t1") is None
    assert held.like("p", "t2") == held.lines[1]
