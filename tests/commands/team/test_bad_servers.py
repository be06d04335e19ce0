"""Servers that are full, stand by, restart or have no room: a sentence each, and no order lost."""

import asyncio

import psycopg
import pytest

from services.journal.postgres import engine, roles
from services.journal.schema import VERSION
from tests.journal.postgres.engine import MISSING
from tests.journal.postgres.server import TestServer

FULL = """
CREATE FUNCTION carddesk_sandbox.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END
$$;
CREATE TRIGGER full_disk BEFORE {what} FOR EACH ROW EXECUTE FUNCTION carddesk_sandbox.full_disk()
"""


@pytest.fixture
def admin(place):
    def run(*statements):
        with psycopg.connect(place, autocommit=True) as line:
            for each in statements:
                line.execute(each)

    return run


@pytest.fixture
async def buy(team, shelf):
    await team("journal", "init")
    await team("doctor")

    async def buy(*more, **variables):
        return await team("buy", shelf.product_id, shelf.type_id, "1", "--yes", *more, **variables)

    return buy


def states(place):
    with psycopg.connect(place) as line:
        found = line.execute("SELECT state FROM carddesk_sandbox.purchases ORDER BY created_at")
        return [state for (state,) in found]


async def test_a_disk_of_the_server_that_is_full_buys_nothing(buy, admin, place, vendor):
    admin(FULL.format(what="INSERT ON carddesk_sandbox.purchases"))
    done = await buy()
    assert (done.code, states(place), vendor.posts) == (5, [], [])
    assert "The disk of the journal's server is full" in done.err


async def test_a_disk_that_is_full_after_sending_loses_no_order(buy, admin, place, vendor, team):
    answered = "UPDATE ON carddesk_sandbox.purchases FOR EACH ROW WHEN (NEW.order_id IS NOT NULL)"
    admin(FULL.format(what=answered).replace(" FOR EACH ROW EXECUTE", " EXECUTE"))
    done = await buy("--json")
    assert done.code == 7, done.err
    assert len(vendor.posts) == 1
    assert done.document["order_id"]
    assert states(place) == ["SENDING"]
    admin("DROP TRIGGER full_disk ON carddesk_sandbox.purchases")
    assert (await team("orders")).code == 0
    assert states(place) == ["HANDLING"]


async def test_a_reveal_on_a_full_disk_waits_in_the_emergency_file(buy, admin, team, tmp_path):
    order = (await buy("--wait", "--json")).document["order_id"]
    admin(FULL.format(what="INSERT ON carddesk_sandbox.events"))
    shown = await team("order", order, "--reveal")
    assert shown.code == 0, shown.err
    admin("DROP TRIGGER full_disk ON carddesk_sandbox.events")
    assert (await team("orders")).code == 0
    log = (await team("audit", "--json")).document["events"]
    assert [each["kind"] for each in log if "emergency file" in each["why"]] == ["reveal"]


@pytest.mark.parametrize("connections", [0, 1])
async def test_a_server_without_a_connection_left_is_a_sentence(
    buy, admin, place, database, connections, vendor, monkeypatch
):
    monkeypatch.setattr(engine, "CONNECT_SECONDS", 0.5)
    admin(
        f"CREATE ROLE {database}_full LOGIN CONNECTION LIMIT {connections}",
        f"GRANT {roles.DESK} TO {database}_full",
    )
    done = await buy(CARDDESK_JOURNAL=place.replace("postgres@", f"{database}_full@"))
    assert done.code == 5
    assert "no connection left" in done.err
    assert vendor.posts == []


async def test_a_login_without_a_role_is_a_sentence(buy, login, vendor):
    done = await buy(CARDDESK_JOURNAL=login("stranger"))
    assert done.code == 5
    assert "Your login may not use the journal" in done.err
    assert vendor.posts == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE meta SET value = 'other' WHERE name = 'application'", "another program"),
        (f"UPDATE meta SET value = '{VERSION + 1}' WHERE name = 'version'", "newer carddesk"),
        (f"UPDATE meta SET value = '{VERSION - 1}' WHERE name = 'version'", "earlier carddesk"),
        ("UPDATE meta SET value = 'b' WHERE name = 'account'", "another account"),
        ("DROP TABLE meta", "no journal in"),
    ],
)
async def test_nothing_is_bought_with_a_journal_that_is_not_ours(buy, admin, vendor, change, said):
    admin("SET search_path = carddesk_sandbox", change)
    done = await buy()
    assert done.code == 5
    assert said in done.err
    assert vendor.posts == []


@pytest.fixture(scope="module")
def leader():
    """A server that others follow, and that may restart."""
    if MISSING:
        pytest.skip(MISSING)
    server = TestServer(fsync="off")
    server.start()
    yield server
    server.remove()


def at(server):
    return {"CARDDESK_JOURNAL": f"postgresql://postgres@127.0.0.1:{server.port}/postgres"}


@pytest.fixture
async def led(carddesk, shelf, leader):
    """Buy with a journal on that server, which is new."""
    with psycopg.connect(**leader.parameters(), autocommit=True) as line:
        line.execute("DROP SCHEMA IF EXISTS carddesk_sandbox CASCADE")
    for argv in (("journal", "init"), ("doctor",)):
        await carddesk(*argv, **at(leader))

    async def buy(*more, server=leader):
        argv = ("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json", *more)
        return await carddesk(*argv, **at(server))

    return buy


async def test_a_standby_is_read_and_nothing_is_bought(led, leader, carddesk, vendor):
    order = (await led()).document["order_id"]
    standby = await asyncio.to_thread(TestServer, leader, fsync="off")
    try:
        await asyncio.to_thread(standby.start)
        done = await led(server=standby)
        assert done.code == 3, done.err
        assert "a standby, which can only be read" in done.err
        assert len(vendor.posts) == 1
        seen = await carddesk("orders", **at(standby))
        assert seen.code == 0, seen.err
        assert order[-6:] in seen.out
        refused = await carddesk("note", order, "for yacine", **at(standby))
        assert refused.code == 5
        assert "standby" in refused.err
        examined = await carddesk("doctor", **at(standby))
        assert "a standby, which can only be read" in examined.out
    finally:
        await asyncio.to_thread(standby.remove)


async def test_a_server_that_restarts_again_and_again_loses_no_order(led, leader, carddesk, vendor):
    codes = []
    for _ in range(3):
        buying = asyncio.ensure_future(led())
        await asyncio.to_thread(leader.stop)
        await asyncio.to_thread(leader.start)
        codes.append((await buying).code)
        again = await led("--idempotency-key", f"key-{len(codes)}")
        assert again.code in (0, 7), again.err
    assert set(codes) <= {0, 3, 5, 7}, codes
    await carddesk("orders", **at(leader))
    with psycopg.connect(**leader.parameters(), autocommit=True) as line:
        found = line.execute(
            "SELECT order_id FROM carddesk_sandbox.purchases WHERE order_id IS NOT NULL"
        ).fetchall()
        open_ = line.execute(
            "SELECT count(*) FROM carddesk_sandbox.purchases WHERE state IN ('INTENT', 'SENDING')"
        ).fetchone()
    assert len(found) == len(vendor.posts) >= 3
    assert open_ == (0,)
