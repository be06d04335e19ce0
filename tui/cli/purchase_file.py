"""A file of purchases as a person or a spreadsheet wrote it: read strictly, each bad row named."""

import codecs
import csv
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from services.domain.errors import BadInput
from services.domain.text import clean
from services.domain.typed import digits
from services.domain.typed.purchase_list import FILE_KEY, ListedRow, RowProblem
from services.system import files
from tui.cli import argument_types

LARGEST = 2 * 1024 * 1024
MOST_ROWS = 10_000
LONGEST_KEY = 120
"""The key of a second attempt is a little longer than the row's own."""

HASH_SIGNS = 24
SEPARATORS = (",", ";", "\t")
COLUMNS = ("product_id", "product", "type_id", "value", "quantity", "note", "key", "max_total")
EITHER = (("product_id", "product"), ("type_id", "value"))
ADVICE = "Nothing was bought. The first line names the columns: product_id,type_id,quantity"


class PurchaseFile(Struct, frozen=True):
    """What a file holds: its rows, and what is wrong with each row that cannot be used."""

    name: str
    rows: tuple[ListedRow, ...]
    problems: tuple[RowProblem, ...] = ()


def read(path: Path) -> PurchaseFile:
    """Read a CSV of purchases.

    Raises:
        BadInput: there is no such file, it is too large, no text, or its first line names other
            columns. A wrong row is no failure: it is among the problems.
    """
    content = _content(path)
    digest = hashlib.sha256(content).hexdigest()[:HASH_SIGNS]
    lines = _lines(content)
    number, first = next(lines, (1, ""))
    separator = max(SEPARATORS, key=first.count)
    columns = _columns(_cells(first, separator), number)
    rows: list[ListedRow] = []
    problems: list[RowProblem] = []
    for at, (line, text) in enumerate(lines, 1):
        if at > MOST_ROWS:
            raise BadInput(f"The file has more than {MOST_ROWS} rows", advice="Nothing was bought.")
        try:
            rows.append(_row(line, columns, _cells(text, separator), f"{FILE_KEY}{digest}-{at}"))
        except BadInput as wrong:
            problems.append(RowProblem(line, wrong.message))
    if not rows and not problems:
        raise BadInput("The file has no rows", advice="Nothing was bought.")
    problems += _twice(rows)
    problems.sort(key=lambda problem: problem.line)
    return PurchaseFile(path.name, tuple(rows), tuple(problems))


def _content(path: Path) -> bytes:
    named = files.shown(path)
    try:
        with os.fdopen(files.open_regular(path, follow=True), "rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as failure:
        why = files.reason(failure)
        raise BadInput(f"{named} cannot be read: {why}", advice="Nothing was bought.") from None
    if len(content) > LARGEST:
        raise BadInput(
            f"{named} is larger than {LARGEST // 1024 // 1024} MB",
            advice="Nothing was bought. Split it into several files.",
        )
    return content


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Give each line that is not empty, with its number from 1; raises BadInput."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        # Spreadsheets begin a file with a byte-order mark.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        where = "" if wide else f": line {line} cannot be read"
        raise BadInput(
            f"The file is no UTF-8 text{where}",
            advice="Nothing was bought. Save it as CSV UTF-8.",
        ) from None
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if line.strip():
            yield number, line.rstrip("\n")


def _cells(line: str, separator: str) -> list[str]:
    """Take one line apart; raises BadInput.

    Each line by itself: a quotation mark that is not closed must not swallow the rows after it.
    """
    if "\0" in line:
        raise BadInput("it holds a byte that is no text")
    try:
        [cells] = csv.reader([line], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        raise BadInput("a quotation mark is not closed on its line, or stands inside") from None
    return [cell.strip() for cell in cells]


def _columns(cells: Sequence[str], number: int) -> tuple[str, ...]:
    """Check the line of names; raises BadInput."""
    names = tuple(cell.lower() for cell in cells)
    if unknown := [name for name in names if name not in COLUMNS]:
        named = ", ".join(f'"{clean(name, 40)}"' for name in unknown[:4])
        raise BadInput(f"Line {number}: there is no column {named}", advice=f"{ADVICE}.")
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise BadInput(f'Line {number}: the column "{twice}" is there twice', advice=f"{ADVICE}.")
    for pair in (*EITHER, ("quantity",)):
        there = [name for name in pair if name in names]
        if not there:
            raise BadInput(f"Line {number}: the column {pair[0]} is missing", advice=f"{ADVICE}.")
    return names


def _row(line: int, columns: Sequence[str], cells: Sequence[str], key: str) -> ListedRow:
    """Read one row; raises BadInput with a clause about it."""
    if len(cells) != len(columns):
        raise BadInput(f"{len(cells)} values for {len(columns)} columns")
    given = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
    for pair in EITHER:
        there = [name for name in pair if name in given]
        if len(there) != 1:
            wrong = "is empty" if not there else f"and {pair[1]} are both given: give one"
            raise BadInput(f"{pair[0]} {wrong}")
    if "quantity" not in given:
        raise BadInput("quantity is empty")
    own = argument_types.idempotency_key(given["key"]) if "key" in given else ""
    if len(own) > LONGEST_KEY or own.startswith(FILE_KEY):
        raise BadInput(
            f'A key has at most {LONGEST_KEY} characters and begins with no "{FILE_KEY}"'
        )
    return ListedRow(
        line,
        digits.quantity(given["quantity"]),
        own or key,
        bool(own),
        product_id=argument_types.vendor_id(given["product_id"]) if "product_id" in given else "",
        product=clean(given.get("product", "")),
        type_id=argument_types.vendor_id(given["type_id"]) if "type_id" in given else "",
        value=clean(given.get("value", "")),
        note=argument_types.note(given.get("note", "")),
        max_total=_amount(given.get("max_total", "")),
    )


def _amount(text: str) -> Decimal | None:
    return argument_types.amount(text) if text else None


def _twice(rows: Sequence[ListedRow]) -> Iterator[RowProblem]:
    """Name the rows that are there twice: bought once by mistake is better than twice."""
    keys: dict[str, int] = {}
    goods: dict[tuple[str, ...], ListedRow] = {}
    for row in rows:
        first = keys.setdefault(row.key, row.line)
        same = goods.setdefault(row.goods, row)
        if first != row.line:
            yield RowProblem(row.line, f"the key is the one of line {first}")
        elif same is not row and not (same.own and row.own):
            words = f"the same as line {same.line}: if both are meant, give each its own key"
            yield RowProblem(row.line, words)
