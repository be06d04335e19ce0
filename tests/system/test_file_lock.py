"""A lock on a file: for one at a time, and back as soon as its file is closed."""

import os
from pathlib import Path

import pytest

from services.system import file_lock
from services.system.file_lock import lock, open_lock, try_lock, wait_lock


def test_a_lock_is_for_one_at_a_time(tmp_path: Path) -> None:
    one, other = open_lock(tmp_path / "deep" / "a.lock"), open_lock(tmp_path / "deep" / "a.lock")
    assert try_lock(one)
    assert not try_lock(other)
    os.close(one)
    assert try_lock(other)
    os.close(other)


def test_a_shared_lock_keeps_only_a_lone_one_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_lock, "WAIT_SECONDS", 0.02)
    first, second, third = (open_lock(tmp_path / "a.lock") for _ in range(3))
    assert wait_lock(first, shared=True)
    assert wait_lock(second, shared=True)
    assert not try_lock(third)
    assert not wait_lock(third)
    for descriptor in (first, second, third):
        os.close(descriptor)


def test_a_lock_ends_with_its_block(tmp_path: Path) -> None:
    other = open_lock(tmp_path / "a.lock")
    with lock(tmp_path / "a.lock"):
        assert not try_lock(other)
    assert try_lock(other)
    os.close(other)


def test_a_lock_is_never_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "a.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        open_lock(tmp_path / "a.lock")
    assert not (tmp_path / "elsewhere").exists()
