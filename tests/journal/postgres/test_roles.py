"""What the database itself allows to each role, whatever program a login uses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import errors

from services.domain.errors import JournalFailed
from services.domain.models import Baseline, PurchaseState
from services.journal import kept_limits
from services.journal.database import Journal
from services.journal.deliveries import Deliveries
from services.journal.leases import PollingLease
from services.journal.postgres import roles, setup
from services.journal.postgres.place import open_place
from services.journal.postgres.session import JournalServer
from services.journal.purchases import Purchases
from services.system.clock import CorrectedClock, SystemClock
from tests.conftest import StillClock
from tests.journal.postgres.conftest import Opened
from tests.journal.test_database import intent


@pytest.fixture
def logins(place, postgres) -> dict[str, JournalServer]:
    """A login for each role, in the journal of the test."""
    made = {}
    with psycopg.connect(**place.parameters, autocommit=True) as admin:
        for role in (*roles.ALL, ""):
            name = f"{place.schema}_{role or 'other'}"
            admin.execute(f"CREATE ROLE {name} LOGIN")
            if role:
                admin.execute(f"GRANT {role} TO {name}")
            made[role] = JournalServer(postgres.parameters(user=name), place.schema)
    return made


def refused(server: JournalServer, statement: str) -> bool:
    """Tell whether the database refuses a statement, sent without any of our code."""
    options = f"-c search_path={server.schema}"
    with psycopg.connect(**server.parameters, options=options) as connection:
        try:
            connection.execute(statement)
        except errors.InsufficientPrivilege:
            return True
        finally:
            connection.rollback()
    return False


FACTS = "'k','INTENT','x','x','x','x',1,'1','1','o','h','w','',1"
BUY = (
    "INSERT INTO purchases (id, idempotency_key, state, product_id, product_title, type_id,"
    " type_name, quantity, unit_price, total, operator, host, owner, created_at, updated_at, rev)"
    " VALUES ('p','k','INTENT','x','x','x','x',1,'1','1','o','h','w','','',1)"
)
EVENT = "INSERT INTO events VALUES (1,'',{who},'{kind}','','','','{to}','','{{}}','')"


@pytest.mark.parametrize(
    "statement",
    [
        BUY,
        "UPDATE purchases SET state = 'REFUNDED'",
        "UPDATE purchases SET total = '1'",
        "DELETE FROM deliveries",
        "INSERT INTO leases VALUES ('polling', 'a', '9')",
        "INSERT INTO orders (order_id) VALUES ('o')",
        "DELETE FROM events",
        "DROP TABLE events",
        EVENT.format(who="session_user", kind="move", to="INTENT"),
        EVENT.format(who="'amina'", kind="note", to=""),
    ],
)
def test_support_can_neither_buy_nor_change_what_was_bought(logins, statement):
    assert refused(logins[roles.SUPPORT], statement)


@pytest.mark.parametrize("role", [roles.DESK, roles.SUPPORT])
def test_whose_journal_it_is_stays_as_it_is(logins, role):
    options = f"-c search_path={logins[role].schema}"
    with psycopg.connect(**logins[role].parameters, options=options) as connection:
        changed = connection.execute("UPDATE meta SET value = 'x' WHERE name = 'application'")
        assert changed.rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET why = 'other'",
        "DELETE FROM events",
        "DELETE FROM purchases",
        "ALTER TABLE purchases ADD COLUMN more TEXT",
        f"GRANT {roles.OWNER} TO session_user",
        EVENT.format(who="'another'", kind="move", to=""),
        "INSERT INTO meta VALUES ('moved_to', 'x')",
    ],
)
def test_a_desk_cannot_change_schema_roles_or_past_events(logins, statement):
    assert refused(logins[roles.DESK], statement)


@pytest.fixture
def opened(tmp_path) -> Opened:
    """Open a journal as the settings do: what is written has the name of the login."""

    @asynccontextmanager
    async def opened(server: JournalServer, host: str = "a") -> AsyncIterator[Journal]:
        journal = open_place(
            server, tmp_path / host / "a.db", CorrectedClock(SystemClock()), "amina"
        )
        await journal.open("account-a")
        try:
            yield journal
        finally:
            await journal.close()
            journal.consoles.end()

    return opened


async def test_a_desk_does_all_that_a_console_does(logins, opened):
    async with opened(logins[roles.DESK]) as journal:
        assert journal.can_write
        assert journal.read_only == ""
        await Purchases(journal).add(intent(StillClock()), "owner", Baseline())
        assert await journal.verify() == ""


async def test_support_writes_notes_marks_and_reveals(logins, opened):
    async with opened(logins[roles.DESK]) as desk:
        await Purchases(desk).add(intent(StillClock()), "owner", Baseline())
    async with opened(logins[roles.SUPPORT], "b") as journal:
        purchases = Purchases(journal)
        assert journal.notes_only
        assert "not buy" in journal.read_only
        changed = await purchases.update("p1", {"note": "yacine"}, kind="note", why="note changed")
        assert changed.note == "yacine"
        await purchases.record("reveal", "o1", "card 1", card=0)
        await Deliveries(journal).give_all(["o1"])
        with pytest.raises(JournalFailed) as failed:
            await purchases.add(intent(StillClock(), "p2"), "owner", Baseline())
        assert failed.value.code == "JOURNAL_RIGHTS"
        assert await journal.verify() == ""


async def test_a_login_without_a_role_is_refused_in_words(logins, opened):
    with pytest.raises(JournalFailed, match="Your login may not use the journal") as failed:
        async with opened(logins[""]):
            pass
    assert failed.value.code == "JOURNAL_RIGHTS"


def test_only_who_may_makes_a_journal(logins, place):
    with pytest.raises(errors.InsufficientPrivilege):
        setup.prepare(JournalServer(logins[roles.DESK].parameters, "another"))
    assert setup.prepare(logins[roles.OWNER]).made == ()


async def test_support_sees_whether_a_desk_keeps_the_orders_current(logins, opened):
    with pytest.raises(JournalFailed, match="No desk has opened"):
        async with opened(logins[roles.SUPPORT], "b"):
            pass
    async with opened(logins[roles.DESK]):
        pass
    async with opened(logins[roles.SUPPORT], "b") as journal:
        watching = PollingLease(journal, journal.consoles, 60)
        assert not await watching.held()
        async with opened(logins[roles.DESK]) as desk:
            lease = PollingLease(desk, desk.consoles, 60)
            assert await lease.take()
            assert await watching.held()
            await lease.drop()
            assert not await watching.held()


APPROVING = (
    "UPDATE purchases SET state = 'INTENT' WHERE id = 'p1'",
    "UPDATE purchases SET state = 'SENDING' WHERE id = 'p1'",
    "INSERT INTO events VALUES (9,'',session_user,'approve','p1','','AWAITING_APPROVAL','INTENT',"
    "'','{}','')",
)


@pytest.fixture
async def approvers(logins, place, postgres, opened) -> dict[str, JournalServer]:
    """Who asked for p1, and others, one of whom the owner named as an approver."""
    found = {"asks": logins[roles.DESK], "owner": logins[roles.OWNER]}
    with psycopg.connect(**place.parameters, autocommit=True) as admin:
        for name in ("desk", "named"):
            login = f"{place.schema}_{name}"
            admin.execute(f"CREATE ROLE {login} LOGIN")
            admin.execute(f"GRANT {roles.DESK} TO {login}")
            found[name] = JournalServer(postgres.parameters(user=login), place.schema)
    waits = replace(intent(StillClock()), state=PurchaseState.AWAITING_APPROVAL)
    async with opened(found["asks"]) as journal:
        await Purchases(journal).add(waits, "owner", Baseline())
    async with opened(found["owner"], "b") as journal:
        assert journal.is_owner
        named = found["named"].parameters["user"]
        await journal.write(lambda tx: kept_limits.name_approver(tx, named, may=True))
    return found


@pytest.mark.parametrize("statement", APPROVING)
async def test_only_who_may_approves_whatever_program_it_uses(approvers, statement):
    assert refused(approvers["asks"], statement)
    assert refused(approvers["desk"], statement)
    assert not refused(approvers["named"], statement)
    assert not refused(approvers["owner"], statement)


async def test_who_may_approve_approves_nothing_of_its_own(approvers, opened):
    own = replace(
        intent(StillClock(), quantity=3, name="p2"), state=PurchaseState.AWAITING_APPROVAL
    )
    async with opened(approvers["named"]) as journal:
        await Purchases(journal).add(own, "owner", Baseline())
    for statement in APPROVING:
        assert refused(approvers["named"], statement.replace("'p1'", "'p2'"))
        assert not refused(approvers["owner"], statement.replace("'p1'", "'p2'"))


async def test_a_desk_names_no_approver(approvers):
    name = approvers["desk"].parameters["user"]
    assert refused(approvers["desk"], f"INSERT INTO limits VALUES ('{name}', 'approver', '1')")


async def test_a_desk_ends_a_wait_and_writes_what_became_of_it(approvers):
    for state in ("NOT_SENT", "HANDLING", "UNRESOLVED"):
        done = f"UPDATE purchases SET state = '{state}' WHERE id = 'p1'"
        assert not refused(approvers["desk"], done)
