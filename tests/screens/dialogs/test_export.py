"""Exporting a list: without codes, for this user alone, and no formula in it."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.domain.errors import BadInput, DeskError
from services.local_files import exports
from services.sandbox import Fault
from tui.screens.unresolved import UnresolvedScreen


def files(paths: Any) -> list[Path]:
    folder = paths.state_dir / "exports"
    # A file that is still being written has a hidden name.
    return sorted(folder.glob("[!.]*")) if folder.exists() else []


async def test_e_writes_what_is_listed_and_says_where(console: Any, paths: Any) -> None:
    await console.may_buy()
    await console.press("slash", *"netflix", "enter")
    await console.press("e")
    await console.shows("3 rows of catalogue, without codes, are in")
    [path] = files(paths)
    assert path.suffix == ".csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["title"] for row in rows} == {"Netflix"}
    assert path.stat().st_mode & 0o777 == 0o600


async def test_capital_e_writes_json_and_excel_is_a_command(console: Any, paths: Any) -> None:
    await console.may_buy()
    await console.press("E")
    await console.shows("135 rows of catalogue, without codes, are in")
    [path] = files(paths)
    assert len(json.loads(path.read_text())) == 135
    await console.press("colon", *"excel", "enter")
    await console.until(lambda: len(files(paths)) == 2)
    assert {path.suffix for path in files(paths)} == {".json", ".xlsx"}


async def test_one_row_is_one_row(console: Any, paths: Any) -> None:
    await console.buy()
    await console.press("escape", "3")
    await console.until(lambda: console.screen.board("orders").highlighted)
    await console.press("e")
    await console.shows("1 row of orders, without codes, is in")


async def test_an_empty_list_writes_no_file_and_says_so(console: Any, paths: Any) -> None:
    await console.may_buy()
    await console.press("3", "e")
    await console.shows("no file was made")
    assert files(paths) == []


async def test_privacy_writes_no_file(console: Any, paths: Any) -> None:
    await console.may_buy()
    await console.press("d", "e")
    await console.shows("Privacy mode hides the amounts")
    assert files(paths) == []


async def test_what_is_not_settled_is_exported_too(console: Any, paths: Any) -> None:
    console.box.faults.add(Fault.parse("reset@placeOrder:before"))
    await console.buy()
    await console.until(lambda: console.app.book.unsettled)
    await console.press("escape", "u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
    await console.press("e")
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
    assert {value: exports.harmless(value) for value in values} == values


@pytest.mark.parametrize(
    "text",
    [
        *("\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1"),
        *("\uff1d1+1", "\uff0b1+1", "\uff0d1+1", "\uff20x", "\u22121+1", "\ufe66x", "\ufe63x"),
        "-\u0661\u0662",
    ],
)
def test_nor_does_it_when_the_sign_is_hidden_or_drawn_otherwise(text: str) -> None:
    assert exports.harmless(text).startswith("'")


def test_what_a_csv_reader_reads_back_is_what_was_listed() -> None:
    rows = [{"note": 'said "a, b"\nand left', "total": "-1.50"}, {"note": "", "total": None}]
    text = io.StringIO()
    exports.dump(text, rows, "csv")
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
            exports.write(path, [{"a": 1}], "csv")
    assert there.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o702])
def test_a_folder_that_others_can_look_into_takes_no_codes(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(BadInput, match="look into"):
        exports.private_folder(folder / "codes.csv")
    folder.chmod(0o700)
    exports.private_folder(folder / "codes.csv")
