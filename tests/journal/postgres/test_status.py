"""What is said of a journal's server without opening a console on it."""

import psycopg
import pytest

from services.domain.errors import JournalFailed
from services.journal.postgres import status
from services.journal.postgres.session import JournalServer
from services.journal.schema import VERSION


async def test_who_is_connected_is_named_until_they_leave(place, opened):
    async with opened(place, "a"), opened(place, "b"):
        found = status.read(place)
        assert sorted(each.operator for each in found.consoles) == ["amina@a", "amina@b"]
        assert all(each.since for each in found.consoles)
    assert (found.schema_version, found.account, found.role) == (VERSION, "account-a", "superuser")
    assert 0 < found.latency < 1


def test_a_schema_of_another_program_is_none_of_ours(postgres):
    with psycopg.connect(**postgres.parameters(), autocommit=True) as admin:
        admin.execute("CREATE SCHEMA foreign_one CREATE TABLE meta (name TEXT, value TEXT)")
    with pytest.raises(JournalFailed, match="another program"):
        status.read(JournalServer(postgres.parameters(), "foreign_one"))
