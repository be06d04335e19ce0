"""Desks whose settings name one journal on a server."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import psycopg
import pytest
from msgspec.structs import replace

from services.domain.errors import AWAY, JournalFailed, Refused
from services.domain.models import PurchaseState
from services.journal.postgres import setup, statements
from services.journal.postgres.session import JournalServer
from services.sandbox.faults import Fault
from services.system.clock import SystemClock
from tests.desk.test_desk import book_where
from tests.journal.postgres.relay import Relay


@pytest.fixture
def on_server(postgres, server_engines, leaping, monkeypatch):
    """Return what makes settings name a journal of this test's own, at the time of its clock."""
    with psycopg.connect(**postgres.parameters(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS shop WITH (FORCE)")
        connection.execute("CREATE DATABASE shop")
    setup.prepare(JournalServer(postgres.parameters(dbname="shop")))
    monkeypatch.setattr(statements, "NOW", server_engines.at(leaping))

    def change(settings, port=postgres.port):
        journal = f"postgresql://postgres@127.0.0.1:{port}/shop"
        return replace(settings, profile=replace(settings.profile, journal=journal))

    return change


async def test_what_one_console_buys_is_on_the_board_of_another(open_desk, pick, on_server, paths):
    async with open_desk(change=on_server) as one:
        product, denomination = await pick(one)
        bought = await one.buy(await one.quote(product.id, denomination.id, 1))
        assert bought.state is PurchaseState.HANDLING
        async with open_desk(change=on_server, operator="karim") as two:
            assert bought.order_id in {row.order_id for row in two.book.orders}
    assert not list(paths.state_dir.glob("*.db"))


async def test_a_server_without_a_journal_says_how_to_make_one(open_desk, on_server, postgres):
    with psycopg.connect(**postgres.parameters(dbname="shop"), autocommit=True) as connection:
        connection.execute("DROP SCHEMA carddesk CASCADE")
    with pytest.raises(JournalFailed) as failed:
        async with open_desk(change=on_server):
            pass
    assert "carddesk journal init" in failed.value.advice


async def test_the_operator_is_the_login_of_a_service_too(
    open_desk, pick, on_server, postgres, tmp_path, monkeypatch
):
    services = tmp_path / "services.conf"
    services.write_text(
        f"[shop]\nhost=127.0.0.1\nport={postgres.port}\ndbname=shop\nuser=postgres\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))

    def named(settings):
        return replace(settings, profile=replace(settings.profile, journal="service=shop"))

    async with open_desk(change=named, operator="somebody") as desk:
        assert desk.book.info.operator == "postgres"
        await desk.limits.put("postgres", {"max_day": Decimal(1)})
        product, denomination = await pick(desk)
        with pytest.raises(Refused, match="by postgres"):
            await desk.quote(product.id, denomination.id, 1)
        await desk.limits.put("postgres", {"max_day": Decimal(0)})
        bought = await desk.buy(await desk.quote(product.id, denomination.id, 1))
        assert bought.operator == "postgres"
        assert (await desk.sales.begin()).operator == "postgres"


class Ahead:
    """A host's clock that is two hours ahead of all others."""

    def __init__(self, right):
        self._right = right
        self.steady, self.sleep = right.steady, right.sleep

    def now(self):
        return self._right.now() + timedelta(hours=2)


async def test_hosts_whose_clocks_differ_go_by_the_servers(
    open_desk, pick, on_server, leaping, market
):
    async with open_desk(change=on_server, clock=Ahead(leaping)) as one:
        product, denomination = await pick(one)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
        sent = await one.buy(await one.quote(product.id, denomination.id, 1))
        assert sent.state is PurchaseState.UNRESOLVED
        assert abs(sent.sent_at - leaping.now()) < timedelta(minutes=5)
        assert sent.next_check_at - leaping.now() < timedelta(minutes=5)


async def test_a_host_whose_clock_jumps_at_work_goes_by_the_server(
    open_desk, pick, on_server, leaping
):
    class Jumping(Ahead):
        by = timedelta()

        def now(self):
            return leaping.now() + self.by

    clock = Jumping(leaping)
    async with open_desk(change=on_server, clock=clock) as desk:
        product, denomination = await pick(desk)
        for hours in (2, -2, 26):
            quote = await desk.quote(product.id, denomination.id, 1)
            clock.by = timedelta(hours=hours)
            bought = await desk.buy(quote)
            assert bought.state is PurchaseState.HANDLING
            for at in (bought.created_at, bought.sent_at, bought.answered_at):
                assert abs(at - leaping.now()) < timedelta(minutes=5)
        assert await desk.journal.verify() == ""


async def test_a_server_that_goes_away_is_said_once_and_comes_back(
    open_desk, pick, on_server, postgres
):
    with Relay(postgres.port) as relay:
        async with open_desk(
            change=partial(on_server, port=relay.port), clock=SystemClock()
        ) as desk:
            product, denomination = await pick(desk)
            desk.start()
            await book_where(desk, lambda book: book.poll.state == "live")
            with relay.closed():
                await book_where(desk, lambda book: book.journal_away is not None)
                with pytest.raises(JournalFailed) as failed:
                    await desk.quote(product.id, denomination.id, 1)
                assert failed.value.code == AWAY
            await book_where(desk, lambda book: book.journal_away is None)
            said = [entry for entry in desk.book.log if "server" in entry.text]
            assert len(said) == 2
            quote = await desk.quote(product.id, denomination.id, 1)
            assert (await desk.buy(quote)).state is PurchaseState.HANDLING
