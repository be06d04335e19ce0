"""The journal on a server as who runs it sees it."""

import pytest
from msgspec.structs import replace

from services.desk.team.administration import TeamJournal, move
from services.domain.errors import ConfigError, JournalFailed
from services.domain.secrets import Secret
from services.journal.schema import VERSION
from services.settings.load import load
from services.system.clock import SystemClock


@pytest.fixture
def settings(postgres, paths):
    base = load(paths, {}, sandbox=True)
    journal = f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres"
    return replace(base, profile=replace(base.profile, journal=journal, environment="production"))


def test_a_journal_in_a_file_needs_no_server(paths):
    with pytest.raises(ConfigError, match="in a file on this host"):
        TeamJournal(load(paths, {}, sandbox=True), paths)


async def test_what_keeps_a_desk_from_buying_is_said(settings, paths):
    team = TeamJournal(settings, paths)
    assert (await team.prepare()).version == VERSION
    found = await team.status()
    assert team.note(found) == ""
    assert "moved to a file" in team.note(replace(found, moved_to="a file"))
    assert "carddesk journal init" in team.note(replace(found, schema_version=VERSION - 1))
    assert "newer carddesk" in team.note(replace(found, schema_version=VERSION + 1))
    assert "standby" in team.note(replace(found, standby=True))


async def test_a_server_that_is_not_there_is_a_failure_in_words(settings, paths):
    away = replace(settings.profile, journal="postgresql://postgres@127.0.0.1:1/postgres")
    with pytest.raises(JournalFailed, match="cannot be reached"):
        await TeamJournal(replace(settings, profile=away), paths).status()


async def test_whose_journal_is_to_be_moved_has_to_be_known(settings, paths):
    with pytest.raises(JournalFailed, match="whose key this is"):
        await move("server", settings, Secret("unknown-key"), paths, SystemClock(), "amina")
