"""Where a journal lies and how it is kept: what cannot be trusted is refused in words."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.domain.errors import DeskError, JournalFailed
from services.journal import location
from services.journal.database import Journal
from services.journal.sqlite import connection, migrations
from services.sandbox import Sandbox
from tests.conftest import VendorClock

ROOT = Path(__file__).parents[2]
NAMESPACE = ("unshare", "-rm")


def own_mounts() -> bool:
    """Tell whether a test may mount a disk of its own here."""
    if shutil.which("unshare") is None:
        return False
    trial = [*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def on_a_disk_of_its_own(scene: str, folder: Path) -> dict[str, object]:
    if not own_mounts():
        pytest.skip("this machine lets nobody mount a disk")
    done = subprocess.run(
        [*NAMESPACE, sys.executable, "-m", "tests.journal.full_disk", scene, folder],
        capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_on_a_disk_that_is_full_to_the_last_byte_an_outcome_still_finds_room(tmp_path):
    found = on_a_disk_of_its_own("full", tmp_path)
    assert found.pop("room before") == ""
    assert "nearly full" in str(found.pop("room wanted"))
    assert found == {
        "first": True,
        "full": False,
        "kept": ["p1"],
        "freed": True,
        "after the ballast": True,
    }


def test_a_disk_that_is_read_only_is_refused_in_words(tmp_path):
    found = on_a_disk_of_its_own("read-only", tmp_path)
    assert "cannot be written" in str(found["said"])
    assert "buying is off" in str(found["said"]).lower()


@pytest.mark.parametrize(
    "side", ["", "-journal", "-wal", "-shm", ".emergency", ".ballast", ".open"]
)
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_no_file_beside_the_journal_is_refused(tmp_path, side, kind):
    path = tmp_path / "state" / "a.db"
    path.parent.mkdir(0o700)
    place = path.with_name(f"a.db{side}")
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to("/dev/null")
    with pytest.raises(JournalFailed, match=f"{place} is not a regular file"):
        location.prepare(path)


async def test_a_journal_of_another_user_is_refused_in_words(tmp_path, still, monkeypatch):
    path = tmp_path / "state" / "a.db"
    monkeypatch.setattr(location.os, "geteuid", lambda: 54_321)
    journal = Journal(path, still, "amina")
    with pytest.raises(JournalFailed, match="belongs to another user"):
        await journal.open("account")
    await journal.close()
    assert not path.exists()


async def test_on_a_network_file_system_nothing_is_bought(open_desk, pick, market, monkeypatch):
    monkeypatch.setattr(location, "network_file_system", lambda _: "nfs4")
    async with open_desk() as desk:
        assert "network file system (nfs4)" in str(desk.book.info.why_not)
        product, denomination = await pick(desk)
        with pytest.raises(DeskError, match="network file system"):
            await desk.quote(product.id, denomination.id, 1)
    assert not market.posts


async def test_every_commit_is_on_the_disk_before_it_counts(tmp_path, still):
    journal = Journal(tmp_path / "state" / "a.db", still, "amina")
    await journal.open("account")
    pragmas = await journal.read(
        lambda tx: [next(iter(tx.row(f"PRAGMA {name}").values())) for name in
                    ("synchronous", "journal_mode", "busy_timeout")]
    )  # fmt: skip
    await journal.close()
    extra, full = 3, 2
    assert pragmas == ([full, "wal", 5000] if connection.WAL_IS_SAFE else [extra, "delete", 5000])


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_wal_is_used_only_where_its_reset_is_repaired(version, safe):
    assert connection.wal_is_safe(version) is safe


@pytest.mark.parametrize("works", [True, False])
async def test_a_migration_leaves_the_journal_before_it_as_a_copy(
    open_desk, pick, paths, monkeypatch, works
):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        bought = await desk.buy(await desk.quote(product.id, denomination.id, 1))
    [path] = paths.state_dir.glob("*.db")
    before = migrations.VERSION
    step = "CREATE TABLE more (one TEXT) STRICT;" + ("" if works else "CREATE TABLE more (x);")
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step))
    monkeypatch.setattr(migrations, "VERSION", before + 1)
    if works:
        async with open_desk() as desk:
            assert (await desk.journal.purchase(bought.id)).order_id == bought.order_id
    else:
        journal = Journal(path, desk._clock, "amina")
        with pytest.raises(JournalFailed):
            await journal.open("account")
        await journal.close()
    copy = path.with_suffix(f".v{before}.backup")
    assert copy.stat().st_mode & 0o077 == 0
    for file, version in ((copy, before), (path, before + works)):
        with contextlib.closing(sqlite3.connect(file)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (version,)
            assert db.execute("SELECT id FROM purchases").fetchall() == [(bought.id,)]


async def test_two_environments_of_one_account_never_mix(open_desk, pick, market, leaping, paths):
    async with Sandbox(clock=VendorClock(leaping), moving=False) as play:

        def playing(settings):
            return replace(
                settings,
                profile=replace(settings.profile, environment="sandbox", base_url=play.url),
            )

        async with open_desk() as real, open_desk(change=playing) as game:
            product, denomination = await pick(real)
            bought = await real.buy(await real.quote(product.id, denomination.id, 1))
            played = await game.buy(await game.quote(product.id, denomination.id, 1))
            assert [p.id for p in await real.journal.purchases()] == [bought.id]
            assert [p.id for p in await game.journal.purchases()] == [played.id]
        assert len(list(paths.state_dir.glob("*.db"))) == 2
        assert (len(market.posts), len(play.posts)) == (1, 1)
