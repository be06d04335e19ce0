"""Where things are kept, and that the folders are ours alone."""

import os
from pathlib import Path

import pytest

from services.domain.errors import ConfigError
from services.system.files import private_dir
from services.system.paths import Paths


def test_the_xdg_variables_move_every_folder(tmp_path: Path) -> None:
    environ = {
        "XDG_CONFIG_HOME": str(tmp_path / "a"),
        "XDG_STATE_HOME": str(tmp_path / "b"),
        "XDG_CACHE_HOME": str(tmp_path / "c"),
    }
    assert Paths.default(environ) == Paths(
        tmp_path / "a" / "carddesk", tmp_path / "b" / "carddesk", tmp_path / "c" / "carddesk"
    )


def test_a_relative_xdg_variable_is_ignored() -> None:
    assert Paths.default({"XDG_STATE_HOME": "here"}) == Paths.default({})


def test_a_private_folder_is_made_with_its_parents_and_closed_to_others(tmp_path: Path) -> None:
    made = private_dir(tmp_path / "a" / "b")
    assert made.stat().st_mode & 0o777 == 0o700
    made.chmod(0o755)
    assert private_dir(made).stat().st_mode & 0o777 == 0o700


def test_a_file_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be used: file exists"):
        private_dir(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, -1)
    with pytest.raises(ConfigError, match="another user"):
        private_dir(tmp_path)
