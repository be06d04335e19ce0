"""The file beside the journal that takes an outcome when the journal cannot."""

import os
from datetime import UTC, datetime

import pytest

from services.domain.errors import JournalFailed
from services.domain.models import PurchaseState
from services.journal.emergency_file import BALLAST_BYTES, SLOT, SLOTS, Emergency, Outcome

S = PurchaseState
AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def outcome(name: str = "p1", state: S = S.HANDLING, order_id: str = "o1") -> Outcome:
    return Outcome(name, state, AT, order_id if state is S.HANDLING else "")


@pytest.fixture
def emergency(tmp_path):
    opened = Emergency(tmp_path / "a.db")
    opened.open()
    yield opened
    opened.close()


def kept(emergency: Emergency) -> list[Outcome | None]:
    return [entry.outcome for entry in emergency.entries()]


def test_a_console_that_leaves_does_not_take_the_file_from_another(tmp_path, emergency):
    leaving = Emergency(tmp_path / "a.db")
    leaving.open()
    leaving.close()
    emergency.append(outcome())
    assert kept(Emergency(tmp_path / "a.db")) == [outcome()]


def test_the_file_has_its_room_from_the_start_and_a_record_does_not_make_it_grow(
    tmp_path, emergency
):
    path = tmp_path / "a.db.emergency"
    before = path.stat()
    assert before.st_size == SLOT * SLOTS
    assert before.st_blocks * 512 >= SLOT * SLOTS
    for number in range(SLOTS):
        emergency.append(outcome(f"p{number}"))
    assert path.stat().st_size == before.st_size
    assert len(kept(emergency)) == SLOTS


def test_a_file_that_cannot_be_read_is_not_taken_for_empty(tmp_path):
    (tmp_path / "a.db.emergency").mkdir()
    with pytest.raises(JournalFailed, match=r"emergency file .* cannot be read: is a directory"):
        Emergency(tmp_path / "a.db").entries()


def test_a_record_that_was_torn_spoils_no_other(tmp_path, emergency):
    path = tmp_path / "a.db.emergency"
    with path.open("r+b") as file:
        file.write(b'{"purchase_id": "p0", "stat')
    emergency.append(outcome())
    assert kept(emergency) == [None, outcome()]


def test_one_record_is_blanked_and_the_others_stay(emergency):
    for name in ("p1", "p2", "p3"):
        emergency.append(outcome(name))
    emergency.clear(emergency.entries()[1])
    assert kept(emergency) == [outcome("p1"), outcome("p3")]
    emergency.append(outcome("p4"))
    assert kept(emergency) == [outcome("p1"), outcome("p4"), outcome("p3")]


def test_a_record_longer_than_its_place_is_cut_to_what_counts(emergency):
    long = Outcome("p1", S.HANDLING, AT, "o1", why="x" * 900)
    emergency.append(long)
    assert kept(emergency) == [outcome()]


@pytest.mark.parametrize("size", [0, 1_000])
def test_a_ballast_that_a_full_disk_cut_short_is_made_again(tmp_path, emergency, size):
    ballast = tmp_path / "a.db.ballast"
    os.truncate(ballast, size)
    emergency.open()
    assert ballast.stat().st_size == BALLAST_BYTES


def test_a_ballast_that_finds_no_room_leaves_no_empty_file(tmp_path, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    emergency = Emergency(tmp_path / "a.db")
    with monkeypatch.context() as disk:
        disk.setattr("services.journal.emergency_file.os.write", full)
        with pytest.raises(OSError, match="No space"):
            emergency.open()
    assert not (tmp_path / "a.db.ballast").exists()
    emergency.open()
    assert (tmp_path / "a.db.ballast").stat().st_size == BALLAST_BYTES
    emergency.close()


def test_a_file_that_was_deleted_is_made_again_before_it_is_needed(tmp_path, emergency):
    (tmp_path / "a.db.emergency").unlink()
    emergency.open()
    emergency.append(outcome())
    assert kept(Emergency(tmp_path / "a.db")) == [outcome()]


async def sending(desk, pick):
    """Leave a purchase in SENDING, as a journal does that could not take its outcome."""
    account = desk._opening.opened()
    product, denomination = await pick(desk)
    purchase = await desk.buy(await desk.quote(product.id, denomination.id, 2))

    def take_back(tx):
        tx.run("UPDATE purchases SET state = 'SENDING', order_id = NULL")
        tx.run("DELETE FROM events WHERE to_state = 'HANDLING'")

    await account.journal.write(take_back)
    return account, purchase


async def test_an_unanswered_purchase_from_the_file_is_looked_for(open_desk, pick):
    async with open_desk() as desk:
        account, purchase = await sending(desk, pick)
        account.journal.emergency.append(outcome(purchase.id, S.UNRESOLVED))
        await account.recover()
        found = await desk.journal.purchase(purchase.id)
        assert found.state is S.UNRESOLVED
        assert found.next_check_at is not None
        assert found.decision_due_at is not None
        assert account.journal.emergency.entries() == []


async def test_an_outcome_from_the_file_that_names_a_known_order_is_looked_for(
    open_desk, pick, market
):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        old = market.foreign_order(product.id, denomination.id, 2)
        account, purchase = await sending(desk, pick)
        account.journal.emergency.append(outcome(purchase.id, S.HANDLING, old))
        await account.recover()
        found = await desk.journal.purchase(purchase.id)
        assert (found.state, found.order_id) == (S.UNRESOLVED, "")
        assert found.next_check_at is not None


@pytest.mark.parametrize(
    "record",
    [
        b'{"x":"y"}',
        b'{"purchase_id":"p1","state":"UNHEARD","answered_at":"2026-03-01T09:00:00Z"}',
        b'{"purchase_id":"p1","state":"HANDLING","answered_at":"soon"}',
        b"\xff\xfe",
        b'{"purchase_id":"p-of-another","state":"HANDLING","order_id":"order-17",'
        b'"answered_at":"2026-03-01T09:00:00Z"}',
    ],
)
async def test_a_record_nothing_can_be_made_of_is_put_by_and_the_start_goes_on(
    open_desk, pick, paths, record
):
    async with open_desk() as desk:
        _, purchase = await sending(desk, pick)
    [path] = paths.state_dir.glob("*.db.emergency")
    with path.open("r+b") as file:
        file.write(record.ljust(SLOT - 1) + b"\n")
        text = b'{"purchase_id":"%s","state":"HANDLING","order_id":"%s","answered_at":"%s"}' % (
            purchase.id.encode(), purchase.order_id.encode(), b"2026-03-01T09:00:00Z"
        )  # fmt: skip
        file.write(text.ljust(SLOT - 1) + b"\n")
    async with open_desk() as desk:
        aside = path.with_name(f"{path.name}.unreadable")
        assert record in aside.read_bytes()
        assert aside.stat().st_mode & 0o077 == 0
        assert any(aside.name in line.text for line in desk.book.log)
        assert (await desk.journal.purchase(purchase.id)).order_id == purchase.order_id
        assert desk._opening.opened().journal.emergency.entries() == []
