"""Exporting a list: without codes, for this user alone, and no formula in it."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services import export
from services.errors import BadInput, DeskError
from services.sandbox import Fault
from tui.screens.export import ExportScreen
from tui.screens.unresolved import UnresolvedScreen


async def asked(console: Any, key: str = "x") -> None:
    await console.press(key)
    await console.until(lambda: isinstance(console.screen, ExportScreen))


def files(paths: Any) -> list[Path]:
    folder = paths.state_dir / "exports"
    return sorted(folder.iterdir()) if folder.exists() else []


async def test_x_writes_what_is_listed_and_says_where(console: Any, paths: Any) -> None:
    await console.until(lambda: console.app.book.info.can_buy)
    await console.press("slash", *"netflix", "enter")
    await asked(console)
    await console.shows("Export 3 rows of catalogue as what?")
    await console.press("enter")
    await console.shows("3 rows of catalogue, without codes, are in")
    [path] = files(paths)
    assert path.suffix == ".csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["title"] for row in rows} == {"Netflix"}
    assert path.stat().st_mode & 0o777 == 0o600


async def test_enter_takes_the_format_of_the_last_time(console: Any, paths: Any) -> None:
    await console.until(lambda: console.app.book.info.can_buy)
    for count, key in ((1, "j"), (2, "enter")):
        await asked(console)
        await console.press(key)
        await console.until(lambda count=count: len(files(paths)) == count)
        await console.until(lambda: all(path.read_text().endswith("]\n") for path in files(paths)))
    assert {path.suffix for path in files(paths)} == {".json"}
    assert len(json.loads(files(paths)[0].read_text())) == 135


async def test_one_row_is_one_row(console: Any, paths: Any) -> None:
    await console.buy()
    await console.press("escape", "3")
    await console.until(lambda: console.screen.board("orders").highlighted)
    await asked(console)
    await console.shows("Export 1 row of orders as what?")
    await console.press("c")
    await console.shows("1 row of orders, without codes, is in")


async def test_an_empty_list_writes_no_file_and_says_so(console: Any, paths: Any) -> None:
    await console.until(lambda: console.app.book.info.can_buy)
    await console.press("3", "x")
    await console.shows("no file was made")
    assert not isinstance(console.screen, ExportScreen)
    assert files(paths) == []


async def test_escape_writes_nothing(console: Any, paths: Any) -> None:
    await console.until(lambda: console.app.book.info.can_buy)
    await asked(console)
    await console.press("escape")
    await console.until(lambda: not isinstance(console.screen, ExportScreen))
    assert files(paths) == []


async def test_privacy_writes_no_file(console: Any, paths: Any) -> None:
    await console.until(lambda: console.app.book.info.can_buy)
    await console.press("d", "x")
    await console.shows("Privacy mode hides the amounts")
    assert files(paths) == []


async def test_what_is_not_settled_is_exported_too(console: Any, paths: Any) -> None:
    console.box.faults.add(Fault.parse("reset@placeOrder:before"))
    await console.buy()
    await console.until(lambda: console.app.book.unsettled)
    await console.press("escape", "u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
    await asked(console, "X")
    await console.press("c")
    await console.shows("1 row of", "without codes, is in")
    [path] = files(paths)
    with path.open(encoding="utf-8") as file:
        [row] = list(csv.DictReader(file))
    assert (row["state"], row["operator"]) == ("UNRESOLVED", "amina")
    assert "error_code" in row


def test_a_spreadsheet_calculates_nothing() -> None:
    values = {
        "=1+1": "'=1+1",
        "@cmd": "'@cmd",
        "+x": "'+x",
        "-196.03": "-196.03",
        "-1+1": "'-1+1",
        "-1.2.3": "'-1.2.3",
        "+213555": "'+213555",
        "|calc": "'|calc",
        Decimal("980.50"): "980.50",
        None: "",
        True: "true",
    }
    assert {value: export.harmless(value) for value in values} == values


@pytest.mark.parametrize(
    "text",
    [
        *("\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1"),
        *("\uff1d1+1", "\uff0b1+1", "\uff0d1+1", "\uff20x", "\u22121+1", "\ufe66x", "\ufe63x"),
        "-\u0661\u0662",
    ],
)
def test_nor_does_it_when_the_sign_is_hidden_or_drawn_otherwise(text: str) -> None:
    assert export.harmless(text).startswith("'")


def test_what_a_csv_reader_reads_back_is_what_was_listed() -> None:
    rows = [{"note": 'said "a, b"\nand left', "total": "-1.50"}, {"note": "", "total": None}]
    text = io.StringIO()
    export.dump(text, rows, "csv")
    assert list(csv.reader(io.StringIO(text.getvalue()))) == [
        ["note", "total"],
        ['said "a, b" and left', "-1.50"],
        ["", ""],
    ]


def test_nothing_is_overwritten_and_no_link_followed(tmp_path: Path) -> None:
    there, link = tmp_path / "there.csv", tmp_path / "link.csv"
    there.write_text("mine")
    link.symlink_to(tmp_path / "elsewhere")
    for path in (there, link):
        with pytest.raises(DeskError, match="never overwrites"):
            export.write(path, [{"a": 1}], "csv")
    assert there.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o702])
def test_a_folder_that_others_can_look_into_takes_no_codes(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(BadInput, match="look into"):
        export.private_folder(folder / "codes.csv")
    folder.chmod(0o700)
    export.private_folder(folder / "codes.csv")
