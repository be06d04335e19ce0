"""A list as a CSV file for this user alone, which no spreadsheet takes for a formula."""

import csv
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from services.errors import DeskError
from services.text import clean

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(folder: Path, name: str, rows: Sequence[Mapping[str, object]], now: datetime) -> Path:
    """Write rows into a new file of mode 0600 and return its path.

    Args:
        folder: where; made if it is not there.
        name: what is listed, the beginning of the file's name.
        rows: each with the same columns.
        now: the time (UTC) in the file's name, written as local time.

    Raises:
        DeskError: the file cannot be written.
    """
    path = folder / f"{name}-{now.astimezone():%Y%m%d-%H%M%S}.csv"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if rows:
                writer.writerow(rows[0])
            writer.writerows([harmless(value) for value in row.values()] for row in rows)
    except OSError as error:
        raise DeskError(
            f"The list could not be written to {path}: {error.strerror}", code="EXPORT"
        ) from error
    return path


def harmless(value: object) -> str:
    """Return a value as text that a spreadsheet shows and does not calculate.

    Numbers stay numbers: a sign before digits only is no formula.
    """
    text = "" if value is None else clean(str(value))
    number = text.removeprefix("-").replace(".", "", 1).isdecimal()
    return f"'{text}" if text.startswith(FORMULA) and not number else text
