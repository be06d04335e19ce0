"""One rejected key stops every call, here and in the other consoles of this host."""

import asyncio
import contextlib
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.domain.errors import AuthFailed, Unavailable
from services.sandbox import Fault
from services.vendor import circuit_breaker
from services.vendor.circuit_breaker import CircuitBreaker

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
    first = make_client(raw.url, breaker=CircuitBreaker(path, clock))
    second = make_client(raw.url, breaker=CircuitBreaker(path, clock))
    raw.answers(401, REJECTED)
    with pytest.raises(AuthFailed):
        await first.balance()
    with pytest.raises(AuthFailed):
        await second.balance()
    assert len(raw.requests) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    left = {found.suffix for found in path.parent.iterdir()}
    assert left == {".json", ".lane0", ".lock"}


def test_a_reset_in_one_process_frees_the_others(clock, tmp_path):
    first, second = (CircuitBreaker(tmp_path / "stop", clock) for _ in range(2))
    first.trip(AuthFailed("no", attempts_left=3))
    with pytest.raises(AuthFailed):
        second.check()
    second.reset()
    first.check()


def test_a_stop_outlives_its_process(clock, tmp_path):
    CircuitBreaker(tmp_path / "stop", clock).trip(AuthFailed("no", code="ERR_AUTH", advice="Look."))
    with pytest.raises(AuthFailed, match="no") as caught:
        CircuitBreaker(tmp_path / "stop", clock).check()
    assert (caught.value.code, caught.value.advice) == ("ERR_AUTH", "Look.")


def test_a_file_that_cannot_be_written_still_stops_this_process(clock, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    breaker = CircuitBreaker(tmp_path / "file" / "stop", clock)
    breaker.trip(AuthFailed("no"))
    with pytest.raises(AuthFailed):
        breaker.check()
    breaker.reset()
    breaker.check()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"message": 7}'])
def test_a_file_of_somebody_else_stops_nothing(clock, tmp_path, content):
    (tmp_path / "stop").write_bytes(content)
    CircuitBreaker(tmp_path / "stop", clock).check()


async def test_the_embedded_vendors_block_is_understood(sandbox, desk):
    sandbox.faults.add(Fault("ip_block", endpoint="balance"))
    with pytest.raises(AuthFailed) as caught:
        await desk.balance()
    assert caught.value.blocked_seconds == 900


def test_a_person_cannot_lift_a_block_that_runs_in_time(clock, tmp_path):
    breaker = CircuitBreaker(tmp_path / "stop", clock)
    breaker.trip(AuthFailed("blocked", blocked_seconds=900))
    breaker.reset()
    with pytest.raises(AuthFailed):
        breaker.check()
    clock.pass_by(901)
    breaker.check()


@pytest.fixture
def console(clock, tmp_path):
    """The breaker of a console with a key, on the count that all consoles of a machine share."""
    return lambda key="k": CircuitBreaker(tmp_path / "keys" / "vendor.attempts", clock, key)


def passes(breaker: CircuitBreaker) -> bool:
    try:
        breaker.check()
    except AuthFailed:
        return False
    return True


def reject(breaker: CircuitBreaker) -> None:
    breaker.trip(AuthFailed("no"))


def test_after_two_rejections_no_console_calls_until_a_person_asks(console):
    for name in ("a", "b"):
        assert passes(console(name))
        reject(console(name))
    assert not passes(console("c"))
    console("other").reset()
    assert passes(console("c"))
    reject(console("c"))
    assert not passes(console("d"))


def test_no_person_gets_a_fifth_attempt_and_it_says_until_when(console, clock):
    start, count = clock.now(), console()
    for _ in range(4):
        count.reset()
        assert passes(count)
        reject(count)
        clock.pass_by(60)
    count.reset()
    with pytest.raises(AuthFailed) as stopped:
        count.check()
    assert stopped.value.blocked_seconds == 900 - 60
    until = datetime.fromtimestamp(start.timestamp() + 180 + 900, UTC).astimezone()
    assert f"{until:%H:%M:%S}" in stopped.value.advice
    clock.pass_by(900 - 60)
    count.reset()
    assert passes(count)


def test_a_key_that_works_is_not_stopped_by_those_of_others(console):
    for name in ("a", "b"):
        reject(console(name))
    console("a").reset()
    console("good").accepted()
    reject(console("c"))
    assert passes(console("good"))
    assert not passes(console("new"))
    reject(console("good"))
    assert not passes(console("good"))


def test_a_block_of_the_address_is_everybodys(console, clock):
    console().trip(AuthFailed("no", blocked_seconds=900))
    other = console("good")
    other.reset()
    clock.pass_by(600)
    with pytest.raises(AuthFailed) as stopped:
        other.check()
    assert stopped.value.blocked_seconds == 300
    clock.pass_by(301)
    assert passes(other)


