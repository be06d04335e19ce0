"""`carddesk handed`: which files with cards are left, and deleting them whatever else is broken."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.domain.secrets import Secret
from services.local_files.receipt_files import ReceiptFiles


@pytest.fixture
def files(home: dict[str, str]) -> ReceiptFiles:
    return ReceiptFiles(Path(home["XDG_STATE_HOME"]) / "carddesk")


def write(files: ReceiptFiles, hours: float = 0) -> Path:
    path = files.write(files.fresh("6b05", datetime.now(UTC)), Secret("CARD-VALUE"))
    then = (datetime.now(UTC) - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))
    return path


async def test_it_lists_them_without_what_is_in_them(fresh, files):
    path = write(files)
    for options in ((), ("list",)):
        done = await fresh("handed", *options)
        assert done.code == 0
        assert path.name in done.out
        assert str(files.folder) in done.out
        assert "CARD-VALUE" not in done.out + done.err
    [row] = (await fresh("handed", "--json")).document
    assert row["path"] == str(path)
    assert row["bytes"] == len("CARD-VALUE\n")
    assert row["written_at"].endswith("Z")


async def test_it_says_what_was_forgotten_and_when_there_is_nothing(fresh, files):
    assert "No file with a card" in (await fresh("handed")).err
    write(files)
    assert "lies on this disk since" not in (await fresh("handed")).err
    write(files, hours=2)
    assert "A file with a card lies on this disk since" in (await fresh("handed")).err


async def test_one_is_deleted_by_name_and_all_at_once(carddesk, files):
    await carddesk("balance")
    first, second, third = (write(files) for _ in range(3))
    done = await carddesk("handed", "delete", first.name, "--json")
    assert done.code == 0
    assert "carddesk cannot shred" in done.err
    assert {row["name"] for row in done.document} == {second.name, third.name}
    assert not first.exists()
    done = await carddesk("handed", "delete", "--all")
    assert done.code == 0
    assert list(files.folder.iterdir()) == []
    events = (await carddesk("audit", "--json")).document["events"]
    deletions = [(e["who"], e["why"]) for e in events if e["kind"] == "hand-delete"]
    assert [who for who, _ in deletions] == ["amina"] * 3
    assert first.name in deletions[0][1]
    assert (await carddesk("handed", "delete", "--all")).code == 0


async def test_without_key_and_journal_it_deletes_all_the_same(fresh, files):
    path = write(files)
    done = await fresh("handed", "delete", path.name)
    assert done.code == 0
    assert "This is not in the event log" in done.err
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("delete",), "Name the files"),
        (("delete", "a.txt", "--all"), "Name the files"),
        (("delete", "a.txt"), "No such file was handed over"),
        (("delete", "../carddesk.log"), "No such file was handed over"),
        (("--all",), "go with handed delete"),
    ],
)
async def test_what_is_not_clear_deletes_nothing(fresh, files, arguments, words):
    path = write(files)
    done = await fresh("handed", *arguments)
    assert done.code == 2
    assert words in done.err
    assert path.exists()
