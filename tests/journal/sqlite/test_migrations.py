"""A journal of the first version: brought up to date in one step, whole, whenever it dies."""

import asyncio
import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.domain import event_log
from services.domain.errors import JournalFailed
from services.domain.models import PurchaseError
from services.domain.typed import lookup
from services.journal import search
from services.journal.database import Journal
from services.journal.deliveries import Deliveries
from services.journal.purchases import Purchases
from services.journal.sqlite import migrations
from services.system.liveness import InUse
from tests.conftest import StillClock

ROOT = Path(__file__).parents[2]
BEFORE = "2026-02-28T10:00:00.000000Z"
NOTES = ("for Yacine 0555 12 34 56", "", "paid [/] \x1b[31m", "بطاقة ليلى")

# One child for each statement of the step: it is killed as that statement begins.
KILLER = """
import json, os, signal, sqlite3, sys
from pathlib import Path
from services.journal.sqlite import migrations
from services.system.liveness import InUse
source, folder = Path(sys.argv[1]), Path(sys.argv[2])
seen, ended = [], False
for stop in range(400):
    if ended:
        break
    path = folder / f"{stop}.db"
    path.write_bytes(source.read_bytes())
    child = os.fork()
    if not child:
        connection = sqlite3.connect(path, isolation_level=None)
        left = [stop]
        def count(statement):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        connection.set_trace_callback(count)
        migrations.migrate(connection, path, InUse(path))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    ended = os.WIFEXITED(status)
    with sqlite3.connect(path) as after:
        version = after.execute("PRAGMA user_version").fetchone()[0]
        whole = after.execute("PRAGMA integrity_check").fetchone()[0]
        names = [row[0] for row in after.execute("SELECT name FROM sqlite_schema")]
        rows = after.execute("SELECT count(*) FROM purchases").fetchone()[0]
    after.close()
    halves = ["note_words" in names, "deliveries" in names, "purchases_tail" in names]
    halves.append("orders_missing" in names)
    seen.append([version, whole, halves, rows])
    with sqlite3.connect(path, isolation_level=None) as again:
        migrations.migrate(again, path, InUse(path))
        words = again.execute("SELECT count(*) FROM note_words").fetchone()[0]
        seen[-1].append([again.execute("PRAGMA user_version").fetchone()[0], words])
    again.close()
print(json.dumps(seen))
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A journal as version 1 wrote it, with purchases, an event and an order of another desk."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    path = folder / "a.db"
    with sqlite3.connect(path) as made:
        for statement in migrations.STEPS[0].split(";"):
            made.execute(statement)
        made.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        made.execute("PRAGMA user_version = 1")
        made.execute("INSERT INTO meta VALUES ('account', 'account-a')")
        seq, seal = 0, event_log.FIRST_HASH
        for number, note in enumerate(NOTES):
            made.execute(
                "INSERT INTO purchases (id, idempotency_key, state, product_id, product_title,"
                " type_id, type_name, quantity, unit_price, total, operator, host, owner, note,"
                " order_id, status, fulfilled_quantity, created_at, updated_at, sent_at,"
                " request_id, rev) VALUES (?, ?, 'FULFILLED', 'p', 'PUBG', 't', '60 UC', 1, '5.00',"
                " '5.00', 'amina', 'shop', 'x', ?, ?, 'FULFILLED', 1, ?, ?, ?, ?, ?)",
                (
                    *(f"p{number}", f"k{number}", note, f"65f0a1b2c3d4e5f6071800{number:02d}"),
                    *(BEFORE, BEFORE, BEFORE, f"req_{number}", number + 1),
                ),
            )
            steps = [
                ("", "INTENT", ""),
                ("HANDLING", "FULFILLED", f"65f0a1b2c3d4e5f6071800{number:02d}"),
            ]
            for before, after, order_id in steps:
                seq += 1
                fields = (seq, BEFORE, "amina", "move", f"p{number}", order_id)
                fields += (before, after, "", "{}")
                seal = event_log.chain(seal, fields)
                marks = ", ".join("?" * 11)
                made.execute(f"INSERT INTO events VALUES ({marks})", (*fields, seal))
        made.execute(
            "INSERT INTO orders VALUES ('65f0a1b2c3d4e5f6071899ff', 'FULFILLED', 1, 'p', 't', ?,"
            " 1, '5.00', '5.00', ?, 1, 5)",
            (BEFORE, BEFORE),
        )
    made.close()
    path.chmod(0o600)
    return path


@pytest.fixture
async def journal(old: Path, still: StillClock):
    journal = Journal(old, still, "amina")
    await journal.open("account-a")
    yield journal
    await journal.close()


async def found(journal: Journal, text: str) -> list[str]:
    wanted = lookup.read(text, datetime(2026, 3, 1, tzinfo=UTC))
    return [match.key for match in (await journal.read(lambda tx: search.look(tx, wanted))).found]


async def test_what_was_there_is_found_by_all_its_names(journal: Journal) -> None:
    first = "65f0a1b2c3d4e5f607180000"
    for text in ("yacine", "0555123456", "req_0", "k0", "180000", first):
        assert set(await found(journal, text)) == {first}, text
    assert await found(journal, "ليلى") == ["65f0a1b2c3d4e5f607180003"]
    assert await found(journal, "99FF") == ["65f0a1b2c3d4e5f6071899ff"]
    assert len(await found(journal, "28/2/2026")) == len(NOTES) + 1
    assert await journal.verify() == ""


async def test_what_was_sold_before_the_mark_was_kept_is_not_waited_for(
    journal: Journal, still: StillClock
) -> None:
    marks = Deliveries(journal)
    early = datetime(2020, 1, 1, tzinfo=UTC)
    assert await marks.missing(early, None, marked_only=True) == ()
    assert len(await marks.missing(early, None)) == len(NOTES)
    assert (await marks.give_all(["65f0a1b2c3d4e5f607180000"]))[0][1]
    assert (await Purchases(journal).events("p0"))[-1].kind == "delivered"


async def test_a_copy_of_before_lies_beside_it_for_its_owner_alone(
    journal: Journal, old: Path
) -> None:
    copy = old.with_suffix(".v1.backup")
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as before:
        assert before.execute("PRAGMA user_version").fetchone() == (1,)
        assert before.execute("SELECT count(*) FROM purchases").fetchone() == (len(NOTES),)
    before.close()
    assert not list(old.parent.glob("a.v1.[0-9]*"))


async def test_a_console_that_comes_second_keeps_the_copy_of_before(
    old: Path, journal: Journal, still: StillClock
) -> None:
    copy = old.with_suffix(".v1.backup")
    before = copy.read_bytes()
    connection = sqlite3.connect(old, isolation_level=None)
    migrations._keep_copy(connection, old, 1)
    connection.close()
    assert copy.read_bytes() == before
    assert not list(old.parent.glob("a.v1.[0-9]*"))


def test_a_copy_that_a_dead_process_left_half_is_taken_away(old: Path) -> None:
    left = old.with_suffix(".v1.99999999")
    left.write_bytes(b"half")
    connection = sqlite3.connect(old, isolation_level=None)
    migrations.migrate(connection, old, InUse(old))
    connection.close()
    assert not left.exists()


def test_a_death_at_any_statement_leaves_the_old_version_whole(old: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(old), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    *died, finished = seen
    assert len(died) > 15
    for version, whole, halves, rows, _ in died:
        assert (whole, rows) == ("ok", len(NOTES))
        assert version < migrations.VERSION
        assert halves == [version >= 2] * 3 + [version >= 3]
    assert finished[:3] == [migrations.VERSION, "ok", [True] * 4]
    assert {tuple(after) for *_, after in seen} == {tuple(finished[4])}
    assert finished[4][1] > 5


# A console of the version before: it knows one step less, and has the journal open.
OLDER = """
import sqlite3, sys
from pathlib import Path
from services.journal.sqlite import migrations
from services.system.liveness import InUse
path = Path(sys.argv[1])
migrations.STEPS = migrations.STEPS[:-1]
migrations.VERSION = len(migrations.STEPS)
in_use = InUse(path.with_name(path.name + ".open"))
in_use.take()
connection = sqlite3.connect(path, isolation_level=None)
migrations.migrate(connection, path, in_use)
print("open", flush=True)
sys.stdin.readline()
"""


async def test_no_step_is_taken_while_an_older_program_has_it_open(
    old: Path, still: StillClock
) -> None:
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OLDER, str(old), cwd=ROOT, stdin=pipe, stdout=pipe
    )
    assert other.stdout is not None
    journal = Journal(old, still, "amina")
    try:
        assert await other.stdout.readline() == b"open\n"
        with pytest.raises(JournalFailed) as refused:
            await journal.open("account-a")
        assert refused.value.code == "JOURNAL_IN_USE"
        assert f"process {other.pid} on " in refused.value.message
        assert "Press q in every console" in refused.value.advice
        assert version_of(old) == migrations.VERSION - 1
    finally:
        await other.communicate(b"\n")
    await journal.open("account-a")
    assert version_of(old) == migrations.VERSION
    await journal.close()


async def test_two_that_start_at_once_bring_it_up_to_date_together(
    old: Path, still: StillClock
) -> None:
    journals = [Journal(old, still, who) for who in ("amina", "karim")]
    await asyncio.gather(*(journal.open("account-a") for journal in journals))
    assert version_of(old) == migrations.VERSION
    for journal in journals:
        await journal.close()


def version_of(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as opened:
        return opened.execute("PRAGMA user_version").fetchone()[0]


async def test_old_reasons_keep_their_text(old: Path, still: StillClock) -> None:
    with sqlite3.connect(old) as made:
        made.execute("UPDATE purchases SET error_message = 'no trace of it' WHERE id = 'p0'")
    made.close()
    journal = Journal(old, still, "amina")
    await journal.open("account-a")
    bought = await Purchases(journal).find("p0")
    assert bought is not None
    assert bought.error == PurchaseError(message="no trace of it", request_id="req_0")
    assert (str(bought.error.said), bought.price) == ("no trace of it", None)
    await journal.close()


async def test_a_damaged_copy_of_an_older_version_is_examined(old: Path, still: StillClock) -> None:
    shutil.copyfile(old, old.with_name(f"{old.name}.damaged-20260101-000000"))
    journal = Journal(old, still, "amina")
    await journal.open("account-a")
    [said] = await journal.examine_copies()
    assert said.endswith("its event chain is unbroken")
    await journal.close()
