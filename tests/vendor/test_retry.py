"""Reads are asked again, a few times and not for ever; nothing here waits for real."""

import random

import pytest

from services.domain.errors import AuthFailed, BadReply, NotFound, RateLimited, Refused, Unavailable
from services.sandbox import Fault
from services.vendor import retry
from services.vendor.rate_limit import Priority, RateLimit, priority

BALANCE = {"success": True, "data": {"balance": 5}}


@pytest.mark.parametrize(
    ("status", "asked"), [(500, 3), (502, 3), (503, 3), (429, 3), (400, 1), (403, 1), (404, 1)]
)
async def test_only_what_may_pass_is_asked_again(raw, client, status, asked):
    raw.answers(status, {"success": False, "error": {"code": "X", "message": "no"}})
    with pytest.raises(Exception, match="vendor"):
        await client.balance()
    assert len(raw.requests) == asked


async def test_an_answer_outside_the_contract_is_asked_once_more(raw, client):
    raw.answers(200, b"")
    with pytest.raises(BadReply):
        await client.balance()
    assert len(raw.requests) == 2


async def test_a_read_that_recovers_gives_its_value(raw, client, clock):
    raw.answers(503, b"", Connection="close", then="close")
    raw.says(b"", then="reset")
    raw.answers(200, BALANCE)
    assert (await client.balance()).amount == 5
    assert len(raw.requests) == 3
    assert len(clock.slept) == 2
    assert clock.slept[0] <= 0.5
    assert clock.slept[1] <= 1.0


async def test_the_tracker_can_ask_without_retries(raw, client, clock):
    raw.answers(503, b"")
    with pytest.raises(Unavailable):
        await client.orders(retry=False)
    assert len(raw.requests) == 1
    assert clock.slept == []


async def test_retry_after_is_honoured(sandbox, desk, clock):
    sandbox.faults.add(Fault("ratelimit", endpoint="balance", seconds=3))
    assert (await desk.balance()).amount == sandbox.balance
    assert clock.slept == [3]


async def test_a_long_retry_after_is_handed_to_the_caller_and_bounded(raw, client, clock):
    raw.answers(429, b"", Retry_After="86400")
    with pytest.raises(RateLimited) as caught:
        await client.balance()
    assert caught.value.retry_after == 900
    assert len(raw.requests) == 1
    assert clock.slept == []


async def test_a_connection_closed_while_idle_is_replaced_at_once(raw, client, clock):
    # The second request is read and not answered: so looks the race with an idle close.
    raw.answers(200, BALANCE)
    raw.says(b"", then="reset")
    raw.answers(200, BALANCE)
    await client.balance()
    assert (await client.balance()).amount == 5
    assert raw.connections == 2
    assert clock.slept == []


async def test_a_fresh_connection_that_breaks_is_no_idle_close(raw, client):
    raw.says(b"", then="reset")
    with pytest.raises(Unavailable):
        await client.orders(retry=False)
    assert len(raw.requests) == 1


def test_pauses_have_full_jitter_and_grow():
    rng = random.Random(3)
    first = [retry.delay(Unavailable("x"), 1, rng) for _ in range(200)]
    second = [retry.delay(Unavailable("x"), 2, rng) for _ in range(200)]
    assert min(first) < 0.05
    assert 0.45 < max(first) <= 0.5
    assert 0.9 < max(second) <= 1.0
    assert retry.delay(Unavailable("x"), 3, rng) is None


@pytest.mark.parametrize("error", [AuthFailed("x"), Refused("x"), NotFound("x")])
def test_a_clear_no_is_never_asked_again(error):
    assert retry.delay(error, 1, random.Random(1)) is None


def test_a_pause_is_never_shorter_than_the_vendor_asked():
    rng = random.Random(1)
    assert retry.delay(RateLimited("x", retry_after=9), 1, rng) == 9
    assert retry.delay(RateLimited("x", retry_after=11), 1, rng) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("61", 60),
        ("9" * 400, 60),
        ("Wed, 29 Oct 2025 01:00:20 GMT", 20),
        ("Wed, 29 Oct 2025 00:00:00 GMT", 0),
        ("Wed, 29 Oct 2026 01:00:20 GMT", 60),
        ("Wed, 99 Oct 2025 01:00:20 GMT", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_and_bounded(now, header, seconds):
    assert retry.retry_after(header, now) == seconds


async def test_background_reads_are_spaced_as_the_setting_says(raw, make_client, clock):
    raw.answers(200, BALANCE)
    client = make_client(raw.url, limit=RateLimit(None, clock, per_second=4))
    with priority(Priority.BACKGROUND):
        for _ in range(4):
            await client.balance()
        assert clock.slept == []
        for _ in range(5):
            await client.balance()
        assert clock.slept == [1, 1]
        clock.pass_by(10)
        await client.balance()
    assert clock.slept == [1, 1]
