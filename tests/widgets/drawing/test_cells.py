"""Values in words: ages, countdowns, prices, and the sentences of each purchase state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.domain.book import PollState
from services.domain.errors import NO_DESK, Failure
from services.domain.models import Product, PurchaseError, PurchaseState
from services.domain.phrase import plain
from services.domain.settlement_reason import SettlementReason
from services.domain.status_text import NO_ANSWER, outcome
from widgets.drawing import style
from widgets.drawing.cells import (
    age,
    due,
    goods,
    poll_cell,
    purchase_sentence,
    stale_words,
    state_cell,
    stock_cell,
    stock_count_cell,
)
from widgets.drawing.ink import Cell, fitted

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (9, "now"),
        (19, "10 s"),
        (59, "50 s"),
        (60, "1 m"),
        (3599, "59 m"),
        (3600, "1 h"),
        (47 * 3600, "47 h"),
        (49 * 3600, "2 d"),
    ],
)
def test_ages_are_coarse(seconds: float, words: str) -> None:
    assert age(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "now"), (0, "now"), (6, "in 6 s"), (12, "in 15 s"), (60, "in 60 s"), (150, "in 2 m")],
)
def test_countdowns_never_promise_less_than_is_left(
    now: datetime, seconds: float, words: str
) -> None:
    assert due(now + timedelta(seconds=seconds), now) == words


def test_every_purchase_state_has_a_word_of_its_own() -> None:
    words = [state_cell(state).text for state in PurchaseState]
    assert len(set(words)) == len(words)
    assert all(len(word) <= 13 for word in words)
    assert state_cell("BRAND_NEW").text == "○ BRAND_NEW"
    assert state_cell("PARTIALLY_FILLED", 3, 2).text == "◐ 2 of 3 came"


def test_stock_is_said_in_words() -> None:
    assert [stock_cell(n).text for n in (0, 3, 40)] == ["out of stock", "3 left", "40 in stock"]
    assert [stock_count_cell(n).text for n in (0, 5, 6, 9999)] == ["none", "5 left", "6", "9 999"]


@pytest.mark.parametrize(
    "state", ["starting", "live", "following", "failing", "blocked", "stopped"]
)
def test_every_poll_state_has_a_word(state: str, now: datetime) -> None:
    assert poll_cell(PollState(state, now)).text
    current = state in ("starting", "live", "following")
    assert (stale_words(PollState(state, now, now)) == "") is current


def test_a_support_console_without_a_desk_has_a_link(now: datetime) -> None:
    alone = Failure(plain("No desk"), plain("No desk"), code=NO_DESK)
    assert poll_cell(PollState("failing", failure=alone), now).text == "no desk open"


def clock(time: datetime) -> str:
    return f"{time.astimezone():%H:%M:%S}"


def test_an_unresolved_purchase_forbids_buying_and_says_when_it_is_decided(
    purchase: Make, now: datetime
) -> None:
    decide = now + timedelta(seconds=150)
    unresolved = purchase(
        PurchaseState.UNRESOLVED, next_check_at=now + timedelta(seconds=6), decision_due_at=decide
    )
    assert str(purchase_sentence(unresolved, now)) == (
        f"{NO_ANSWER} Do not buy it again. Looks again in 6 s; we will know by {clock(decide)}."
    )


def test_each_state_reads_as_the_protocol_promises(purchase: Make, now: datetime) -> None:
    sent = now - timedelta(seconds=30)
    for made, words in (
        (
            purchase(PurchaseState.SENDING),
            "Sending. The order may already be placed; do not close.",
        ),
        (
            purchase(PurchaseState.HANDLING, answered_at=sent),
            f"Ordered {clock(sent)} (…eb64b3). Waiting for the cards.",
        ),
        (
            purchase(
                PurchaseState.NOT_PLACED,
                error=PurchaseError(reason=SettlementReason("NO_TRACE", count=3, seconds=180)),
            ),
            "No trace of it in 3 full checks over 180 s, balance unchanged. Nothing was placed.",
        ),
        (
            purchase(PurchaseState.NOT_PLACED, error=PurchaseError(message="no trace of it")),
            "Nothing was placed: no trace of it.",
        ),
        (
            purchase(PurchaseState.NOT_SENT, error=PurchaseError(message="could not connect")),
            "Nothing was sent: could not connect. Safe to try again.",
        ),
        (
            purchase(
                PurchaseState.REFUSED, error=PurchaseError("ERR_STOCK", "out of stock", "req_1")
            ),
            "The vendor refused: out of stock (ERR_STOCK, req_1). Nothing was placed.",
        ),
    ):
        assert str(purchase_sentence(made, now)) == words


def test_a_late_order_warns_of_two(purchase: Make, now: datetime) -> None:
    sentence = str(purchase_sentence(purchase(PurchaseState.HANDLING, late=True), now))
    assert sentence.startswith("This order came late. You may now have two.")


def test_an_ambiguous_purchase_names_its_candidates(purchase: Make, now: datetime) -> None:
    made = purchase(PurchaseState.AMBIGUOUS, candidates=("a" * 20 + "111111", "b" * 20 + "222222"))
    sentence = str(purchase_sentence(made, now))
    assert "One of these orders may be ours: …111111, …222222." in sentence


def test_a_late_unclaimed_order_never_says_nothing_was_placed(
    purchase: Make, now: datetime
) -> None:
    for state in (PurchaseState.REFUSED, PurchaseState.NOT_PLACED):
        words = str(purchase_sentence(purchase(state, late=True, order_id=""), now))
        assert "came late" in words
        assert "Nothing was placed" not in words


@pytest.mark.parametrize(
    ("title", "region", "called"),
    [
        ("PUBG Mobile UC", "MENA", "PUBG Mobile UC, MENA"),
        ("PUBG Mobile UC", "", "PUBG Mobile UC"),
        ("PlayStation Plus Essential", "US", "PlayStation Plus Essential, US"),
        ("Steam Wallet (US)", "us", "Steam Wallet (US)"),
        ("iTunes Türkiye", "Turkiye", "iTunes Türkiye"),
        ("Xbox Gift Card New", "New York", "Xbox Gift Card New, New York"),
        ("[b]x", "(?", "[b]x, (?"),
    ],
)
def test_goods_are_called_with_their_region_unless_a_word_of_the_name_is_it(title, region, called):
    assert goods(title, Product("p", title, "Gaming", region=region)) == called


@pytest.mark.parametrize(
    ("quantity", "said"),
    [(1, "Your card is here."), (2, "Both cards are here."), (5, "All 5 cards are here.")],
)
def test_an_order_that_is_done_says_that_the_cards_are_here(quantity: int, said: str) -> None:
    assert outcome("FULFILLED", quantity, quantity, quantity) == said


def test_what_goes_on_ends_in_three_dots_where_there_is_ascii_alone() -> None:
    line = (Cell("Reading the orders …"), Cell(" (…eb64b3)"), Cell(" PUBG Mob… 60 UC"))
    try:
        style.take(style.Look(ascii=True))
        shown = "".join(piece.text for piece in fitted(line, 60))
        code = fitted((Cell("AB …CD", "secret"),), 6)[0].text
    finally:
        style.take(style.Look())
    assert shown.rstrip() == "Reading the orders ... (...eb64b3) PUBG Mob~ 60 UC"
    assert code == "AB …CD"
