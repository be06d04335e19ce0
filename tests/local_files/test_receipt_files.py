"""Files with cards: for this user alone, through no link, on the list until deleted, then gone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.domain.errors import BadInput, DeskError
from services.domain.secrets import Secret
from services.local_files.receipt_files import ReceiptFiles, forgotten, forgotten_words
from tui.actions.keymap import Keymap

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ORDER = "6b059cb77902699be4000002"


@pytest.fixture
def files(tmp_path: Path) -> ReceiptFiles:
    return ReceiptFiles(tmp_path / "state")


def write(files: ReceiptFiles, text: str = "CODE") -> Path:
    return files.write(files.fresh(ORDER, NOW), Secret(text))


def test_a_file_is_readable_by_its_owner_alone_whatever_the_umask(files: ReceiptFiles) -> None:
    before = os.umask(0)
    try:
        path = write(files, "CODE-é")
    finally:
        os.umask(before)
    assert path.read_text("utf-8") == "CODE-é\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_could_enter_is_closed_again(files: ReceiptFiles) -> None:
    write(files)
    files.folder.chmod(0o755)
    write(files)
    assert files.folder.stat().st_mode & 0o777 == 0o700


def test_each_is_listed_until_it_is_deleted(files: ReceiptFiles) -> None:
    assert files.listed() == ()
    first, second = write(files), write(files)
    assert first != second
    assert [each.name for each in files.listed()] == [first.name, second.name]
    files.delete([first.name])
    assert [each.name for each in files.listed()] == [second.name]
    assert not first.exists()
    files.delete([second.name])
    assert list(files.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["no.txt", "../journal.txt", "", "link.txt", "sub.txt"])
def test_what_is_not_listed_is_not_deleted(files: ReceiptFiles, tmp_path: Path, name: str) -> None:
    kept = write(files)
    outside = files.folder.parent / "journal.txt"
    outside.write_text("mine")
    (files.folder / "link.txt").symlink_to(outside)
    (files.folder / "sub.txt").mkdir()
    assert [each.name for each in files.listed()] == [kept.name]
    with pytest.raises(BadInput, match="No such file"):
        files.delete([kept.name, name])
    assert kept.exists()
    assert outside.read_text() == "mine"


def test_a_link_in_place_of_the_folder_is_refused(files: ReceiptFiles, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "a.txt").write_text("theirs")
    files.folder.parent.mkdir()
    files.folder.symlink_to(elsewhere)
    for refused in (lambda: write(files), files.listed, lambda: files.delete(["a.txt"])):
        with pytest.raises(DeskError, match="cannot be used"):
            refused()
    assert [path.name for path in elsewhere.iterdir()] == ["a.txt"]
    assert elsewhere.stat().st_mode & 0o777 == 0o755


def test_a_link_in_place_of_the_file_is_refused(files: ReceiptFiles, tmp_path: Path) -> None:
    name = files.fresh(ORDER, NOW)
    (files.folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeskError, match="file exists"):
        files.write(name, Secret("CODE"))
    assert not (tmp_path / "elsewhere").exists()
    assert files.fresh(ORDER, NOW) != name


def test_a_write_that_fails_leaves_nothing(
    files: ReceiptFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    name = files.fresh(ORDER, NOW)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeskError, match="no space left"):
        files.write(name, Secret("CODE"))
    assert list(files.folder.iterdir()) == []


def test_an_order_id_cannot_name_another_place(files: ReceiptFiles) -> None:
    name = files.fresh("../../\x1b[2J/é", NOW)
    assert "/" not in name
    assert name.isascii()
    assert name.isprintable()


def test_what_lies_there_for_more_than_an_hour_was_forgotten(files: ReceiptFiles) -> None:
    old, _ = write(files), write(files)
    then = (datetime.now(UTC) - timedelta(minutes=61)).timestamp()
    os.utime(old, (then, then))
    listed = files.listed()
    now = datetime.now(UTC)
    assert [each.name for each in forgotten(listed, now)] == [old.name]
    words = forgotten_words(listed, now)
    assert words.startswith("A file with a card lies on this disk since")
    assert f"press {Keymap().shown('files')}, or run carddesk handed" in words
    assert forgotten_words(listed, now - timedelta(minutes=5)) == ""
    assert forgotten_words(listed, now + timedelta(hours=2)).startswith("2 files with cards lie")
