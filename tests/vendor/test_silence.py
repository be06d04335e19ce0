"""A vendor, a connection or a name server that says nothing: asked again, said, and given up."""

import asyncio
import socket
import threading
from datetime import timedelta

import pytest

from services.domain.errors import Unavailable
from services.vendor.link import Link
from services.vendor.patience import Patience, Reading
from services.vendor.rate_limit import RateLimit

BALANCE = {"success": True, "data": {"balance": 5}}
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"


@pytest.fixture
def said():
    return asyncio.Queue()


@pytest.fixture
def client(raw, make_client, clock, said):
    return make_client(raw.url, link=Link(clock, said.put_nowait))


async def asked(raw, count):
    """Wait until the vendor has so many requests."""
    async with asyncio.timeout(20):
        while len(raw.requests) < count:
            raw.got.clear()
            await raw.got.wait()
    # What the vendor has said by now has come, too.
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_silent_vendor_is_said_and_asked_on_a_second_connection(
    raw, client, clock, later, said
):
    raw.hangs()
    raw.answers(200, BALANCE)
    reading = asyncio.create_task(client.balance())
    await asked(raw, 1)
    assert said.empty()
    later(5)
    clock.pass_by(5)
    assert (clock.now() - (await said.get()).silent_since).total_seconds() == pytest.approx(5, 0.1)
    assert (await reading).amount == 5
    assert [request.connection for request in raw.requests] == [1, 2]
    assert (await said.get()).silent_since is None


@pytest.mark.parametrize("half", [b"", b"HTTP/1.1 200 OK\r\n", HALF])
async def test_a_read_without_a_whole_answer_is_given_up_after_ten_seconds(
    raw, client, later, half
):
    raw.says(half, then="hang")
    reading = asyncio.create_task(client.balance())
    await asked(raw, 1)
    later(5.2)
    await asked(raw, 2)
    later(5.2)
    with pytest.raises(Unavailable, match="no answer for 10 s") as caught:
        await reading
    assert caught.value.code == "NO_ANSWER"
    # Neither is it asked a third time by itself.
    assert len(raw.requests) == 2


async def test_a_reused_connection_has_three_seconds(raw, client, later, said):
    raw.answers(200, BALANCE)
    raw.hangs()
    raw.answers(200, BALANCE)
    await client.balance()
    reading = asyncio.create_task(client.balance())
    await asked(raw, 2)
    later(3)
    assert (await reading).amount == 5
    assert [request.connection for request in raw.requests] == [1, 1, 2]
    assert said.empty()
    await client.balance()
    assert raw.connections == 2


async def test_silence_goes_on_until_another_read_is_answered(clock, said):
    link = Link(clock, said.put_nowait)
    with link.listening() as one:
        link.silence(one, 5)
        assert (await said.get()).silent_since == clock.now() - timedelta(seconds=5)
        with link.listening() as other:
            link.answer(other)
        assert said.empty()
    clock.pass_by(10)
    with link.listening() as another:
        link.silence(another, 5)
        assert said.empty()
        link.answer(another)
    assert (await said.get()).silent_since is None


async def test_without_a_slot_a_read_is_not_asked_twice(raw, make_client, clock, later):
    raw.hangs()
    client = make_client(raw.url, limit=RateLimit(None, clock, per_minute=1))
    reading = asyncio.create_task(client.balance())
    await asked(raw, 1)
    later(6)
    await asyncio.sleep(0)
    later(6)
    with pytest.raises(Unavailable, match="no answer"):
        await reading
    assert len(raw.requests) == 1


@pytest.mark.parametrize("seconds", [3_600, -3_600, 30])
async def test_a_clock_that_jumps_drops_the_connections(raw, client, clock, seconds):
    raw.answers(200, BALANCE)
    await client.balance()
    clock.pass_by(20)
    await client.balance()
    assert raw.connections == 1
    clock.time += timedelta(seconds=seconds)
    await client.balance()
    assert raw.connections == 2


async def test_a_machine_that_slept_drops_its_connections(raw, make_client):
    raw.answers(200, BALANCE)
    slept = [12.0]
    client = make_client(raw.url, asleep=lambda: slept[0])
    await client.balance()
    await client.balance()
    slept[0] += 600
    await client.balance()
    await client.balance()
    assert [request.connection for request in raw.requests] == [1, 1, 2, 2]


@pytest.fixture
def silent_names(monkeypatch):
    """A name server that does not answer before the test has ended."""
    asked, answer = threading.Event(), threading.Event()

    def lookup(*_):
        asked.set()
        answer.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield asked
    answer.set()


async def test_a_silent_name_server_is_given_up_too(silent_names, make_client, later):
    reading = asyncio.create_task(make_client("https://vendor.test/v3").balance())
    await asyncio.to_thread(silent_names.wait)
    later(10)
    with pytest.raises(Unavailable, match="no answer for 10 s"):
        await reading


def test_leaving_waits_for_no_name_server(silent_names, clock):
    from services.domain.secrets import Secret
    from services.vendor.client import VendorClient

    async def asks_and_leaves():
        async with VendorClient("https://vendor.test/v3", Secret("k" * 20), clock=clock) as client:
            reading = asyncio.create_task(client.balance())
            await asyncio.to_thread(silent_names.wait)
            reading.cancel()

    # It returns while the lookup still goes on: the threads of the loop itself would be joined.
    asyncio.run(asks_and_leaves())
    assert threading.active_count() > 1


def drip(now, size):
    read = Reading()
    read.reused = False
    read.take(1.0)
    read.take(now, size)
    return [read]


@pytest.mark.parametrize(
    ("now", "size", "over"),
    [(9.9, 10, False), (10.0, 10, True), (10.0, 5_000, False), (20.0, 5_000, True)],
)
def test_an_answer_that_only_drips_is_given_up(now, size, over):
    assert Patience(20).over(0.0, now, drip(now, size)) is over


def test_an_answer_that_has_just_begun_is_waited_for():
    read = Reading()
    read.take(9.5, 100)
    assert not Patience(20).over(0.0, 10.0, [read])
    assert not Patience(20).stirs(0.0, 10.0, [read])
