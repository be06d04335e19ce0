"""A journal with a bad page or row is moved aside, in words, and nothing is bought with it."""

import contextlib
import sqlite3

import pytest

from services.domain.errors import DeskError, JournalFailed
from services.journal import integrity, location
from tests.purchasing.test_reconciler import unanswered

TABLES = ("purchases", "orders", "events", "leases", "meta")
INDEXES = ("unsettled", "order", "time", "live", "look")
TREES = (*TABLES, *(f"purchases_{name}" for name in INDEXES))
CHANGES = [
    ("state", "'UNRESOLVEE'"),
    ("created_at", "'20x6'"),
    ("unit_price", "'19x'"),
    ("candidates", "'['"),
    ("baseline", "'{'"),
    ("quantity", "3"),
    ("total", "'1'"),
    ("state", "'NOT_PLACED'"),
    ("order_id", "'zzzzzzzzzzzz'"),
]


def overwrite_root(path, name):
    with contextlib.closing(sqlite3.connect(path)) as db:
        [page] = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        [size] = db.execute("PRAGMA page_size").fetchone()
    raw = bytearray(path.read_bytes())
    raw[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(bytes(raw))


def change(path, column, value):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE purchases SET {column} = {value}")
        db.commit()


async def left_behind(open_desk, pick, market, paths):
    """Return the journal of a desk that left a purchase unresolved, and the purchase's id."""
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        await desk._opening.opened().board.tracker.tick()
    [path] = paths.state_dir.glob("*.db")
    return path, purchase.id


async def read_only(desk, pick, path):
    """Make sure that the desk works, tells the order from the vendor's list, and does not buy."""
    assert "damaged" in str(desk.book.info.why_not)
    assert len(location.damaged_copies(path)) == 1
    product, denomination = await pick(desk)
    with pytest.raises(DeskError, match="damaged"):
        await desk.quote(product.id, denomination.id, 1)
    account = desk._opening.opened()
    await account.board.tracker.tick()
    assert len(desk.book.orders) == 1


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
@pytest.mark.parametrize("tree", TREES)
async def test_a_bad_root_page_is_found_when_the_journal_is_opened(
    open_desk, pick, market, paths, monkeypatch, tree, small
):
    path, _ = await left_behind(open_desk, pick, market, paths)
    overwrite_root(path, tree)
    if not small:
        monkeypatch.setattr(integrity, "SMALL_BYTES", 0)
    async with open_desk() as desk:
        await read_only(desk, pick, path)


@pytest.mark.parametrize(("column", "value"), CHANGES)
async def test_a_row_that_was_changed_by_hand_is_named(
    open_desk, pick, market, paths, column, value
):
    path, purchase_id = await left_behind(open_desk, pick, market, paths)
    change(path, column, value)
    async with open_desk() as desk:
        await read_only(desk, pick, path)
        named = f"purchase {purchase_id}" if column != "baseline" else "the baseline of a purchase"
        assert named in str(desk.book.info.why_not)
        [copy] = await desk._opening.opened().journal.examine_copies()
        assert named in copy


@pytest.mark.parametrize(("column", "value"), CHANGES)
async def test_a_row_that_no_start_reads_is_named_by_verify_and_never_a_crash(
    open_desk, pick, market, paths, monkeypatch, leaping, column, value
):
    path, purchase_id = await left_behind(open_desk, pick, market, paths)
    monkeypatch.setattr(integrity, "purchases", lambda *_: "")
    change(path, column, value)
    leaping.advance(90 * 86_400)
    async with open_desk() as desk:
        monkeypatch.undo()
        if not (wrong := str(desk.book.info.why_not)):
            wrong = await desk.journal.verify()
        assert (purchase_id in wrong) or (column == "baseline" and "baseline" in wrong)
        with contextlib.suppress(DeskError):
            await desk.settlement.resolve()


async def test_damage_that_shows_at_work_stops_buying_and_the_next_start_examines_all(
    open_desk, pick, market, paths, monkeypatch
):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        [path] = paths.state_dir.glob("*.db")
        change(path, "unit_price", "'19x'")
        with pytest.raises(JournalFailed) as failed:
            await desk.journal.purchase(purchase.id)
        assert failed.value.code == "JOURNAL_DAMAGED"
        product, denomination = await pick(desk)
        with pytest.raises(JournalFailed, match="start carddesk again"):
            await desk._opening.opened().buyer().quote(product.id, denomination.id, 1)
    monkeypatch.setattr(integrity, "CHECKED_AT_START", 0)
    async with open_desk() as desk:
        assert f"purchase {purchase.id}" in str(desk.book.info.why_not)
    assert not list(paths.state_dir.glob("*.suspect"))


async def test_a_file_that_was_zeroed_at_work_sends_nothing(open_desk, pick, market, paths):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        [path] = paths.state_dir.glob("*.db")
        with path.open("r+b") as file:
            file.write(b"\0" * 100)
        with pytest.raises(DeskError):
            await desk.buy(quote)
        assert not market.posts


async def test_a_whole_journal_of_any_size_stays_where_it_is(
    open_desk, pick, market, paths, monkeypatch
):
    path, purchase_id = await left_behind(open_desk, pick, market, paths)
    monkeypatch.setattr(integrity, "SMALL_BYTES", 0)
    async with open_desk() as desk:
        assert desk.book.info.can_buy
        assert await desk.journal.verify() == ""
        assert (await desk.journal.purchase(purchase_id)) is not None
    assert not location.damaged_copies(path)


async def test_a_death_in_a_commit_lets_the_next_start_examine_all_pages(
    open_desk, pick, market, paths, monkeypatch
):
    path, _ = await left_behind(open_desk, pick, market, paths)
    monkeypatch.setattr(integrity, "SMALL_BYTES", 0)
    path.with_name(f"{path.name}-journal").write_bytes(b"torn" * 200)
    asked = []
    real = integrity.pages
    monkeypatch.setattr(integrity, "pages", lambda tx, **how: asked.append(how) or real(tx, **how))
    async with open_desk():
        assert asked == [{"contents": True}]
