"""What a start examines of a journal, and what is done with a damaged file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from services.domain.errors import JournalDamaged, JournalFailed
from services.journal import location
from services.journal.emergency_file import Emergency
from services.journal.sqlite.connection import JournalFile
from services.journal.sqlite.health import JournalHealth
from services.system.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "a.db"


def health_of(path: Path) -> tuple[JournalFile, JournalHealth]:
    clock = SystemClock()
    file = JournalFile(path, clock, "amina")
    file.account = "a"
    return file, JournalHealth(file, Emergency(path), clock)


def opened_once(path: Path) -> None:
    file, health = health_of(path)
    health.open()
    file.transaction(lambda tx: tx.event("copy", order_id="o1", why="card 1"))
    health.close()
    health.leave()


def test_whole_journal_can_be_bought_with(path):
    opened_once(path)
    _, health = health_of(path)
    health.open()
    assert health.read_only == ""
    assert health.verified(lambda tx: tx.revision()) == (0, "")
    health.close()
    health.leave()


def test_damaged_journal_is_moved_aside(path):
    opened_once(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE events SET why = 'card 2'")
        db.commit()
    file, health = health_of(path)
    health.open()
    [copy] = location.damaged_copies(path)
    assert copy.name in health.read_only
    assert "Buying is off" in health.read_only
    assert file.snapshot(lambda tx: tx.rows("SELECT * FROM events")) == []
    assert health.examine_copy(copy) != "its event chain is unbroken"
    health.close()
    health.leave()


def test_damaged_journal_in_use_is_left_where_it_is(path):
    opened_once(path)
    file, health = health_of(path)
    health.open()
    _, other = health_of(path)
    other._in_use.take()
    with pytest.raises(JournalFailed, match="another console has it open"):
        health.set_aside("a page cannot be read")
    assert path.exists()
    assert not location.damaged_copies(path)
    health.close()
    health.leave()
    other.leave()
    assert file.connection is None


def test_damage_met_at_work_stops_buying_and_is_remembered(path):
    opened_once(path)
    _, health = health_of(path)
    health.open()

    def damage() -> None:
        raise JournalDamaged("a row")

    with pytest.raises(JournalFailed):
        health.watched(damage)
    assert "Buying is off" in health.read_only
    with pytest.raises(JournalFailed, match="found damaged"):
        health.take_room()
    health.close()
    health.leave()
