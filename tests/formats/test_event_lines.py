"""From one book to the next: what is an event, and what was so before."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.book import BoardOrder, Book, DeskInfo, LogEntry, PollState
from services.domain.models import Balance
from services.domain.phrase import plain
from services.domain.text import clean
from services.domain.watching.watch import WatchNews
from tui.formats.event_lines import EventLines

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
EMPTY = Book(info=DeskInfo("main", "SANDBOX", "amina", ""))


@pytest.fixture
def lines():
    began = EventLines(NOW, 60, Decimal(5_000))
    [first] = began.take(EMPTY, NOW)
    assert (first["event"], first["can_buy"], first["time"]) == (
        "desk", False, "2026-03-01T09:00:00.000Z",
    )  # fmt: skip
    return began


def order(state, key="o1", minutes=1, **named):
    return BoardOrder(
        key, key, state, clean("Netflix"), clean("15 EUR"), 1, NOW + timedelta(minutes=minutes),
        True, final=state == "FULFILLED", **named,
    )  # fmt: skip


def new_lines(lines, book):
    return [
        {name: value for name, value in line.items() if name != "time"}
        for line in lines.take(book, NOW)
    ]


def test_what_a_watch_says_is_an_event(lines):
    name = clean("Netflix")
    news = WatchNews("cost", "p", "t", name, clean(""), name, 3, Decimal(110), Decimal(100), seq=7)
    assert new_lines(lines, replace(EMPTY, watch_news=(news,))) == [
        {
            "event": "watch", "kind": "cost", "product_id": "p", "product_title": "Netflix",
            "region": None, "type_id": "t", "type_name": "Netflix", "stock": 3,
            "unit_price": "110.00", "unit_price_before": "100.00",
        }
    ]  # fmt: skip


def test_a_state_is_an_event_when_it_is_new_and_when_it_changes(lines):
    handling = replace(EMPTY, orders=(order("HANDLING"),))
    [new] = new_lines(lines, handling)
    assert (new["event"], new["state"], new["before"], new["order_id"]) == (
        "order", "HANDLING", None, "o1",
    )  # fmt: skip
    assert new_lines(lines, replace(handling, open_count=1)) == []
    [ended] = new_lines(lines, replace(EMPTY, orders=(order("FULFILLED"),)))
    assert (ended["state"], ended["before"], ended["final"]) == ("FULFILLED", "HANDLING", True)


def test_what_had_ended_before_is_no_event(lines):
    old = order("FULFILLED", minutes=-60)
    assert new_lines(lines, replace(EMPTY, orders=(old,))) == []
    given = replace(old, given_at=NOW, given_by=clean("amina"))
    [handed] = new_lines(lines, replace(EMPTY, orders=(given,)))
    assert (handed["state"], handed["before"]) == ("HANDED_OVER", "FULFILLED")


def test_the_oldest_of_several_comes_first(lines):
    book = replace(EMPTY, orders=(order("HANDLING", "o2", 2), order("HANDLING", "o1", 1)))
    assert [line["order_id"] for line in new_lines(lines, book)] == ["o1", "o2"]


def test_a_balance_that_changes_and_falls_low(lines):
    rich = replace(EMPTY, balance=Balance(Decimal(6_000), NOW))
    assert new_lines(lines, rich) == [
        {"event": "balance", "balance": "6000.00", "before": None, "currency": "DZD"}
    ]
    assert new_lines(lines, replace(rich, balance=Balance(Decimal(6_000), NOW))) == []
    changed, alert = new_lines(lines, replace(rich, balance=Balance(Decimal(4_000), NOW)))
    assert (changed["balance"], changed["before"]) == ("4000.00", "6000.00")
    assert alert == {"event": "alert", "needs_a_person": 0, "balance_low": True}


def test_unclaimed_orders_and_the_desk_itself(lines):
    assert new_lines(lines, replace(EMPTY, unclaimed=2)) == [
        {"event": "unclaimed", "orders": 2, "before": 0}
    ]
    [desk] = new_lines(lines, replace(EMPTY, unclaimed=2, poll=PollState("live")))
    assert (desk["event"], desk["poll"]) == ("desk", "live")


def test_each_line_of_the_log_once_and_none_from_before(lines):
    one, other = (LogEntry(NOW, "info", plain(word)) for word in ("one", "other"))
    earlier = LogEntry(NOW - timedelta(hours=1), "info", plain("earlier"))
    assert new_lines(lines, replace(EMPTY, log=(one,))) == [
        {"event": "log", "level": "info", "text": "one"}
    ]
    book = replace(EMPTY, log=(earlier, one, other))
    assert [line["text"] for line in new_lines(lines, book)] == ["other"]
    assert new_lines(lines, replace(book, open_count=1)) == []
