"""One rejected key stops every call, here and in the other consoles of this host."""

import asyncio
import stat

import pytest

from services.breaker import Breaker
from services.errors import AuthFailed
from services.sandbox import Fault

REJECTED = {
    "success": False,
    "error": {"code": "INVALID_ACCESS_TOKEN", "message": "no", "details": {"attemptsLeft": 4}},
    "requestId": "req_1",
}
BLOCKED = {"success": False, "error": {"code": "IP_BLOCKED", "message": "no"}}


async def nothing():
    """A journal that always commits."""


async def test_after_a_rejected_key_no_request_leaves(raw, client):
    raw.answers(401, REJECTED)
    for call in (client.balance, client.orders, client.validate, client.ping):
        with pytest.raises(AuthFailed) as caught:
            await call()
        assert (caught.value.attempts_left, caught.value.request_id) == (4, "req_1")
    placement = await client.place("p", "t", 1, sending=nothing)
    assert (placement.verdict, placement.code) == ("NOT_SENT", "INVALID_ACCESS_TOKEN")
    assert len(raw.requests) == 1
    assert raw.connections == 1


async def test_a_purchase_with_a_rejected_key_stops_the_reads(raw, client):
    raw.answers(401, REJECTED)
    assert (await client.place("p", "t", 1, sending=nothing)).verdict == "REFUSED"
    with pytest.raises(AuthFailed):
        await client.balance()
    assert len(raw.requests) == 1


async def test_reads_that_start_together_try_a_bad_key_once(sandbox, make_client):
    client = make_client(sandbox.url, "a-key-that-is-wrong")
    calls = (client.validate(), client.balance(), client.catalog(), client.orders())
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(error) for error in ended] == [AuthFailed] * 4
    assert sum(sandbox.requests.values()) == 1


async def test_reads_go_together_once_the_key_has_worked(raw, client):
    raw.answers(200, {"success": True, "data": {"balance": 1}})
    raw.hangs()
    reads = [asyncio.create_task(client.balance()) for _ in range(4)]
    while len(raw.requests) < 4:
        raw.got.clear()
        await raw.got.wait()
    assert [task.done() for task in reads].count(True) == 1
    for task in reads:
        task.cancel()
    await asyncio.gather(*reads, return_exceptions=True)


async def test_a_blocked_address_waits_and_counts_down(raw, client, clock):
    raw.answers(403, BLOCKED)
    raw.answers(200, {"success": True, "data": {"balance": 1}})
    with pytest.raises(AuthFailed):
        await client.balance()
    clock.pass_by(600)
    with pytest.raises(AuthFailed) as caught:
        await client.balance()
    assert caught.value.blocked_seconds == pytest.approx(300)
    assert len(raw.requests) == 1
    clock.pass_by(300)
    assert (await client.balance()).amount == 1


@pytest.mark.parametrize("code", ["IP_NOT_ALLOWED", "API_DISABLED"])
async def test_other_refusals_stop_nothing(raw, client, code):
    raw.answers(403, {"success": False, "error": {"code": code, "message": "no"}})
    for _ in range(2):
        with pytest.raises(AuthFailed):
            await client.balance()
    assert len(raw.requests) == 2


async def test_two_consoles_share_the_stop_through_the_file(raw, make_client, clock, tmp_path):
    path = tmp_path / "state" / "breaker.json"
    first = make_client(raw.url, breaker=Breaker(path, clock))
    second = make_client(raw.url, breaker=Breaker(path, clock))
    raw.answers(401, REJECTED)
    with pytest.raises(AuthFailed):
        await first.balance()
    with pytest.raises(AuthFailed):
        await second.balance()
    assert len(raw.requests) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {found.name for found in path.parent.iterdir()} == {"breaker.json"}


def test_a_reset_in_one_process_frees_the_others(clock, tmp_path):
    first, second = (Breaker(tmp_path / "stop", clock) for _ in range(2))
    first.trip(AuthFailed("no", attempts_left=3))
    with pytest.raises(AuthFailed):
        second.check()
    second.reset()
    first.check()


def test_a_stop_outlives_its_process(clock, tmp_path):
    Breaker(tmp_path / "stop", clock).trip(AuthFailed("no", code="ERR_AUTH", advice="Look."))
    with pytest.raises(AuthFailed, match="no") as caught:
        Breaker(tmp_path / "stop", clock).check()
    assert (caught.value.code, caught.value.advice) == ("ERR_AUTH", "Look.")


def test_a_file_that_cannot_be_written_still_stops_this_process(clock, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    breaker = Breaker(tmp_path / "file" / "stop", clock)
    breaker.trip(AuthFailed("no"))
    with pytest.raises(AuthFailed):
        breaker.check()
    breaker.reset()
    breaker.check()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"message": 7}'])
def test_a_file_of_somebody_else_stops_nothing(clock, tmp_path, content):
    (tmp_path / "stop").write_bytes(content)
    Breaker(tmp_path / "stop", clock).check()


async def test_the_embedded_vendors_block_is_understood(sandbox, desk):
    sandbox.faults.add(Fault("ip_block", endpoint="balance"))
    with pytest.raises(AuthFailed) as caught:
        await desk.balance()
    assert caught.value.blocked_seconds == 900


def test_a_person_cannot_lift_a_block_that_runs_in_time(clock, tmp_path):
    breaker = Breaker(tmp_path / "stop", clock)
    breaker.trip(AuthFailed("blocked", blocked_seconds=900))
    breaker.reset()
    with pytest.raises(AuthFailed):
        breaker.check()
    clock.pass_by(901)
    breaker.check()
