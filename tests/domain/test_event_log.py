"""The event chain: the first row that was edited, removed, inserted or moved is named."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.domain.event_log import Event
from services.journal import joint_reads
from services.journal.database import Journal
from services.journal.purchases import Purchases
from tests.conftest import StillClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
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
    ("statements", "seq"),
    [
        (EDIT, 4),
        (SEAL, 4),
        (FIRST, 1),
        (LAST, 7),
        (REMOVE, 4),
        (REMOVE_TWO, 4),
        (BEHEAD, 1),
        (CLOSE_UP, 4),
        (INSERT, 4),
        (SWAP, 4),
        (NEIGHBOURS, 4),
    ],
)
async def test_the_first_broken_event_is_named(
    path: Path, still: StillClock, statements: tuple[str, ...], seq: int
) -> None:
    tampered(path, *statements)
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    read = await joint_reads.audit(journal)
    await journal.close()
    assert journal.read_only
    (damage,) = read.damaged
    assert f"event {seq} was edited, removed, inserted or moved" in damage


async def test_tampering_while_the_journal_is_open_is_named(path: Path, still: StillClock) -> None:
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    whole = await joint_reads.audit(journal)
    tampered(path, *EDIT)
    read = await joint_reads.audit(journal)
    await journal.close()
    assert (whole.wrong, len(whole.events)) == ("", 7)
    assert "event 4 was edited," in read.wrong


async def test_a_cut_off_end_shows_only_against_a_head_that_was_kept(
    path: Path, still: StillClock
) -> None:
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    kept = (await joint_reads.audit(journal)).head
    await Purchases(journal).record("copy", "order-1", "card 1")
    assert (await joint_reads.audit(journal)).holds(kept)
    tampered(path, "DELETE FROM events WHERE seq >= 7")
    read = await joint_reads.audit(journal)
    await journal.close()
    assert read.wrong == ""
    assert not read.holds(kept)


def event(kind="move", before="", after="", why="", evidence="{}") -> Event:
    return Event(1, NOON, "amina", kind, "p1", "", before, after, why, evidence, "")


@pytest.mark.parametrize(
    ("happened", "actor"),
    [
        (event(after="INTENT", why="confirmed"), "person"),
        (event(before="INTENT", after="SENDING"), "carddesk"),
        (event(before="SENDING", after="HANDLING"), "vendor"),
        (event(before="SENDING", after="REFUSED"), "vendor"),
        (event(before="SENDING", after="UNRESOLVED", why="No answer came"), "carddesk"),
        (event(before="UNRESOLVED", after="HANDLING"), "carddesk"),
        (event("claim", "UNRESOLVED", "HANDLING"), "person"),
        (event("none", "AMBIGUOUS", "UNRESOLVED"), "person"),
        (event(before="HANDLING", after="FULFILLED"), "vendor"),
        (event(before="FULFILLED", after="REFUNDED"), "vendor"),
        (event("cards"), "vendor"),
        (event("reveal"), "person"),
        (event(before="AMBIGUOUS", after="HANDLING", why="a person said: this one"), "person"),
        (event(before="SENDING", after="REFUSED", why="a person said no"), "vendor"),
    ],
)
def test_actor_follows_from_kind_and_step(happened: Event, actor: str) -> None:
    assert happened.actor == actor


def test_a_card_is_known_by_evidence_or_old_words() -> None:
    assert event("reveal", why="card 9", evidence='{"card":1}').card == 1
    assert event("reveal", why="card 2").card == 1
    assert event("reveal", why="all cards").card is None
    assert event("reveal", why="card x", evidence="odd").card is None
