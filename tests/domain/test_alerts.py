"""What an operator is called for: decided from one book after the other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from services.domain.alerts import PATIENCE, AlertDetector, Alerts, Occasion
from services.domain.book import BoardOrder, Book, DeskInfo
from services.domain.models import Balance, Purchase, PurchaseState
from services.domain.text import clean
from services.domain.watching.watch import WatchNews

S = PurchaseState
BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)
LOW = Decimal(5_000)
EMPTY = Book(info=DeskInfo("main", "SANDBOX", "amina", ""))


class Counts(NamedTuple):
    """How much happened of each kind."""

    ended: int = 0
    needs: int = 0
    low: bool = False


NOTHING = Counts()


def row(state: str, name: str = "p1", *, mine: bool = True) -> BoardOrder:
    return BoardOrder(
        row_id=name,
        order_id=f"o-{name}",
        state=state,
        product=clean("Netflix"),
        denomination=clean("200 TRY"),
        quantity=1,
        time=BEGAN,
        mine=mine,
        purchase_id=name if mine else "",
    )


def purchase(state: PurchaseState, name: str = "p1", **facts: object) -> Purchase:
    held = Purchase(
        id=name,
        idempotency_key=name,
        state=state,
        product_id="a",
        product_title=clean("Netflix"),
        type_id="b",
        type_name=clean("200 TRY"),
        quantity=1,
        unit_price=Decimal(100),
        total=Decimal(100),
        created_at=BEGAN,
        updated_at=BEGAN + timedelta(seconds=1),
        operator=clean("amina"),
        host="desk",
    )
    return replace(held, **facts)


def holding(amount: int) -> Book:
    return replace(EMPTY, balance=Balance(Decimal(amount), BEGAN))


Take = Callable[..., Counts]


@pytest.fixture
def detector() -> AlertDetector:
    return AlertDetector(BEGAN, deadline_seconds=60)


@pytest.fixture
def take(detector: AlertDetector) -> Take:
    """Take books one after the other; the first is what stood there at the start."""

    def taken(book: Book, seconds: float = 0) -> Counts:
        news = detector.take(book, BEGAN + timedelta(seconds=seconds), LOW)
        return Counts(news.ended, news.needs, news.low)

    return taken


@pytest.mark.parametrize("end", ["FULFILLED", "PARTIALLY_FILLED", "REFUNDED"])
def test_an_own_order_that_ends_is_news_once(take: Take, end: str) -> None:
    assert take(replace(EMPTY, orders=(row("HANDLING"),))) == NOTHING
    ended = replace(EMPTY, orders=(row(end),))
    assert take(ended) == Counts(ended=1)
    assert take(ended) == NOTHING
    assert take(replace(ended, orders=(row(end),))) == NOTHING


def test_orders_that_end_together_are_counted_and_a_later_refund_is_news(take: Take) -> None:
    take(replace(EMPTY, orders=(row("HANDLING", "p1"), row("HANDLING", "p2"))))
    assert take(replace(EMPTY, orders=(row("FULFILLED", "p1"), row("REFUNDED", "p2")))) == Counts(2)
    assert take(replace(EMPTY, orders=(row("REFUNDED", "p1"), row("REFUNDED", "p2")))) == Counts(1)


def test_an_order_keeps_its_name_when_it_gets_its_number(take: Take) -> None:
    take(replace(EMPTY, orders=(replace(row("SENDING"), row_id="p1", order_id=""),)))
    ended = replace(row("FULFILLED"), row_id="o-9")
    assert take(replace(EMPTY, orders=(ended,))) == Counts(ended=1)


def test_other_desks_orders_and_unknown_states_are_no_news(take: Take) -> None:
    take(replace(EMPTY, orders=(row("HANDLING", "x", mine=False), row("HANDLING", "p2"))))
    book = replace(EMPTY, orders=(row("FULFILLED", "x", mine=False), row("SHIPPING", "p2")))
    assert take(book) == NOTHING


def test_what_was_there_at_the_start_is_old(take: Take) -> None:
    old = replace(
        holding(100),
        orders=(row("FULFILLED"),),
        unsettled=(purchase(S.AMBIGUOUS, "p2"), purchase(S.NOT_PLACED, "p3")),
    )
    assert take(old) == NOTHING
    assert take(replace(old, open_count=1)) == NOTHING


def test_a_journal_that_opens_later_brings_no_news_of_yesterday(take: Take) -> None:
    take(EMPTY)
    yesterday = BEGAN - timedelta(days=1)
    book = replace(
        EMPTY,
        orders=(row("FULFILLED"),),
        unsettled=(purchase(S.AMBIGUOUS, "p2", updated_at=yesterday),),
    )
    assert take(book) == NOTHING


@pytest.mark.parametrize(
    "needy",
    [
        purchase(S.AMBIGUOUS),
        purchase(S.NOT_PLACED),
        purchase(S.NOT_PLACED, late=True),
        purchase(S.HANDLING, late=True),
    ],
    ids=["ambiguous", "not placed", "fits late", "came late"],
)
def test_a_purchase_that_needs_a_person_is_news_once(take: Take, needy: Purchase) -> None:
    take(EMPTY)
    book = replace(EMPTY, unsettled=(needy,))
    assert take(book) == Counts(needs=1)
    assert take(replace(book, open_count=1)) == NOTHING
    assert take(EMPTY) == NOTHING
    assert take(book) == Counts(needs=1)


def test_an_unresolved_one_is_news_only_once_it_should_have_been_decided(take: Take) -> None:
    due = BEGAN + timedelta(seconds=180)
    book = replace(EMPTY, unsettled=(purchase(S.UNRESOLVED, decision_due_at=due),))
    late = 180 + PATIENCE.total_seconds()
    take(EMPTY)
    assert take(book, 100) == NOTHING
    assert take(replace(book, open_count=1), late) == NOTHING
    assert take(replace(book, open_count=2), late + 1) == Counts(needs=1)
    assert take(replace(book, open_count=3), late + 2) == NOTHING


def test_an_outcome_that_is_never_written_is_news(take: Take) -> None:
    book = replace(EMPTY, in_flight=(purchase(S.SENDING, sent_at=BEGAN),))
    take(EMPTY)
    assert take(book, 60) == NOTHING
    assert take(replace(book, open_count=1), 121) == Counts(needs=1)


def test_a_low_balance_is_news_once_until_it_rises_again(take: Take) -> None:
    amounts = [6_000, 5_000, 4_999, 3_000, 5_000, 4_000]
    assert [take(holding(amount)).low for amount in amounts] == [
        *(False, False, True, False, False, True)
    ]


def test_a_balance_that_was_low_or_not_known_is_no_news(take: Take) -> None:
    assert take(EMPTY) == NOTHING
    assert take(holding(100)) == NOTHING
    assert take(EMPTY) == NOTHING


def test_each_thing_names_its_order_its_state_and_whom_it_is_for(detector: AlertDetector) -> None:
    handling, ended = (replace(row(state), note=clean("Ali")) for state in ("HANDLING", "REFUNDED"))
    detector.take(replace(EMPTY, orders=(handling,)), BEGAN, LOW)
    late = purchase(S.NOT_PLACED, "p2", late=True)
    book = replace(EMPTY, orders=(ended,), unsettled=(late,))
    assert detector.take(book, BEGAN, LOW).occasions == (
        Occasion("order_ended", "REFUNDED", "p1", "o-p1", clean("Ali")),
        Occasion("needs_a_person", "NOT_PLACED", "p2", why="late"),
    )


def test_what_a_watch_says_is_news_once(detector: AlertDetector) -> None:
    name = clean("Netflix")
    first, second = (WatchNews("back", "p", "t", name, name, name, seq=seq) for seq in (4, 9))
    detector.take(replace(EMPTY, watch_news=(first,)), BEGAN, LOW)
    book = replace(EMPTY, watch_news=(first, second))
    news = detector.take(book, BEGAN, LOW)
    assert [each.news for each in news.occasions] == [second]
    assert (news.watched, news.trouble.watched) == (1, 1)
    assert not detector.take(replace(book, open_count=1), BEGAN, LOW)


def test_news_adds_up_and_trouble_leaves_out_what_ended() -> None:
    ended, low = Alerts((Occasion("order_ended"),)), Alerts((Occasion("balance_low"),))
    both = ended + low
    assert (both.ended, both.needs, both.low) == (1, 0, True)
    assert both.trouble == low
    assert not Alerts()