def test_a_clock_that_was_set_back_does_not_stop_for_longer(console, clock):
    clock.pass_by(86_400)
    for _ in range(4):
        reject(console())
    console().trip(AuthFailed("no", blocked_seconds=900))
    clock.pass_by(-86_400)
    assert passes(console("other"))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_file_of_somebody_else_counts_nothing(console, tmp_path, content):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "vendor.attempts").write_bytes(content)
    assert passes(console())
    for name in ("a", "b"):
        reject(console(name))
    assert not passes(console())


def test_the_count_holds_no_key_and_is_private(console, tmp_path):
    reject(console("fingerprint"))
    console("fingerprint2").accepted()
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}


async def under_way(count: CircuitBreaker, number: int) -> int:
    """Return how many of these calls are under way together."""
    inside = most = 0
    enough = asyncio.Event()

    async def call() -> None:
        nonlocal inside, most
        async with count.lane(signed=True):
            inside += 1
            most = max(most, inside)
            for _ in range(5):
                await asyncio.sleep(0)
            inside -= 1
        enough.set()

    await asyncio.gather(*(call() for _ in range(number)))
    return most


async def test_two_calls_are_under_way_at_most_and_one_while_the_key_is_not_proven(console):
    count = console()
    assert await under_way(count, 4) == 1
    count.accepted()
    assert await under_way(count, 4) == 2
    reject(console("other"))
    assert await under_way(count, 4) == 1


async def test_a_call_that_waited_is_not_made_once_calls_have_stopped(console):
    count, other = console(), console()
    async with count.lane(signed=True):
        waiting = asyncio.ensure_future(under_way(other, 1))
        await asyncio.sleep(0)
        reject(count)
    with pytest.raises(AuthFailed):
        await waiting


async def test_a_console_that_holds_the_lane_for_ever_is_named(console, monkeypatch):
    count, other = console(), console()
    assert circuit_breaker.LONGEST_QUEUE > 40
    monkeypatch.setattr(circuit_breaker, "LONGEST_QUEUE", 0.05)
    async with count.lane(signed=True):
        with pytest.raises(Unavailable, match="does not let go"):
            await under_way(other, 1)


async def test_without_a_place_for_locks_calls_go_on(console, tmp_path):
    (tmp_path / "keys").write_bytes(b"")
    count = console()
    before = open_files()
    assert await under_way(count, 3) == 3
    assert open_files() == before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class Team:
    """What other hosts know of a key, noted in the order in which it is asked and said."""

    def __init__(self) -> None:
        self.heard = 0
        self.said: list[str] = []

    @contextlib.asynccontextmanager
    async def turn(self, *, asked: bool):
        self.said.append("turn, asked" if asked else "turn")
        yield
        self.said.append("turn over")

    async def accepted(self) -> None:
        self.said.append("accepted")

    async def rejected(self, error: AuthFailed) -> None:
        self.said.append(f"rejected: {error.message}")


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def shared(clock, tmp_path, team) -> CircuitBreaker:
    return CircuitBreaker(tmp_path / "stop", clock, "fingerprint1", team)


async def call(breaker: CircuitBreaker, ends) -> None:
    async with breaker.one_at_a_time(signed=True):
        ends()


async def test_a_key_that_has_not_worked_is_tried_in_the_teams_turn(shared, team):
    await call(shared, shared.accepted)
    await call(shared, shared.accepted)
    assert team.said == ["turn", "accepted", "turn over"]


async def test_a_rejection_is_said_before_the_turn_is_over(shared, team):
    await call(shared, lambda: shared.trip(AuthFailed("no")))
    shared.reset()
    await call(shared, shared.accepted)
    assert team.said == [
        "turn", "rejected: no", "turn over", "turn, asked", "accepted", "turn over",
    ]  # fmt: skip


async def test_what_is_heard_of_another_host_has_the_key_tried_in_turn_again(shared, team):
    await call(shared, shared.accepted)
    team.heard += 1
    await call(shared, lambda: None)
    assert team.said[3:] == ["turn", "turn over"]


async def test_a_wish_to_try_again_ends_with_the_try(shared, team):
    shared.reset()
    await call(shared, shared.accepted)
    team.heard += 1
    await call(shared, shared.accepted)
    assert team.said[0] == "turn, asked"
    assert team.said[3] == "turn"


async def test_a_purchase_that_is_rejected_is_said_to_the_team(raw, make_client, shared, team):
    raw.answers(401, {"success": False, "error": {"code": "ERR_AUTH", "message": "no"}})
    client = make_client(raw.url, breaker=shared)

    async def sending() -> None:
        return None

    placed = await client.place("p1", "t1", 1, sending=sending)
    assert placed.verdict == "REFUSED"
    await client.aclose()
    assert [each.partition(":")[0] for each in team.said] == ["rejected"]
