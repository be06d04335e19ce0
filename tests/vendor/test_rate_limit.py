"""The requests of a minute: one count for all consoles of a key, the important ones first."""

import asyncio
import errno
import fcntl
import os
from array import array
from contextvars import Context

import pytest

from services.domain.errors import RateLimited, Unavailable
from services.sandbox import DEMO_KEY, Fault, Sandbox
from services.vendor.circuit_breaker import CircuitBreaker
from services.vendor.link import Link
from services.vendor.rate_limit import Priority, RateLimit, priority


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys" / "k.rate"


@pytest.fixture
def limit(clock, file):
    return RateLimit(file, clock, per_minute=60)


@pytest.fixture
def other(clock, file):
    """The same count, as another console has it."""
    return RateLimit(file, clock, per_minute=60)


async def taken(limit: RateLimit, of: Priority) -> int:
    """Take slots until there is none, and return how many there were."""
    count = 0
    with priority(of):
        while await limit.take():
            count += 1
    return count


async def test_consoles_of_a_key_stay_below_what_the_vendor_allows(clock, file, make_client):
    async with Sandbox(clock=clock, moving=False, limit=60) as vendor:
        clients = [
            make_client(vendor.url, DEMO_KEY, limit=RateLimit(file, clock, per_minute=60))
            for _ in range(3)
        ]

        async def read(client, of):
            with priority(of):
                for _ in range(50):
                    await client.balance()

        await asyncio.gather(*map(read, clients, Priority))
        assert sum(vendor.requests.values()) == 150
        assert clock.seconds >= 61


async def test_the_vendor_refuses_what_is_above_its_limit(clock, make_client):
    async with Sandbox(clock=clock, moving=False, limit=2) as vendor:
        client = make_client(vendor.url, DEMO_KEY)
        await client.balance()
        clock.pass_by(20.5)
        await client.balance()
        with pytest.raises(RateLimited) as refused:
            await client.balance()
        assert (refused.value.code, refused.value.retry_after) == ("RATE_LIMIT_EXCEEDED", 40)
        clock.pass_by(39.5)
        await client.balance()


async def test_background_reads_leave_room_for_people_and_purchases(limit, other):
    assert await taken(limit, Priority.BACKGROUND) == 40
    assert await taken(other, Priority.PERSON) == 10
    assert await taken(limit, Priority.PURCHASE) == 10
    await other.count()


async def test_a_slot_comes_back_after_its_minute(limit, clock):
    assert await taken(limit, Priority.PURCHASE) == 60
    clock.pass_by(60.5)
    assert not await limit.take()
    clock.pass_by(0.5)
    assert await taken(limit, Priority.PURCHASE) == 60


async def test_a_purchase_gets_all_of_its_slots_before_its_first_read(limit, other, clock):
    with priority(Priority.PURCHASE):
        for _ in range(58):
            assert await limit.take()
            clock.pass_by(0.5)
    async with limit.reserved(5):
        # Two were free; the oldest three are a minute old.
        assert clock.slept == [33]
        another = taken(other, Priority.PURCHASE)
        assert await asyncio.create_task(another, context=Context()) == 0
        async with limit.reserved(2):
            for _ in range(5):
                assert await limit.take()
        assert not await limit.take()


async def test_a_clock_set_back_or_forward_changes_nothing(limit, other, clock):
    assert await taken(limit, Priority.PURCHASE) == 60
    clock.time = clock.time.replace(year=2031)
    assert not await other.take()
    clock.time = clock.time.replace(year=2019)
    assert not await other.take()


