"""Rejected keys: the hosts of a team together try one no more often than one host does."""

import contextlib
from datetime import timedelta

import psycopg
import pytest
from msgspec.structs import replace

from services import sandbox
from services.desk.desk import Desk
from services.desk.team import shared_keys
from services.domain.errors import AuthFailed
from services.domain.secrets import Secret
from services.journal.postgres import setup
from services.journal.postgres.rejected_keys import KeyHistory, Rejection
from services.journal.postgres.session import JournalServer
from services.sandbox import Fault
from services.settings.load import load, sandbox_settings
from services.system.clock import SystemClock
from services.system.paths import Paths
from tests.desk.test_desk import book_where, shop
from tests.desk.test_rejected_keys import asked

__all__ = ["shop"]
BAD = "an-unknown-key"


@pytest.fixture
def port(postgres):
    with psycopg.connect(**postgres.parameters(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS keys WITH (FORCE)")
        connection.execute("CREATE DATABASE keys")
    setup.prepare(JournalServer(postgres.parameters(dbname="keys"), "carddesk_sandbox"))
    return postgres.port


@pytest.fixture
def host(shop, still, tmp_path, port):
    """Open the desk of a host with a home of its own."""

    @contextlib.asynccontextmanager
    async def opened(name, key=sandbox.DEMO_KEY, *, port=port, start=True):
        home = tmp_path / str(name)
        paths = Paths(home / "config", home / "state", home / "cache")
        base = sandbox_settings(load(paths, {}, sandbox=True), shop.url)
        journal = f"postgresql://postgres@127.0.0.1:{port}/keys"
        settings = replace(
            base,
            profile=replace(base.profile, journal=journal),
            net=replace(base.net, max_requests_per_second=0, max_requests_per_minute=6_000),
        )
        async with Desk(settings, Secret(key), paths, operator="amina", clock=still) as desk:
            if start:
                desk.start()
            yield desk

    return opened


async def test_eight_hosts_with_a_bad_key_try_it_once(host, shop, port):
    shop.faults.add(Fault("slow", endpoint="validate", phase="before", times=0, seconds=0.5))
    async with contextlib.AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(host(name, BAD)) for name in range(8)]
        said = [(await book_where(desk, lambda book: book.fatal)).fatal for desk in desks]
    assert asked(shop) == 1
    assert sum("no host of the team tries it again by itself" in each for each in said) == 7
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/keys") as line:
        [kept] = line.execute("SELECT * FROM carddesk_sandbox.rejected_keys").fetchall()
    assert BAD not in str(kept)


async def test_a_key_that_is_revoked_at_work_is_refused_on_every_host(host, shop):
    async with contextlib.AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(host(name, start=False)) for name in range(4)]
        for desk in desks:
            await desk.ready()
        shop.requests.clear()
        shop._gate._keys.clear()
        heard = [desk._opening.account.journal.consoles.rejections for desk in desks]
        for number, desk in enumerate(desks):
            with pytest.raises(AuthFailed):
                await desk.figures.balance()
            while number == 0 and not await all_heard(desks, heard):
                pass
    assert asked(shop) == 1


async def all_heard(desks, before):
    """Tell whether every host has heard of a rejection since."""
    journals = [desk._opening.account.journal for desk in desks]
    await journals[0].changed_elsewhere()
    return all(
        journal.consoles.rejections > count for journal, count in zip(journals, before, strict=True)
    )


async def test_who_asks_again_gets_one_more_and_four_in_all(host, shop):
    async with host("a", BAD) as one, host("b", BAD) as two:
        for desk in (one, two):
            await book_where(desk, lambda book: book.fatal)
        for attempt, desk in enumerate((two, one, two), start=2):
            lines = len(desk.book.log)
            desk.refresh_orders()
            await book_where(desk, lambda book, lines=lines: len(book.log) > lines)
            assert asked(shop) == attempt
        one.refresh_orders()
        book = await book_where(one, lambda book: book.poll.state == "blocked")
        assert "No call is made until" in str(book.poll.failure.sentence())
        assert asked(shop) == 4


async def test_a_key_that_works_again_is_free_on_every_host(host, shop):
    async with host("a", "new-key-1") as one:
        await book_where(one, lambda book: book.fatal)
        shop.add_key("new-key-1")
        one.refresh_orders()
        await book_where(one, lambda book: book.info.can_buy)
        async with host("b", "new-key-1") as two:
            await book_where(two, lambda book: book.info.can_buy)


async def test_hosts_that_start_together_with_a_good_key_all_come_up(host):
    async with contextlib.AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(host(name)) for name in range(4)]
        for desk in desks:
            await book_where(desk, lambda book: book.info.can_buy)


async def test_without_the_server_a_host_counts_for_itself(host, shop):
    async with host("a", BAD, port=1) as desk:
        await book_where(desk, lambda book: book.fatal)
        assert asked(shop) == 1


def test_what_is_too_often_is_said_with_its_end():
    now = SystemClock().now()
    said = Rejection("no", host="tunis")
    times = tuple(now - timedelta(minutes=at) for at in (14, 9, 5, 2))
    with pytest.raises(AuthFailed, match="4 attempts with this key") as refused:
        shared_keys.judge(KeyHistory(now, times, said), asked=True)
    assert 770 < refused.value.blocked_seconds < 790
    old = tuple(at - timedelta(minutes=10) for at in times)
    shared_keys.judge(KeyHistory(now, old, said), asked=True)
    with pytest.raises(AuthFailed, match="no") as refused:
        shared_keys.judge(KeyHistory(now, old, said), asked=False)
    assert "tunis" in refused.value.advice
    shared_keys.judge(None, asked=False)
