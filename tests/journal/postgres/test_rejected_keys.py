"""What the server keeps of rejected keys, and whose turn it is to try one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from services.journal.postgres import rejected_keys as keys
from services.journal.postgres import roles
from services.journal.postgres.rejected_keys import Rejection
from services.journal.postgres.session import JournalServer, connect

SAID = Rejection("The vendor rejected the API key", "ERR_AUTH", "req_1", "tunis")


@pytest.fixture
def lines(place):
    with connect(place) as one, connect(place) as two:
        yield one, two


def test_one_console_at_a_time_has_the_turn_of_a_key(lines):
    one, two = lines
    assert keys.take_turn(one, "a")
    assert not keys.take_turn(two, "a")
    assert keys.take_turn(two, "b")
    keys.give_turn_back(one, "a")
    assert keys.take_turn(two, "a")
    two.close()
    # The server hears of the end of a line a moment later.
    while not keys.take_turn(one, "a"):
        assert keys.history(one, "a").said is None


def test_a_key_is_rejected_until_it_works(lines):
    one, two = lines
    assert (keys.history(one, "a").rejected, keys.history(one, "a").said) == ((), None)
    keys.note_rejected(one, "a", SAID)
    keys.note_rejected(two, "a", SAID)
    known = keys.history(one, "a")
    assert len(known.rejected) == 2
    assert known.said == SAID
    assert known.accepted is None
    assert known.rejected[-1] <= known.now
    assert keys.history(one, "b").said is None
    keys.note_accepted(two, "a")
    known = keys.history(one, "a")
    assert (known.rejected, known.said) == ((), None)
    assert known.accepted <= known.now


def test_rejections_at_one_moment_are_all_counted(place):
    def reject(_):
        with connect(place) as line:
            keys.note_rejected(line, "a", SAID)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(reject, range(8)))
    with connect(place) as line:
        assert len(keys.history(line, "a").rejected) == 8


async def test_every_console_hears_of_a_rejection(place, opened, lines):
    async with opened(place, "a") as one, opened(place, "b") as two:
        keys.note_rejected(lines[0], "k", SAID)

        async def heard():
            while not (one.consoles.rejections and two.consoles.rejections):
                await one.changed_elsewhere()

        await asyncio.wait_for(heard(), 20)


async def test_a_console_whose_line_was_lost_may_have_missed_one(place, opened):
    async with opened(place, "a") as one:
        assert not one.consoles.rejections
        with psycopg.connect(**place.parameters, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE '%advisory_lock(hashtext%' AND pid <> pg_backend_pid()"
            )

        async def noticed():
            while not one.consoles.rejections:
                await one.changed_elsewhere()

        await asyncio.wait_for(noticed(), 20)


@pytest.mark.parametrize("role", roles.ALL)
def test_each_role_says_that_a_key_was_rejected(place, postgres, role):
    name = f"{place.schema}_{role}"
    with psycopg.connect(**place.parameters, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN")
        admin.execute(f"GRANT {role} TO {name}")
    with connect(JournalServer(postgres.parameters(user=name), place.schema)) as line:
        keys.note_rejected(line, "a", SAID)
        keys.note_accepted(line, "a")
        assert keys.take_turn(line, "a")
