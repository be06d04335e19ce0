"""Lists for a spreadsheet: a workbook with types, and CSV as French programs read it."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from services.domain.errors import BadInput, DeskError
from services.local_files.exports import csv_form, dump
from services.local_files.spreadsheet import MOST_SIGNS, workbook

ROW = {
    "order_id": "692079600000000000000023",
    "total": "48554.80",
    "note": "0555123456",
    "value": "00123",
    "quantity": 2,
    "mine": True,
    "created_at": "2026-11-28T18:30:00.000Z",
    "given_at": None,
    "what": "=1+1",
}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(document):
    """Return each cell of a workbook's first sheet as its type and its value, by its place."""
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        strings = [
            "".join(si.itertext())
            for si in ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    found = {}
    for cell in sheet.iter(f"{MAIN}c"):
        value, kind = cell.findtext(f"{MAIN}v"), cell.get("t", "n")
        assert cell.find(f"{MAIN}f") is None, "a formula"
        if value is not None:
            found[cell.get("r")] = (kind, strings[int(value)] if kind == "s" else value)
    return found


def column(document, name):
    found = cells(document)
    titles = {
        text: place[:-1] for place, (_, text) in found.items() if re.fullmatch("[A-Z]+1", place)
    }
    letter = titles[name]
    return found.get(f"{letter}2")


def kept(done):
    """Return a written file's path, mode and content."""
    path = Path(done.out.strip())
    return path, path.stat().st_mode & 0o777, path.read_bytes()


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("order_id", ("s", "692079600000000000000023")),
        ("total", ("n", "48554.8")),
        ("note", ("s", "0555123456")),
        ("value", ("s", "00123")),
        ("quantity", ("n", "2")),
        ("mine", ("b", "1")),
        ("given_at", None),
        ("what", ("s", "=1+1")),
    ],
)
def test_each_column_has_its_type(name, cell):
    assert column(workbook([ROW], "orders"), name) == cell


def test_times_are_local():
    kind, number = column(workbook([ROW], "orders"), "created_at")
    local = datetime.fromisoformat("2026-11-28T18:30:00+00:00").astimezone()
    assert kind == "n"
    assert float(number) % 1 == pytest.approx((local.hour * 60 + local.minute) / 1440)


def test_nothing_listed_is_an_empty_sheet():
    assert zipfile.is_zipfile(io.BytesIO(workbook([], "orders")))


def test_a_text_too_long_for_a_cell_is_refused():
    with pytest.raises(DeskError, match="too long for a cell"):
        workbook([{"value": "x" * (MOST_SIGNS + 1)}], "orders", exact=("value",))


async def test_the_command_writes_a_private_workbook(carddesk, shelf):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--note", "0555123456")
    done = await carddesk("export", "orders", "--excel")
    path, mode, document = kept(done)
    assert (done.code, path.suffix, mode) == (0, ".xlsx", 0o600)
    assert column(document, "note") == ("s", "0555123456")


async def test_codes_are_text_to_the_last_character(carddesk, shelf, tmp_path):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--wait", "20")
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    done = await carddesk(
        "export", "orders", "--excel", "--yes-with-codes", "--output", str(own / "codes.xlsx")
    )
    assert done.code == 0, done.err
    assert column(kept(done)[2], "value") == ("s", "SANDBOX-CARD-1")


async def test_csv_for_a_french_spreadsheet(carddesk, shelf):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    done = await carddesk("export", "orders", "--separator", ";", "--decimal", ",", "--bom")
    _, _, raw = kept(done)
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";")
    assert row["total"] == "980,50"


async def test_the_settings_remember_the_form(carddesk, shelf):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    done = await carddesk(
        "export", "orders", "--output", "-",
        CARDDESK_EXPORT_SEPARATOR="semicolon", CARDDESK_EXPORT_DECIMAL="comma",
    )  # fmt: skip
    assert ";" in done.out
    assert re.search(r";980,50;", done.out)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--excel", "--json"), "two formats"),
        (("--json", "--bom"), "about CSV alone"),
        (("--separator", "|"), "comma, semicolon or tab"),
        (("--decimal", "comma"), "both the separator and the decimal sign"),
    ],
)
async def test_forms_that_make_no_sense_are_refused(carddesk, argv, words):
    done = await carddesk("export", "orders", *argv)
    assert done.code == 2
    assert words in done.err


def test_a_negative_amount_stays_an_amount():
    text = io.StringIO()
    dump(text, [{"amount": "-980.50"}], "csv", form=csv_form(";", ",", False))
    assert text.getvalue().splitlines()[1] == "-980,50"


def test_a_comma_cannot_be_both():
    with pytest.raises(BadInput):
        csv_form("comma", "comma", False)


def test_the_writer_is_imported_when_used():
    probe = "import sys, services.local_files.exports; sys.exit('xlsxwriter' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-W", "ignore", "-c", probe], check=False).returncode == 0
    )
