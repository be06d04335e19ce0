"""Exporting a list: without codes, for this user alone, and no formula in it."""

import csv
from decimal import Decimal
from typing import Any

from services import export


async def test_x_writes_what_is_listed_and_says_where(console: Any, paths: Any) -> None:
    await console.until(lambda: console.app.book.info.can_buy)
    await console.press("slash", *"netflix", "enter", "x")
    await console.shows("rows, without codes, are in")
    [path] = (paths.state_dir / "exports").iterdir()
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["title"] for row in rows} == {"Netflix"}
    assert path.stat().st_mode & 0o777 == 0o600


async def test_privacy_writes_no_file(console: Any, paths: Any) -> None:
    await console.until(lambda: console.app.book.info.can_buy)
    await console.press("d", "x")
    await console.shows("Privacy mode hides the amounts")
    assert not (paths.state_dir / "exports").exists()


def test_a_spreadsheet_calculates_nothing() -> None:
    values = {
        "=1+1": "'=1+1",
        "@cmd": "'@cmd",
        "+x": "'+x",
        "-196.03": "-196.03",
        "-1+1": "'-1+1",
        Decimal("980.50"): "980.50",
        None: "",
    }
    assert {value: export.harmless(value) for value in values} == values
