"""Hosts that press hard on one key: never over the vendor's minute, purchases first."""

import asyncio
import contextlib
from collections import deque

import pytest

from services.desk.team.request_share import AGAIN_SECONDS, RequestShare
from services.domain.errors import JournalFailed
from services.journal.database import Journal
from services.journal.request_shares import COUNTS, LASTS
from services.vendor.rate_limit import PER_MINUTE, Priority, RateLimit, priority

MINUTE = PER_MINUTE["sandbox"]
HOSTS = 8


class Counted:
    """What the vendor sees: the most requests of any minute, by the time each was sent."""

    def __init__(self, clock):
        self._clock = clock
        self._minute = deque()
        self.most = self.sent = 0

    def send(self, count=1):
        now = self._clock.steady()
        self.sent += count
        self._minute.extend([now] * count)
        while self._minute[0] <= now - 60:
            self._minute.popleft()
        self.most = max(self.most, len(self._minute))


class Host:
    """A host with a journal of the team's, a file of slots of its own, and one console."""

    def __init__(self, tmp_path, number, clock, vendor):
        self.journal = Journal(tmp_path / "shared" / "a.db", clock, f"host{number}")
        self.journal.consoles.count = HOSTS
        self.limit = RateLimit(tmp_path / f"host{number}.rate", clock, MINUTE)
        self.limit.share(RequestShare(self.journal, "key", clock, MINUTE))
        self._vendor = vendor
        self.writes = 0

        write = self.journal.write

        async def counted(work, **options):
            self.writes += 1
            return await write(work, **options)

        self.journal.write = counted

    async def read(self, of=Priority.BACKGROUND):
        with priority(of):
            await self.limit.room()
            while not await self.limit.take():
                await self.limit.room()
        self._vendor.send()

    async def buy(self):
        async with self.limit.reserved(2):
            self._vendor.send(2)
        async with self.limit.reserved(5):
            self._vendor.send(5)


@pytest.fixture
def vendor(leaping):
    return Counted(leaping)


@pytest.fixture
async def hosts(tmp_path, leaping, vendor):
    async with contextlib.AsyncExitStack() as stack:
        made = [Host(tmp_path, number, leaping, vendor) for number in range(HOSTS)]
        for host in made:
            await host.journal.open("account-a")
            stack.push_async_callback(host.journal.close)
        yield made


async def pressing(host, of, times=40):
    for _ in range(times):
        await host.read(of)


async def test_hosts_that_press_hard_stay_below_the_vendors_minute(hosts, vendor):
    kinds = (Priority.BACKGROUND, Priority.PERSON, Priority.BACKGROUND, Priority.PURCHASE)
    await asyncio.gather(*(pressing(host, kinds[at % 4]) for at, host in enumerate(hosts)))
    assert vendor.sent == 40 * HOSTS
    assert MINUTE // 2 < vendor.most <= MINUTE


async def test_a_purchase_waits_for_no_other_hosts_background(hosts, vendor, leaping):
    for host in hosts:
        with priority(Priority.BACKGROUND):
            while await host.limit.take():
                vendor.send()
    assert vendor.sent == MINUTE - 2 * (MINUTE // 6)
    before = leaping.steady()
    await hosts[3].read(Priority.PERSON)
    await hosts[5].buy()
    assert leaping.steady() == before
    assert vendor.most <= MINUTE


async def test_a_quote_takes_the_requests_of_its_purchase_too(hosts):
    await hosts[0].buy()
    assert hosts[0].writes == 1


async def test_a_busy_console_asks_the_journal_for_several_at_once(hosts):
    for _ in range(20):
        await hosts[0].read()
    assert hosts[0].writes <= 8


async def test_a_placed_order_waits_for_nothing_and_is_counted(hosts):
    for host in hosts:
        while await host.limit.take():
            pass
    await hosts[0].limit.count()
    with priority(Priority.PURCHASE):
        assert sum([await take(hosts[0]), await take(hosts[1])]) == MINUTE // 6 - 1


async def take(host):
    count = 0
    while await host.limit.take():
        count += 1
    return count


async def test_without_the_journal_each_has_a_safe_part(hosts, vendor, leaping, monkeypatch):
    for host in hosts:
        await pressing(host, Priority.PERSON, 6)
    leaping.advance(LASTS)

    async def away(*_, **__):
        raise JournalFailed("away")

    for host in hosts:
        monkeypatch.setattr(host.journal, "write", away)
    for host in hosts:
        await host.read(Priority.PERSON)
        assert not await host.limit.take()
    assert vendor.most <= MINUTE
    leaping.advance(LASTS + COUNTS + AGAIN_SECONDS)
    parts = [await take(host) for host in hosts]
    assert parts == [MINUTE // HOSTS] * HOSTS


async def test_a_purchase_waits_for_nothing_while_the_journal_is_away(hosts, leaping, monkeypatch):
    async def away(*_, **__):
        raise JournalFailed("away")

    monkeypatch.setattr(hosts[0].journal, "write", away)
    before = leaping.steady()
    for _ in range(2):
        with pytest.raises(JournalFailed, match="away"):
            await hosts[0].buy()
    assert leaping.steady() == before


async def test_a_journal_that_is_back_is_used_again(hosts, leaping, monkeypatch):
    write = hosts[0].journal.write

    async def away(*_, **__):
        raise JournalFailed("away")

    monkeypatch.setattr(hosts[0].journal, "write", away)
    while await hosts[0].limit.take():
        pass
    monkeypatch.setattr(hosts[0].journal, "write", write)
    leaping.advance(AGAIN_SECONDS)
    await hosts[0].read()
    assert hosts[0].writes == 1
