"""No folder holds more modules than a person reads at a glance."""

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("services", "tui", "widgets", "tests", "screenshots", "docs")
MOST = 22
"""Modules in one folder; `__init__.py` is not counted."""


def test_no_folder_holds_more_than_22_modules() -> None:
    paths = (path for part in PARTS for path in (ROOT / part).rglob("*.py"))
    folders = Counter(path.parent for path in paths if path.name != "__init__.py")
    full = {
        str(folder.relative_to(ROOT)): count for folder, count in folders.items() if count > MOST
    }
    assert full == {}, f"make a folder for the second idea of these: {full}"
