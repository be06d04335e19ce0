"""Files of this user alone: written whole or not at all, never in the place of another."""

import errno
import os
from pathlib import Path

import pytest

from services.system import files


def full_disk(_: int) -> None:
    raise OSError(errno.ENOSPC, "full")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_whole_or_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "folder" / "file"
    files.replace(file, b"one")
    files.replace(file, b"two")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"two", 0o600)
    assert file.parent.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="full"):
        files.replace(file, b"three")
    assert file.read_bytes() == b"two"
    assert names(file.parent) == ["file"]


def test_a_new_file_is_there_whole_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.create(tmp_path / "one", b"1")
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="full"):
        files.create(tmp_path / "two", b"2")
    assert names(tmp_path) == ["one"]


@pytest.mark.parametrize("linked", [True, False])
def test_a_new_file_takes_no_name_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool
) -> None:
    if not linked:
        monkeypatch.setattr(os, "link", no_hard_links)
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "file").write_text("old")
    for name in ("nowhere", "file"):
        with pytest.raises(FileExistsError):
            files.create(tmp_path / name, b"new")
    files.create(tmp_path / "new", b"new")
    assert (tmp_path / "file").read_text() == "old"
    assert (tmp_path / "new").read_text() == "new"
    assert names(tmp_path) == ["file", "new", "nowhere"]


def no_hard_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")
