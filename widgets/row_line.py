"""The lines of a list: a value's cells in their columns, what was looked for marked; the titles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from services.text import cell_width, has_rtl
from widgets import look
from widgets.columns import Placed
from widgets.ink import MASK, Cell, Drawn, DrawnLine, Laid, fitted, inert, laid, marked
from widgets.sought import NOTHING_SOUGHT, Sought

MARKER = "> "
BLURRED_MARKER = "- "
UNMARKED = "  "
ASCENDING = "^"
DESCENDING = "v"

LaidRow = tuple[tuple[str, Laid], ...]
"""The cells of a row from left to right, each with its column's id, empty where no filter looks."""


def lay_row(
    cells: Mapping[str, Cell],
    placed: Sequence[Placed],
    width: int,
    *,
    cursor_ink: str,
    masked: bool,
) -> LaidRow:
    """Lay the cells of one value out.

    Args:
        cells: the value's cells by column id; they may hold any text.
        placed: the columns that are shown.
        width: of the line, in terminal cells.
        cursor_ink: the ink of the whole line where the cursor stands on it, else empty.
        masked: whether private columns are masked.
    """
    sign = MARKER if cursor_ink == "cursor" else BLURRED_MARKER if cursor_ink else UNMARKED
    marker = Cell(sign, cursor_ink or "plain")
    row = [("", laid(marker, len(MARKER)))]
    if look.now().coarse:
        # The marker alone: a cursor drawn over two whole rows is most of what a key costs.
        cursor_ink = ""
    left = width - len(MARKER)
    moved: list[str] = []
    for slot in placed:
        column = slot.column
        text, ink = cells.get(column.id, Cell(""))
        if column.private and masked and text:
            text = MASK
        if slot is placed[-1]:
            text = " · ".join((text, *moved))
        elif has_rtl(text):
            # Before another column, right-to-left text would drag that one along.
            moved.append(text)
            text = ""
        shown = max(0, min(slot.width, left))
        gap = max(0, min(slot.gap, left - shown))
        left -= shown + gap
        cell = laid(Cell(text, cursor_ink or ink), shown, gap, right=column.align == "right")
        row.append((column.id if column.searched else "", cell))
    row.append(("", laid(Cell("", cursor_ink or "plain"), left)))
    return tuple(each for each in row if each[1].drawn.text)


def row_line(row: LaidRow, sought: Sought) -> DrawnLine:
    """Return the line of a row, what a filter found in it marked."""
    if sought is NOTHING_SOUGHT:
        return tuple(cell.drawn for _, cell in row)
    return tuple(chain.from_iterable(_marked(column, cell, sought) for column, cell in row))


def _marked(column: str, cell: Laid, sought: Sought) -> Iterable[Drawn]:
    spans = sought.spans(column, cell.text) if column and cell.text else ()
    return marked(cell, spans) if spans else (cell.drawn,)


def titles(placed: Sequence[Placed], width: int, sort: str) -> DrawnLine:
    """Return the line of column titles; `sort` as a board has it marks the one sorted by."""
    line = [Cell(UNMARKED)]
    for slot in placed:
        title = slot.column.title
        if slot.column.id != sort.removeprefix("-"):
            line.append(_title(title, "head", slot))
        elif slot.column.align == "left":
            line.append(_title(f"{title} {sort_sign(sort)}", "strong", slot))
        else:
            line += _signed(line, title, slot, sort)
    return fitted(tuple(line), width)


def sort_sign(sort: str) -> str:
    """Return the sign of a sort's direction, `-` before it meaning that the last comes first."""
    return DESCENDING if sort.startswith("-") else ASCENDING


def _signed(line: list[Cell], title: str, slot: Placed, sort: str) -> Iterator[Cell]:
    """Put the sign before a title that ends at the right, in the gap before it if need be."""
    text, before = f"{sort_sign(sort)} {title}", line[-1]
    over = cell_width(text) - slot.width
    if 0 < over < len(before.text) - len(before.text.rstrip()):
        line[-1] = Cell(before.text[:-over], before.ink)
        yield Cell(text + " " * slot.gap, "strong")
    else:
        yield _title(text, "strong", slot)


def _title(text: str, ink: str, slot: Placed) -> Cell:
    """Fit a title to its column; the gap to the next one is part of the cell."""
    right = slot.column.align == "right"
    return Cell(*laid(Cell(inert(text), ink), slot.width, slot.gap, right=right).drawn)
