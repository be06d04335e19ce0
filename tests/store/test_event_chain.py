"""The event chain: a row that was edited, removed, inserted or moved is named for what it is."""

import sqlite3
from pathlib import Path

import pytest

from services import audit
from services.journal import Journal
from services.purchases import Purchases
from tests.conftest import StillClock

COLUMNS = "at, who, kind, purchase_id, order_id, from_state, to_state, why, evidence, hash"


@pytest.fixture
async def path(tmp_path: Path, still: StillClock) -> Path:
    """A journal with seven events."""
    journal = Journal(tmp_path / "state" / "a.db", still, "amina")
    await journal.open("account-a")
    for number in range(7):
        await Purchases(journal).record("reveal", f"order-{number}", f"card {number}")
    await journal.close()
    return journal.path


def tampered(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as other:
        for statement in statements:
            other.execute(statement)
    other.close()


def inserted(seq: int) -> str:
    return (
        f"INSERT INTO events SELECT {seq}, at, who, kind, purchase_id, 'forged', from_state,"
        " to_state, why, evidence, hash FROM events WHERE seq = 1"
    )


EDIT = ("UPDATE events SET who = 'karim' WHERE seq = 4",)
SEAL = ("UPDATE events SET hash = 'x' || substr(hash, 2) WHERE seq = 4",)
FIRST = ("UPDATE events SET why = 'nothing' WHERE seq = 1",)
LAST = ("UPDATE events SET why = 'nothing' WHERE seq = 7",)
REMOVE = ("DELETE FROM events WHERE seq = 4",)
REMOVE_TWO = ("DELETE FROM events WHERE seq IN (4, 5)",)
BEHEAD = ("DELETE FROM events WHERE seq = 1",)
CLOSE_UP = (*REMOVE, "UPDATE events SET seq = seq - 1 WHERE seq > 4")
INSERT = (
    "UPDATE events SET seq = -seq WHERE seq >= 4",
    "UPDATE events SET seq = 1 - seq WHERE seq < 0",
    inserted(4),
)
SWAP = (
    "UPDATE events SET seq = -4 WHERE seq = 4",
    "UPDATE events SET seq = 4 WHERE seq = 6",
    "UPDATE events SET seq = 6 WHERE seq = -4",
)
NEIGHBOURS = (
    "UPDATE events SET seq = -4 WHERE seq = 4",
    "UPDATE events SET seq = 4 WHERE seq = 5",
    "UPDATE events SET seq = 5 WHERE seq = -4",
)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (EDIT, "event 4 was edited"),
        (SEAL, "event 4 was edited"),
        (FIRST, "event 1 was edited"),
        (LAST, "event 7 was edited"),
        (REMOVE, "event 4 was removed"),
        (REMOVE_TWO, "events 4 to 5 were removed"),
        (BEHEAD, "event 1 was removed"),
        (CLOSE_UP, "between 3 and 4 was removed"),
        (INSERT, "event 4 was inserted"),
        (SWAP, "event 4 stands in the wrong place: it was written as event 6"),
        (NEIGHBOURS, "event 4 stands in the wrong place: it was written as event 5"),
    ],
)
async def test_tampering_is_named(
    path: Path, still: StillClock, statements: tuple[str, ...], said: str
) -> None:
    tampered(path, *statements)
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    read = await audit.read(journal)
    await journal.close()
    assert journal.read_only
    assert [said in each for each in read.damaged] == [True], read.damaged


async def test_tampering_while_the_journal_is_open_is_named(path: Path, still: StillClock) -> None:
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    whole = await audit.read(journal)
    tampered(path, *EDIT)
    read = await audit.read(journal)
    await journal.close()
    assert (whole.wrong, len(whole.events)) == ("", 7)
    assert "event 4 was edited" in read.wrong


async def test_a_cut_off_end_shows_only_against_a_head_that_was_kept(
    path: Path, still: StillClock
) -> None:
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    kept = (await audit.read(journal)).head
    await Purchases(journal).record("copy", "order-1", "card 1")
    assert (await audit.read(journal)).holds(kept)
    tampered(path, "DELETE FROM events WHERE seq >= 7")
    read = await audit.read(journal)
    await journal.close()
    assert read.wrong == ""
    assert not read.holds(kept)
