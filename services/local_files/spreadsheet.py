"""A list as an .xlsx workbook: ids, notes and codes as text, money as numbers, times local."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from importlib import import_module
from io import BytesIO
from typing import Any

from services.domain.errors import DeskError
from services.domain.money import AMOUNT_COLUMNS
from services.domain.text import clean

TIMES = frozenset({"at", "created_at", "given_at", "time", "updated_at", "written_at"})
MOST_SIGNS = 32_767
"""What a cell holds at most."""

WIDEST = 60
_OPTIONS = {
    # Nothing is taken for a formula, a link or a number because of how it is spelled, and nothing
    # goes through a temporary file, where a code would be left.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def workbook(rows: Sequence[Mapping[str, object]], name: str, exact: Container[str] = ()) -> bytes:
    """Return rows as a workbook of one sheet, with a line of column names on top.

    Args:
        rows: what one lacks stays empty; amounts as `980.50`, times as ISO 8601 UTC.
        name: what the sheet is called.
        exact: columns whose text is not cleaned: codes, of which every sign counts.

    Raises:
        DeskError: a text is longer than a cell can hold.
    """
    memory = BytesIO()
    # Imported here: 40 ms that only a workbook is worth. It ships no types.
    book: Any = import_module("xlsxwriter").Workbook(memory, _OPTIONS)
    sheet: Any = book.add_worksheet(clean(name, 31))
    heading = book.add_format({"bold": True})
    money = book.add_format({"num_format": "# ##0.00"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    text = book.add_format({"num_format": "@"})
    columns = list(dict.fromkeys(name for row in rows for name in row))
    widths = [len(column) for column in columns]
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column, heading)
    for line, row in enumerate(rows, 1):
        for at, column in enumerate(columns):
            value = row.get(column)
            if value is None or value == "":
                continue
            if (amount := _amount(column, value)) is not None:
                sheet.write_number(line, at, amount, money)
            elif (local := _local(column, value)) is not None:
                sheet.write_datetime(line, at, local, moment)
                value = f"{local:%Y-%m-%d %H:%M:%S}"
            elif isinstance(value, bool):
                sheet.write_boolean(line, at, value)
            elif isinstance(value, int | float):
                sheet.write_number(line, at, value)
            else:
                shown = str(value) if column in exact else clean(str(value), MOST_SIGNS + 1)
                if len(shown) > MOST_SIGNS:
                    raise DeskError(
                        f"A text of the column {column} is too long for a cell",
                        advice="Nothing was written. CSV and JSON take it.",
                        code="EXPORT",
                    )
                sheet.write_string(line, at, shown, text)
            widths[at] = max(widths[at], min(WIDEST, len(str(value))))
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width + 2)
    if rows:
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    book.close()
    return memory.getvalue()


def _amount(column: str, value: object) -> float | None:
    if column not in AMOUNT_COLUMNS or isinstance(value, bool):
        return None
    try:
        return float(Decimal(str(value)))
    except InvalidOperation:
        return None


def _local(column: str, value: object) -> datetime | None:
    """Return a time as this machine's clock shows it; a workbook knows no time zone."""
    if column not in TIMES or not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).astimezone().replace(tzinfo=None)
    except ValueError:
        return None
