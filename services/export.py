"""A list as a CSV or JSON file for this user alone, which no spreadsheet takes for a formula."""

import csv
import json
import os
import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from services.errors import BadInput, DeskError
from services.text import clean

KINDS = ("csv", "json")
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
    stem = f"{name}-{now.astimezone():%Y%m%d-%H%M%S}"
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
    path: Path, rows: Sequence[Mapping[str, object]], kind: str, exact: Container[str] = ()
) -> Path:
    """Write rows into a new file of mode 0600 and return its path.

    Args:
        path: what must not exist yet.
        rows: each with the same columns.
        kind: `csv` or `json`.
        exact: columns whose text is not cleaned: codes, of which every sign counts.

    Raises:
        DeskError: the file is there already or cannot be written; no part of it is left.
    """
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise DeskError(
            f"{clean(str(path))} is there already, and an export never overwrites",
            advice="Nothing was written. Give another name, or move that file away.",
            code="EXPORT",
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            dump(file, rows, kind, exact)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return path


def dump(
    stream: TextIO, rows: Sequence[Mapping[str, object]], kind: str, exact: Container[str] = ()
) -> None:
    """Write rows to a stream: JSON as an array of objects, CSV with a line of column names.

    JSON holds each value as it is; in CSV what could be a formula is made harmless, and text is
    cleaned but in the columns that are `exact`.
    """
    if kind == "json":
        stream.write(f"{json.dumps([dict(row) for row in rows], indent=2)}\n")
        return
    # The writer is csv's own object, for which there is no name to declare it by.
    writer: Any = csv.writer(stream)
    if rows:
        writer.writerow(rows[0])
    writer.writerows(
        [guarded(str(value)) if name in exact else harmless(value) for name, value in row.items()]
        for row in rows
    )


def harmless(value: object) -> str:
    """Return a value as text that a spreadsheet shows and does not calculate.

    Numbers stay numbers: a sign before digits only is no formula. What begins like a formula,
    whatever blank or invisible characters stand before it and however wide its sign is drawn, gets
    an apostrophe before it.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded("" if value is None else clean(str(value)))


def guarded(text: str) -> str:
    """Return a text to the last sign as it is, behind an apostrophe if it could be a formula."""
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if _first_sign(text) in FORMULA else text


def private_folder(path: Path) -> None:
    """Make sure that what is written there is in a folder that nobody else can look into.

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
