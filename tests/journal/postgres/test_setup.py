"""Making a journal on a server, and bringing one up to date."""

import psycopg
import pytest

from services.domain.errors import JournalFailed
from services.journal.postgres import roles, setup, statements
from services.journal.postgres.session import JournalServer
from services.journal.schema import STEPS, VERSION


@pytest.fixture
def place(postgres) -> JournalServer:
    return JournalServer(postgres.parameters(), "made")


def test_a_journal_grows_step_by_step_and_keeps_its_rows(place, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(statements, "STEPS", STEPS[:1])
        earlier.setattr(roles, "grants", lambda _: "SELECT 1")
        assert setup.prepare(place).before == 0
    with psycopg.connect(**place.parameters, autocommit=True) as connection:
        connection.execute("SET search_path = made")
        connection.execute("INSERT INTO leases VALUES ('polling', 'a', 'b')")
        connection.execute(
            "INSERT INTO presences (name, operator, host, version, since)"
            " VALUES ('old', 'amina', 'oran', '1', '')"
        )
        connection.execute("SELECT pg_advisory_lock(hashtext('consoles of made'), 1)")
        with pytest.raises(JournalFailed, match="still has it open: amina on oran"):
            setup.prepare(place)
        connection.execute("SELECT pg_advisory_unlock_all()")
        assert setup.prepare(place).before == 1
        assert setup.prepare(place).before == VERSION
        assert connection.execute("SELECT * FROM leases").fetchall() == [("polling", "a", "b")]
        found = connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        assert found == (str(VERSION),)
