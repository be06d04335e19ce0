"""A list as a CSV or JSON file for this user alone, which no spreadsheet takes for a formula."""

import codecs
import csv
import io
import json
import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from msgspec import Struct

from services.domain.errors import BadInput, DeskError
from services.domain.local_time import file_stamp
from services.domain.money import AMOUNT_COLUMNS
from services.domain.text import clean
from services.system import files

KINDS = ("csv", "json", "xlsx")


class CsvForm(Struct, frozen=True):
    """How a CSV file is written, for the spreadsheet that is to read it.

    Attributes:
        separator: one character between columns: a comma, a semicolon or a tab.
        decimal: what is before the centimes: a point, or a comma for French spreadsheets.
        bom: begin with a byte-order mark, by which a spreadsheet knows UTF-8.
    """

    separator: str = ","
    decimal: str = "."
    bom: bool = False


PLAIN_CSV: Final = CsvForm()
SEPARATORS: Final[Mapping[str, str]] = {
    "comma": ",", "semicolon": ";", "tab": "\t", ",": ",", ";": ";", "\t": "\t",
}  # fmt: skip
DECIMALS: Final[Mapping[str, str]] = {"point": ".", "comma": ",", ".": ".", ",": ","}


def csv_form(separator: str, decimal: str, bom: bool) -> CsvForm:
    """Return how a CSV is written.

    Args:
        separator: `comma`, `semicolon`, `tab`, or the sign itself.
        decimal: `point`, `comma`, or the sign itself.
        bom: begin with a byte-order mark.

    Raises:
        BadInput: an unknown word, or a comma for both.
    """
    if separator not in SEPARATORS or decimal not in DECIMALS:
        raise BadInput(
            "The separator is comma, semicolon or tab, and the decimal sign is point or comma",
            advice="Nothing was written.",
        )
    form = CsvForm(SEPARATORS[separator], DECIMALS[decimal], bom)
    if form.separator == form.decimal:
        raise BadInput(
            "A comma cannot be both the separator and the decimal sign",
            advice="Nothing was written. Give --separator semicolon as well.",
        )
    return form


FORMULA: Final = frozenset("=+-@\t\r\n|\u2212")
"""What a spreadsheet may take for the beginning of a formula, in its plain form."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_OTHERS = 0o007


def fresh(folder: Path, name: str, kind: str, now: datetime) -> Path:
    """Return a path in the desk's own folder of exports that nothing has yet, and make the folder.

    Args:
        folder: where; made if it is not there.
        name: what is listed, the beginning of the file's name.
        kind: `csv` or `json`.
        now: the time (UTC) in the file's name, written as local time.

    Raises:
        DeskError: the folder cannot be made.
    """
    stem = f"{name}-{file_stamp(now)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    path = folder / f"{stem}.{kind}"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.{kind}"
        number += 1
    return path


def write(
    path: Path,
    rows: Sequence[Mapping[str, object]],
    kind: str,
    exact: Container[str] = (),
    form: CsvForm = PLAIN_CSV,
) -> Path:
    """Write rows into a new file of mode 0600 and return its path.

    Args:
        path: what must not exist yet.
        rows: what one of them lacks stays empty.
        kind: `csv`, `json` or `xlsx`.
        exact: columns whose text is not cleaned: codes, of which every sign counts.
        form: how a CSV is written.

    Raises:
        DeskError: the file is there already or cannot be written; no part of it is left.
    """
    return _create(path, whole(rows, kind, path.stem, exact, form))


def write_text(path: Path, text: str) -> Path:
    """Write a text into a new file as `write` does, and return its path; raises DeskError."""
    return _create(path, text.encode("utf-8", "replace"))


def _create(path: Path, document: bytes) -> Path:
    try:
        files.create(path, document)
    except FileExistsError:
        raise DeskError(
            f"{clean(str(path))} is there already, and an export never overwrites",
            advice="Nothing was written. Give another name, or move that file away.",
            code="EXPORT",
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def whole(
    rows: Sequence[Mapping[str, object]],
    kind: str,
    name: str,
    exact: Container[str] = (),
    form: CsvForm = PLAIN_CSV,
) -> bytes:
    """Return rows as the bytes of a file; see `write`. `name` is that of a workbook's sheet."""
    if kind == "xlsx":
        # Here for speed: the console opens without it.
        from services.local_files.spreadsheet import workbook

        return workbook(rows, name, exact)
    text = io.StringIO(newline="")
    dump(text, rows, kind, exact, form)
    mark = codecs.BOM_UTF8 if kind == "csv" and form.bom else b""
    return mark + text.getvalue().encode("utf-8", "surrogatepass")


def dump(
    stream: TextIO,
    rows: Sequence[Mapping[str, object]],
    kind: str,
    exact: Container[str] = (),
    form: CsvForm = PLAIN_CSV,
) -> None:
    """Write rows to a stream: JSON as an array of objects, CSV with a line of column names.

    JSON holds each value as it is; in CSV what could be a formula is made harmless, and text is
    cleaned but in the columns that are `exact`.
    """
    if kind == "json":
        stream.write(f"{json.dumps([dict(row) for row in rows], indent=2)}\n")
        return
    # The writer is csv's own object, for which there is no name to declare it by.
    writer: Any = csv.writer(stream, delimiter=form.separator)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if columns:
        writer.writerow(columns)
    writer.writerows([_cell(name, row.get(name), exact, form) for name in columns] for row in rows)


def _cell(name: str, value: object, exact: Container[str], form: CsvForm) -> str:
    if name in exact:
        return guarded("" if value is None else str(value))
    text = harmless(value)
    if form.decimal != "." and name in AMOUNT_COLUMNS and _NUMBER.fullmatch(text):
        return text.replace(".", form.decimal)
    return text


def harmless(value: object) -> str:
    """Return a value as text that a spreadsheet shows and does not calculate.

    Numbers stay numbers: a sign before digits only is no formula. What begins like a formula,
    whatever blank or invisible characters are before it and however wide its sign is drawn, gets
    an apostrophe before it.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded("" if value is None else clean(str(value)))


def guarded(text: str) -> str:
    """Return a text as it is, behind an apostrophe if it could be a formula."""
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if _first_sign(text) in FORMULA else text


def private_folder(path: Path) -> None:
    """Make sure that what is written there is in a folder that no other user can read.

    Raises:
        BadInput: others may read, enter or write the folder, or it is not there.
    """
    folder = path.parent
    try:
        mode = folder.stat().st_mode
    except OSError as error:
        raise BadInput(
            f"The folder {clean(str(folder))} cannot be used: {error.strerror}",
            advice="No card was read and nothing was written.",
        ) from None
    if mode & _OTHERS:
        raise BadInput(
            f"Every user of this machine can look into {clean(str(folder))}: codes are not written "
            "there",
            advice="No card was read and nothing was written. Choose a folder of your own, or make "
            "it private with: chmod 700",
        )


def _first_sign(text: str) -> str:
    """Return the first character that a spreadsheet would see, in its plain form."""
    for char in unicodedata.normalize("NFKC", text):
        if unicodedata.category(char)[0] not in "ZC":
            return char
    return ""


def _unwritable(path: Path, error: OSError) -> DeskError:
    return DeskError(
        f"The list could not be written to {clean(str(path))}: {error.strerror}",
        advice="Nothing was written.",
        code="EXPORT",
    )