async def test_slots_of_before_a_restart_of_the_machine_do_not_count(limit, clock):
    clock.pass_by(1_000)
    assert await taken(limit, Priority.PURCHASE) == 60
    clock.seconds = 5.0
    assert await taken(limit, Priority.PURCHASE) == 60


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff" * 64, array("d", [float("nan"), float("inf"), -99.0, 1e300]).tobytes()],
)
async def test_a_file_that_is_no_count_counts_nothing(limit, file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    assert await taken(limit, Priority.PURCHASE) == 60
    assert file.stat().st_size == 61 * 8


async def test_a_stopped_console_that_holds_the_file_stops_no_other(limit, other, file):
    assert await limit.take()
    held = os.open(file, os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    assert await other.take()
    await other.count()
    os.close(held)
    assert await taken(limit, Priority.PURCHASE) == 57


async def test_without_a_place_for_the_file_a_console_counts_for_itself(clock, tmp_path):
    (tmp_path / "keys").write_bytes(b"")
    limit = RateLimit(tmp_path / "keys" / "k.rate", clock, per_minute=60)
    assert await taken(limit, Priority.PURCHASE) == 60


async def test_a_full_disk_does_not_make_it_forget(limit, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no space")

    assert await limit.take()
    monkeypatch.setattr(os, "pwrite", full)
    assert await taken(limit, Priority.PURCHASE) == 59
    monkeypatch.undo()
    assert not await limit.take()


async def test_what_never_left_does_not_count(file, clock, refused_url, make_client):
    limit = RateLimit(file, clock, per_minute=60)
    client = make_client(refused_url, limit=limit)
    for _ in range(50):
        with pytest.raises(Unavailable, match="refused"):
            await client.orders(retry=False)
    async with limit.reserved(5):
        with pytest.raises(Unavailable, match="refused"):
            await client.orders(retry=False)
        for _ in range(5):
            assert await limit.take()
    assert await taken(limit, Priority.PURCHASE) == 55


async def test_a_link_in_place_of_the_file_is_not_followed(limit, file, tmp_path):
    file.parent.mkdir()
    file.symlink_to(tmp_path / "elsewhere")
    assert await taken(limit, Priority.PURCHASE) == 60
    assert not (tmp_path / "elsewhere").exists()


async def test_the_count_is_private(limit, file):
    await limit.take()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["ratelimit", "html429"])
async def test_a_pause_that_the_vendor_asks_for_is_kept_by_all(
    sandbox, clock, file, make_client, kind
):
    one, two = (
        make_client(sandbox.url, DEMO_KEY, limit=RateLimit(file, clock, per_minute=60))
        for _ in range(2)
    )
    sandbox.faults.add(Fault(kind, endpoint="balance", seconds=600))
    with pytest.raises(RateLimited):
        await one.balance()
    clock.pass_by(480)
    with pytest.raises(RateLimited, match="pause: reads go on at") as refused:
        await two.balance()
    assert refused.value.retry_after == 120
    assert sandbox.requests["GET", "balance"] == 1
    clock.pass_by(90)
    assert await two.balance()
    assert clock.slept == [30]


async def test_no_pause_is_longer_than_a_quarter_of_an_hour(limit, clock):
    await limit.hold(86_400)
    clock.pass_by(900)
    assert await limit.take()


async def test_a_wait_is_said_while_it_lasts(still, file):
    said = asyncio.Queue()
    limit = RateLimit(file, still, per_minute=60, link=Link(still, said.put_nowait))
    assert await taken(limit, Priority.PURCHASE) == 60
    waiting = asyncio.ensure_future(limit.room())
    assert ((await said.get()).held_until - still.now()).total_seconds() == 61
    still.advance(61)
    await waiting
    assert (await said.get()).held_until is None


async def test_a_person_passes_the_background_reads_that_wait(clock, tmp_path):
    limit = RateLimit(None, clock)
    count = CircuitBreaker(tmp_path / "vendor.attempts", clock)
    count.accepted()
    order = []

    async def call(of):
        with priority(of):
            async with limit.queue():
                lane = count.lane(
                    signed=True,
                    background=limit.background(),
                    outranked=limit.outranked,
                )
                await lane.__aenter__()
            order.append(of)
            await lane.__aexit__(None, None, None)

    # Both lanes are taken when the three begin to wait.
    async with count.lane(signed=True), count.lane(signed=True):
        calls = [asyncio.ensure_future(call(of)) for of in reversed(Priority)]
        await asyncio.sleep(0)
    await asyncio.gather(*calls)
    assert order == list(Priority)


async def test_background_reads_leave_a_lane_to_people(clock, tmp_path):
    count = CircuitBreaker(tmp_path / "vendor.attempts", clock)
    count.accepted()
    async with count.lane(signed=True, background=True):
        waiting = asyncio.ensure_future(count.lane(signed=True, background=True).__aenter__())
        async with count.lane(signed=True):
            assert not waiting.done()
    await waiting


async def test_a_read_without_a_slot_keeps_no_one_from_trying_the_key(
    still, file, make_client, tmp_path
):
    async with Sandbox(moving=False) as vendor:
        limit = RateLimit(file, still, per_minute=60)
        breaker = CircuitBreaker(tmp_path / "stop", still, "fingerprint")
        client = make_client(vendor.url, DEMO_KEY, clock=still, limit=limit, breaker=breaker)
        await taken(limit, Priority.BACKGROUND)

        async def background():
            with priority(Priority.BACKGROUND):
                await client.balance()

        waits = asyncio.ensure_future(background())
        await asyncio.sleep(0)
        async with asyncio.timeout(20), limit.reserved(2):
            await asyncio.gather(client.balance(), client.balance())
        assert not waits.done()
        waits.cancel()
