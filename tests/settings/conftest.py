"""A desk's own folders, empty, and a way to fill its settings file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.system.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


@pytest.fixture
def written(paths: Paths) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        paths.config_dir.mkdir(exist_ok=True)
        paths.config_file.write_text(text, encoding="utf-8")
        paths.config_file.chmod(0o600)
        return paths.config_file

    return write
