"""Moving the journal of an account."""

import pytest
from msgspec.structs import replace

from services.desk.team.moving import move
from services.domain.errors import JournalFailed
from services.domain.secrets import Secret
from services.settings.load import load
from services.system.clock import SystemClock


async def test_whose_journal_it_is_has_to_be_known(postgres, paths):
    base = load(paths, {}, sandbox=True)
    journal = f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres"
    settings = replace(base, profile=replace(base.profile, journal=journal))
    with pytest.raises(JournalFailed, match="whose key this is"):
        await move("server", settings, Secret("unknown-key"), paths, SystemClock(), "amina")
