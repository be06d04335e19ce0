"""What the consoles of one machine may ask together while keys are rejected."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services import attempts as subject
from services.attempts import Attempts
from services.errors import AuthFailed, Unavailable


@pytest.fixture
def count(clock, tmp_path):
    return Attempts(tmp_path / "keys" / "vendor.attempts", clock)


@pytest.fixture
def other(clock, tmp_path):
    """The same count, as another console has it."""
    return Attempts(tmp_path / "keys" / "vendor.attempts", clock)


def passes(count: Attempts, key: str = "k") -> bool:
    try:
        count.check(key)
    except AuthFailed:
        return False
    return True


def test_after_two_rejections_nobody_calls_until_a_person_asks(count, other):
    for name in ("a", "b"):
        assert passes(count, name)
        count.rejected(name)
    assert not passes(other, "c")
    other.grant()
    assert passes(count, "c")
    count.rejected("c")
    assert not passes(other, "d")


def test_no_person_gets_a_fifth_attempt_and_it_says_until_when(count, clock, monkeypatch):
    start = clock.now()
    for _ in range(4):
        count.grant()
        assert passes(count)
        count.rejected("k")
        clock.pass_by(60)
    count.grant()
    with pytest.raises(AuthFailed) as stopped:
        count.check("k")
    assert stopped.value.blocked_seconds == 900 - 60
    until = datetime.fromtimestamp(start.timestamp() + 180 + 900, UTC).astimezone()
    assert f"{until:%H:%M:%S}" in stopped.value.advice
    clock.pass_by(900 - 60)
    count.grant()
    assert passes(count)


def test_a_key_that_works_is_not_stopped_by_those_of_others(count, other):
    for name in ("a", "b"):
        count.rejected(name)
    count.grant()
    other.accepted("good")
    count.rejected("c")
    assert passes(other, "good")
    assert not passes(other, "new")
    other.rejected("good")
    assert not passes(other, "good")


def test_a_block_of_the_address_is_everybodys(count, other, clock):
    count.blocked(900)
    other.grant()
    clock.pass_by(600)
    with pytest.raises(AuthFailed) as stopped:
        other.check("good")
    assert stopped.value.blocked_seconds == 300
    clock.pass_by(301)
    assert passes(other, "good")


def test_a_clock_that_was_set_back_does_not_stop_for_longer(count, other, clock):
    clock.pass_by(86_400)
    for _ in range(4):
        count.rejected("k")
    count.blocked(900)
    clock.pass_by(-86_400)
    assert passes(other)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_file_of_somebody_else_counts_nothing(count, tmp_path, content):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "vendor.attempts").write_bytes(content)
    assert passes(count)
    count.rejected("k")
    count.rejected("k")
    assert not passes(count)


def test_a_count_that_cannot_be_written_is_kept_in_memory(clock, tmp_path):
    (tmp_path / "keys").write_bytes(b"")
    count = Attempts(tmp_path / "keys" / "vendor.attempts", clock)
    count.rejected("k")
    count.rejected("k")
    assert not passes(count)


def test_the_count_holds_no_key_and_is_private(count, tmp_path):
    count.rejected("fingerprint")
    count.accepted("fingerprint2")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}


async def under_way(count: Attempts, number: int, *, proven: bool) -> int:
    """Return how many of these calls are under way together."""
    inside = most = 0
    enough = asyncio.Event()

    async def call() -> None:
        nonlocal inside, most
        async with count.lane("k", proven=proven):
            inside += 1
            most = max(most, inside)
            for _ in range(5):
                await asyncio.sleep(0)
            inside -= 1
        enough.set()

    await asyncio.gather(*(call() for _ in range(number)))
    return most


async def test_two_calls_are_under_way_at_most_and_one_while_the_key_is_not_proven(count):
    assert await under_way(count, 4, proven=True) == 2
    assert await under_way(count, 4, proven=False) == 1
    count.rejected("k")
    assert await under_way(count, 4, proven=True) == 1


async def test_a_call_that_waited_is_not_made_once_calls_have_stopped(count, other):
    async with count.lane("k", proven=False):
        waiting = asyncio.ensure_future(under_way(other, 1, proven=False))
        await asyncio.sleep(0)
        count.rejected("k")
        count.rejected("k")
    with pytest.raises(AuthFailed):
        await waiting


async def test_a_console_that_holds_the_lane_for_ever_is_named(count, other, monkeypatch):
    assert subject.LONGEST_QUEUE > 40
    monkeypatch.setattr(subject, "LONGEST_QUEUE", 0.05)
    async with count.lane("k", proven=False):
        with pytest.raises(Unavailable, match="does not let go"):
            await under_way(other, 1, proven=False)


async def test_without_a_place_for_locks_calls_go_on(clock, tmp_path):
    (tmp_path / "keys").write_bytes(b"")
    count = Attempts(tmp_path / "keys" / "vendor.attempts", clock)
    before = open_files()
    assert await under_way(count, 3, proven=True) == 3
    assert open_files() == before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
