"""The file as an engine of the journal."""

from pathlib import Path

import pytest

from services.journal.database import Journal
from services.journal.emergency_file import Emergency
from services.journal.sqlite.engine import SqliteEngine
from services.system.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "a.db"


async def test_a_journal_is_closed_once(path):
    journal = Journal(path, SystemClock(), "amina")
    await journal.open("account-a")
    await journal.close()
    await journal.close()


def test_a_write_of_another_process_is_a_change(path):
    engines = [SqliteEngine(path, Emergency(path), SystemClock(), "amina") for _ in range(2)]
    for engine in engines:
        engine.open("account-a")
    before = engines[0].changes()
    engines[1].transaction(lambda tx: tx.event("x"))
    assert engines[0].changes() != before
    for engine in engines:
        engine.close()
        engine.leave()
