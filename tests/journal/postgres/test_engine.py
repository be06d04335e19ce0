"""The journal on a server: cut lines, other writers, and places that are no journal."""

import asyncio
import threading

import psycopg
import pytest

from services.domain.errors import JournalFailed
from services.domain.models import Baseline, PurchaseState
from services.journal.emergency_file import Deed
from services.journal.postgres import consoles, engine, session, setup
from services.journal.postgres.place import open_place
from services.journal.postgres.session import JournalServer
from services.journal.purchases import Purchases
from services.journal.schema import VERSION
from services.journal.transaction import Conflict
from services.system.clock import CorrectedClock, SystemClock
from tests.conftest import StillClock
from tests.journal.postgres.conftest import Opened
from tests.journal.postgres.engine import journal_on
from tests.journal.postgres.relay import Relay
from tests.journal.test_database import intent
from tests.proof.team import lines
from tests.proof.team.message_relay import LinePoint, MessageRelay

S = PurchaseState


def through(server: JournalServer, relay: Relay | MessageRelay) -> JournalServer:
    return JournalServer({**server.parameters, "port": str(relay.port)}, server.schema)


async def states(opened: Opened, server: JournalServer) -> list[str]:
    async with opened(server, "other") as journal:
        rows = await journal.read(lambda tx: tx.rows("SELECT state FROM purchases ORDER BY id"))
        return [row["state"] for row in rows]


async def test_a_commit_whose_answer_is_lost_is_found_out(place, postgres, opened):
    with Relay(postgres.port) as relay:
        async with opened(through(place, relay)) as journal:
            relay.cut = "after"
            await Purchases(journal).add(intent(StillClock()), "owner", Baseline())
            assert relay.committed.is_set()
            assert await states(opened, place) == ["INTENT"]


@pytest.fixture
async def cut_off(place, postgres, tmp_path, still, monkeypatch):
    """A journal whose next COMMIT has no answer, and whose server is away for some pauses then."""
    pauses: list[float] = []
    real = engine.connect

    def away_for(count: int) -> None:
        def connect(server: JournalServer) -> session.Connection:
            if len(pauses) < count:
                raise psycopg.OperationalError("away")
            return real(server)

        monkeypatch.setattr(engine, "connect", connect)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        still.advance(seconds)

    with Relay(postgres.port) as relay:
        journal = journal_on(through(place, relay), tmp_path / "a.db", still, pause=pause)
        await journal.open("account-a")
        relay.cut = "after"
        yield journal, pauses, away_for
        await journal.close()
        journal.consoles.end()


async def test_a_server_that_is_away_is_asked_ever_less_often(cut_off):
    journal, pauses, away_for = cut_off
    away_for(4)
    assert (await Purchases(journal).add(intent(StillClock()), "o", Baseline())).id == "p1"
    assert pauses == [0.05, 0.1, 0.2, 0.4]


async def test_what_became_of_a_commit_is_asked_for_8_s(cut_off):
    journal, pauses, away_for = cut_off
    away_for(100)
    with pytest.raises(JournalFailed) as failed:
        await Purchases(journal).add(intent(StillClock()), "o", Baseline())
    assert failed.value.code == "JOURNAL_AWAY"
    assert max(pauses) == engine.LONGEST_PAUSE
    assert engine.SETTLE_SECONDS <= sum(pauses) < engine.SETTLE_SECONDS + engine.LONGEST_PAUSE


async def test_a_commit_that_never_arrived_is_a_failure(place, postgres, opened):
    with Relay(postgres.port) as relay:
        async with opened(through(place, relay)) as journal:
            relay.cut = "before"
            with pytest.raises(JournalFailed) as failed:
                await Purchases(journal).add(intent(StillClock()), "owner", Baseline())
            assert failed.value.code == "JOURNAL_AWAY"
            assert await states(opened, place) == []


async def test_sending_needs_the_answer_to_its_commit(place, postgres, opened):
    with Relay(postgres.port) as relay:
        async with opened(through(place, relay)) as journal:
            purchases = Purchases(journal)
            await purchases.add(intent(StillClock()), "owner", Baseline())
            relay.cut = "after"
            with pytest.raises(JournalFailed):
                await purchases.move("p1", S.SENDING, "leaves", {})
            assert await states(opened, place) == ["SENDING"]
            moved = await purchases.move("p1", S.NOT_SENT, "nothing was sent", {})
            assert moved.state is S.NOT_SENT


async def test_a_line_that_comes_back_is_used_again(place, postgres, opened):
    with Relay(postgres.port) as relay:
        async with opened(through(place, relay)) as journal:
            relay.hang_up()
            with pytest.raises(JournalFailed) as failed:
                await Purchases(journal).live()
            assert failed.value.code == "JOURNAL_AWAY"
            assert await Purchases(journal).live() == ()


async def test_an_answer_that_never_comes_is_not_waited_for(place, postgres, opened, monkeypatch):
    monkeypatch.setattr(session, "ANSWER_SECONDS", 0.3)
    with Relay(postgres.port) as relay:
        async with opened(through(place, relay)) as journal:
            with relay.silent():
                with pytest.raises(JournalFailed) as failed:
                    await Purchases(journal).live()
                assert failed.value.code == "JOURNAL_AWAY"
            assert await Purchases(journal).live() == ()


@pytest.mark.parametrize("number", [3, 5, 8])
async def test_a_line_that_falls_silent_while_opening_is_given_up(
    place, postgres, opened, monkeypatch, number
):
    monkeypatch.setattr(session, "ANSWER_SECONDS", 0.3)
    with MessageRelay(postgres.port) as relay:
        relay.count({LinePoint("up", number): lambda: lines.falls_silent(postgres, relay)})
        async with asyncio.timeout(20):
            with pytest.raises(JournalFailed) as failed:
                async with opened(through(place, relay)):
                    pass
        assert failed.value.code == "JOURNAL_AWAY"
        relay.heal()
        async with opened(through(place, relay)) as journal:
            assert await Purchases(journal).live() == ()


