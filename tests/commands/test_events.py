"""`carddesk events --follow`: what happens, a line of JSON each, beside whatever else is open."""

import asyncio
import contextlib
import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.book import BoardOrder, Book, DeskInfo, LogEntry, PollState
from services.domain.models import Balance
from services.domain.phrase import plain
from services.domain.text import clean
from services.domain.watching.watch import WatchNews
from services.sandbox import DEMO_KEY
from tests.cli.conftest import ROOT
from tui.cli.commands.events import EventLines

LONG_ENOUGH = 30.0


@pytest.fixture
async def follow(environ, command_line):
    """Start the command as a process of its own; `until` waits for a line."""
    started = []

    class Following:
        def __init__(self, process):
            self.process = process
            self.lines = []

        async def until(self, **wanted):
            """Return the first line that fits, read already or to come."""
            for line in self.lines:
                if wanted.items() <= line.items():
                    return line
            async with asyncio.timeout(LONG_ENOUGH):
                while line := await self.process.stdout.readline():
                    self.lines.append(json.loads(line))
                    if wanted.items() <= self.lines[-1].items():
                        return self.lines[-1]
            raise AssertionError(await self.process.stderr.read())

        async def ended(self, number=signal.SIGINT):
            if number:
                self.process.send_signal(number)
            async with asyncio.timeout(LONG_ENOUGH):
                return await self.process.wait(), (await self.process.stderr.read()).decode()

    async def start(*options, **variables):
        process = await asyncio.create_subprocess_exec(
            *command_line, "events", "--follow", *options, cwd=ROOT, env=environ | variables,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return Following(process)

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_purchase_elsewhere_is_a_line_for_each_state(follow, carddesk, shelf, vendor):
    following = await follow()
    first = await following.until(event="desk", can_buy=True)
    assert (first["environment"], first["operator"]) == ("SANDBOX", "amina")
    balance = await following.until(event="balance")
    assert (balance["balance"], balance["before"]) == ("250000.00", None)
    done = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "2", "--note", "for Ali", "--yes", "--wait",
        "--reveal", "--json",
    )  # fmt: skip
    order = await following.until(event="order", state="FULFILLED")
    assert order["order_id"] == done.document["order_id"]
    assert (order["quantity"], order["note"], order["mine"]) == (2, "for Ali", True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", order["time"])
    code, said = await following.ended()
    assert code == 128 + signal.SIGINT
    assert "Traceback" not in said
    streamed = json.dumps(following.lines)
    assert DEMO_KEY not in streamed + said
    assert all(card["value"] not in streamed + said for card in done.document["cards"])


async def test_it_follows_beside_another_one(follow, carddesk, shelf):
    """Both see the same, and one of them polls for both."""
    both = [await follow(), await follow()]
    for each in both:
        await each.until(event="desk", can_buy=True)
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    for each in both:
        await each.until(event="order", state="FULFILLED")
    polls = [line["poll"] for each in both for line in each.lines if line["event"] == "desk"]
    assert polls.count("following") <= 1


async def test_a_reader_that_goes_away_ends_it_quietly(environ, command_line):
    read, write = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *command_line, "events", "--follow", cwd=ROOT, env=environ, stdout=write,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(write)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb")
    )
    with contextlib.closing(transport):
        # It has begun, and nothing more has to happen for it to end.
        await asyncio.wait_for(reader.readline(), LONG_ENOUGH)
    said = await asyncio.wait_for(process.stderr.read(), LONG_ENOUGH)
    assert await process.wait() == 0
    assert said == b""


async def test_a_rejected_key_ends_it_with_its_sentence(follow):
    following = await follow(CARDDESK_API_KEY="no-such-key")
    code, said = await following.ended(0)
    assert code == 6
    assert "carddesk: " in said
    assert "no-such-key" not in said


async def test_without_follow_there_is_nothing_to_print(carddesk, vendor):
    done = await carddesk("events")
    assert done.code == 2
    assert "--follow" in done.err
    assert not vendor.requests


# From one book to the next: what is an event, and what was so before.

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
