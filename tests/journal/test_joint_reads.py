"""What another process commits between two reads is neither damage nor lost."""

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from services.domain.errors import JournalFailed
from services.domain.models import Baseline, Purchase, PurchaseState
from services.journal import integrity, location, rows
from services.journal.database import Journal
from services.journal.purchases import Purchases, get, insert, update
from services.journal.transaction import JournalTransaction, ReadWhenAsked
from services.system.liveness import Presence
from tests.conftest import StillClock

S = PurchaseState


def intent(still: StillClock, name: str) -> Purchase:
    return Purchase(
        id=name,
        idempotency_key=name,
        state=S.INTENT,
        product_id=f"prod-{name}",
        product_title="PUBG",
        type_id="type",
        type_name="60 UC",
        quantity=1,
        unit_price=Decimal("196.03"),
        total=Decimal("196.03"),
        created_at=still.now(),
        updated_at=still.now(),
        operator="karim",
        host="desk",
    )


class Neighbour:
    """Another process on the same file: it commits when it is allowed to, and never waits."""

    def __init__(self, path: Path, still: StillClock) -> None:
        self._path = path
        self._now = rows.iso(still.now()) or ""
        self._still = still
        self.commits = 0
        self.refused = 0

    def move(self) -> None:
        """Take purchase p1 to its next state, once."""
        if self.commits:
            return

        def work(tx: JournalTransaction) -> None:
            update(tx, get(tx, "p1"), {"state": S.SENDING.value})
            tx.event("move", purchase_id="p1", from_state="INTENT", to_state="SENDING")

        self._commit(work)

    def buy(self, name: str, owner: str = "karim") -> None:
        """Write a new purchase of a process with that presence name."""

        def work(tx: JournalTransaction) -> None:
            insert(tx, intent(self._still, name), owner, Baseline())
            tx.event("move", purchase_id=name, to_state=S.INTENT.value)

        self._commit(work)

    def _commit(self, work) -> None:
        with contextlib.closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as db:
            db.row_factory = lambda cursor, row: {
                column[0]: value for column, value in zip(cursor.description, row, strict=True)
            }
            try:
                db.execute("BEGIN IMMEDIATE")
                work(JournalTransaction(db, ReadWhenAsked(db, self._now), "karim"))
                db.execute("COMMIT")
                self.commits += 1
            except sqlite3.OperationalError:
                self.refused += 1


@pytest.fixture
async def path(tmp_path: Path, still: StillClock) -> Path:
    path = tmp_path / "state" / "a-production.db"
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    await Purchases(journal).add(intent(still, "p1"), "owner", Baseline())
    await journal.close()
    return path


@pytest.fixture
def neighbour(path: Path, still: StillClock, monkeypatch: pytest.MonkeyPatch) -> Neighbour:
    """Commit after the check has read a purchase's row, and before it reads its events."""
    other = Neighbour(path, still)
    real = rows.baseline
    monkeypatch.setattr(integrity.journal_rows, "baseline", lambda t: other.move() or real(t))
    return other


async def test_a_commit_during_an_opening_is_no_damage(path, still, neighbour):
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    assert journal.read_only == ""
    assert not location.damaged_copies(path)
    assert neighbour.commits or neighbour.refused
    await journal.close()


async def test_a_commit_during_a_check_is_no_damage(path, still, neighbour):
    neighbour.commits = 1
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    neighbour.commits = 0
    assert await journal.verify() == ""
    assert neighbour.commits or neighbour.refused
    await journal.close()


async def test_every_read_is_one_snapshot(path, still):
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    other = Neighbour(path, still)

    def work(tx: JournalTransaction) -> tuple[int, int]:
        count = "SELECT count(*) AS n FROM purchases"
        before = (tx.row(count) or {})["n"]
        other.buy("p2")
        return before, (tx.row(count) or {})["n"]

    assert await journal.read(work) == (1, 1)
    other.buy("p3")
    assert other.commits
    assert len(await Purchases(journal).since(still.now() - timedelta(days=1))) > 1
    await journal.close()


async def test_damage_that_a_second_check_does_not_find(path, still, monkeypatch):
    found = ["purchase p1 has no event"]
    monkeypatch.setattr(integrity, "purchases", lambda *_: found.pop() if found else "")
    journal = Journal(path, still, "amina")
    await journal.open("account-a")
    assert (journal.read_only, location.damaged_copies(path)) == ("", [])
    await journal.close()


def tamper(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE purchases SET total = '1'")
        db.commit()


async def test_a_damaged_file_that_is_open_elsewhere_stays(path, still):
    first = Journal(path, still, "amina")
    await first.open("account-a")
    tamper(path)
    second = Journal(path, still, "karim")
    with pytest.raises(JournalFailed, match="another console has it open") as failed:
        await second.open("account-a")
    assert "purchase p1" in failed.value.message
    assert not location.damaged_copies(path)
    with pytest.raises(JournalFailed, match="damaged"):
        await first.make_ready()
    await second.close()
    await first.close()
    third = Journal(path, still, "amina")
    await third.open("account-a")
    assert "damaged" in third.read_only
    assert len(location.damaged_copies(path)) == 1
    await third.close()


async def test_two_copies_of_one_second_are_both_kept(path, still):
    for _ in range(2):
        journal = Journal(path, still, "amina")
        await journal.open("account-a")
        await journal.set_aside("it is a test")
        await journal.close()
    assert len(location.damaged_copies(path)) == 2


@pytest.mark.parametrize("at", range(4))
async def test_a_commit_between_two_reads_of_a_start_is_shown(
    open_desk, paths, leaping, monkeypatch, at
):
    """Whichever read of the start another console's purchase comes before, it is on the board."""
    async with open_desk():
        pass
    [path] = paths.state_dir.glob("*.db")
    other = Neighbour(path, leaping)
    left = [at]
    real = Journal.read

    async def read(self: Journal, work: Callable) -> object:
        left[0] -= 1
        if left[0] == -1:
            other.buy("p9", presence.name)
        return await real(self, work)

    monkeypatch.setattr(Journal, "read", read)
    with Presence(path.parent / "alive") as presence:
        async with open_desk() as desk:
            account = desk._opening.opened()
            assert other.commits
            if await account.journal.changed_elsewhere() != account.board._version:
                await account.board._take_changes()
            assert [p.id for p in desk.book.in_flight] == ["p9"]