async def test_a_console_notices_a_line_that_carries_nothing(place, postgres, opened, monkeypatch):
    monkeypatch.setattr(consoles, "BEAT_SECONDS", 0.2)
    with Relay(postgres.port) as relay:
        async with opened(through(place, relay)) as journal:
            with relay.silent():
                await asyncio.wait_for(changed(journal, away=True), 20)
            await asyncio.wait_for(changed(journal, away=False), 20)


async def changed(journal, *, away: bool) -> None:
    """Wait until the journal says of its server that it is away, or there."""
    while (journal.away_since is not None) is not away:
        journal.news.clear()
        await journal.news.wait()


async def test_a_host_that_stops_in_the_middle_holds_no_one_up(place, opened, monkeypatch):
    monkeypatch.setitem(session._OPTIONS, "idle_in_transaction_session_timeout", "300")
    async with opened(place, "a") as stopped, opened(place, "b") as other:
        began, over = threading.Event(), threading.Event()

        def stops(tx):
            assert tx.now
            began.set()
            over.wait(20)
            tx.event("late")

        writing = asyncio.ensure_future(stopped.write(stops))
        await asyncio.to_thread(began.wait, 20)
        await other.write(lambda tx: tx.event("x"))
        over.set()
        with pytest.raises(JournalFailed) as failed:
            await writing
        assert failed.value.code == "JOURNAL_AWAY"
        events = await other.read(lambda tx: tx.rows("SELECT kind FROM events"))
        assert [row["kind"] for row in events] == ["x"]


async def test_writers_on_several_hosts_leave_one_chain(place, opened):
    async with opened(place, "a") as one, opened(place, "b") as two:
        await asyncio.gather(
            *(each.write(lambda tx: tx.event("x")) for each in (one, two) for _ in range(30))
        )
        assert await one.verify() == ""
        count = await two.read(lambda tx: tx.row("SELECT count(*) AS events FROM events"))
        assert count == {"events": 60}


async def test_an_identical_purchase_of_another_host_is_refused(place, opened):
    async with opened(place, "a") as one, opened(place, "b") as two:
        for journal, name in ((one, "p1"), (two, "p2")):
            await Purchases(journal).add(intent(StillClock(), name), name, Baseline())
        sent = await asyncio.gather(
            *(
                Purchases(journal).move(name, S.SENDING, "leaves", {})
                for journal, name in ((one, "p1"), (two, "p2"))
            ),
            return_exceptions=True,
        )
        refused = [each for each in sent if isinstance(each, Exception)]
        assert [each.code for each in refused] == ["IDENTICAL_UNSETTLED"]


async def test_what_a_failed_statement_skipped_works_afterwards(place, opened):
    def late(tx):
        return [tx.rows("SELECT 7 AS late")]

    async with opened(place, "a") as journal:
        purchases = Purchases(journal)
        await purchases.add(intent(StillClock()), "owner", Baseline())
        taken = "INSERT INTO meta VALUES ('rev', '0')"
        # A statement is prepared once it is usual, here behind one that fails.
        for _ in range(6):
            await journal.read(late)
            with pytest.raises(Conflict):
                await journal.write(
                    lambda tx: (tx.run(taken), tx.ask("SELECT 7 AS late"), tx.event("x"))
                )
        assert await journal.read(late) == [[{"late": 7}]]
        assert (await purchases.move("p1", S.SENDING, "leaves", {})).state is S.SENDING


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE meta SET value = 'other' WHERE name = 'application'", "another program"),
        (f"UPDATE meta SET value = '{VERSION + 1}' WHERE name = 'version'", "newer carddesk"),
        (f"UPDATE meta SET value = '{VERSION - 1}' WHERE name = 'version'", "earlier carddesk"),
        ("INSERT INTO meta VALUES ('account', 'account-b')", "another account"),
        ("DROP TABLE meta", "no journal in postgres on 127.0.0.1"),
    ],
)
async def test_a_place_that_is_not_our_journal_is_refused(place, opened, change, said):
    with psycopg.connect(**place.parameters, autocommit=True) as connection:
        connection.execute(f"SET search_path = {place.schema}")
        connection.execute(change)
    with pytest.raises(JournalFailed, match=said):
        async with opened(place):
            pass


async def test_a_database_of_another_encoding_is_refused(postgres, opened):
    with psycopg.connect(**postgres.parameters(), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE plain ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
        )
    place = JournalServer(postgres.parameters(dbname="plain"))
    with pytest.raises(JournalFailed, match="SQL_ASCII"):
        setup.prepare(place)
    with pytest.raises(JournalFailed, match="SQL_ASCII"):
        async with opened(place):
            pass


async def test_a_server_that_is_not_there_is_one_sentence(postgres, opened):
    nowhere = JournalServer(postgres.parameters(port="1"))
    with pytest.raises(JournalFailed) as failed:
        async with opened(nowhere):
            pass
    assert failed.value.code == "JOURNAL_AWAY"
    assert "postgres on 127.0.0.1:1" in failed.value.message


async def test_the_emergency_file_beside_it_takes_what_it_cannot(place, tmp_path):
    journal = open_place(place, tmp_path / "a.db", CorrectedClock(SystemClock()), "amina")
    await journal.open("account-a")
    deed = Deed("reveal", "o1", "card 1", StillClock().now(), "amina")
    journal.emergency.append(deed)
    assert [entry.record for entry in journal.emergency.entries()] == [deed]
    await journal.close()
    journal.consoles.end()
