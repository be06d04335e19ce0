"""The lines of a list: a value's cells in their columns, what was looked for marked; the titles."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from unicodedata import bidirectional

from services.domain.text import cell_width, has_rtl
from widgets.board.columns import Placed
from widgets.board.finder import NO_HIGHLIGHTS, Highlights
from widgets.drawing import style
from widgets.drawing.ink import (
    MASK,
    Cell,
    Drawn,
    DrawnLine,
    Laid,
    Line,
    fitted,
    inert,
    laid,
    marked,
)

MARKER = "▌ "
BLURRED_MARKER = "▏ "
UNMARKED = "  "
CHANGED, CHANGED_ASCII = "•", "+"
"""What changed just now; in ASCII the dot would be the sign of what is hidden or pinned."""

ASCENDING = "^"
DESCENDING = "v"

_STRONG = frozenset({"L", "R", "AL"})
_DIRECTED = _STRONG | {"EN", "AN"}
"""The directions of letters, and those of numbers as well, in Unicode's names."""

RowCell = Cell | Line
"""What is in one column of a row: one piece of text, or several in inks of their own."""

LaidRow = tuple[tuple[str, Laid], ...]
"""The cells of a row from left to right, each with its column's id, empty where not searched."""


def pieces(cell: RowCell) -> Line:
    """Return what is in a column as pieces from left to right."""
    return (cell,) if isinstance(cell, Cell) else cell


def cell_text(cell: RowCell) -> str:
    return "".join(piece.text for piece in pieces(cell))


def lay_row(
    cells: Mapping[str, RowCell],
    placed: Sequence[Placed],
    width: int,
    *,
    cursor_ink: str,
    masked: bool,
    changed: Collection[str] = (),
) -> LaidRow:
    """Lay the cells of one value out.

    Args:
        cells: the value's cells by column id; they may hold any text.
        placed: the columns that are shown.
        width: of the line, in terminal cells.
        cursor_ink: `row` where the cursor is on it, `row-blurred` where it does without the
            focus, else empty. It comes on top of the inks of the cells.
        masked: whether private columns are masked.
        changed: the columns of which something changed just now.
    """
    sign = MARKER if cursor_ink == "row" else BLURRED_MARKER if cursor_ink else UNMARKED
    if changed:
        sign = f"{sign[0]}{changed_sign()}" if cursor_ink else f"{changed_sign()} "
    hue = {"row": "key", "row-blurred": "dim"}.get(cursor_ink, "plain")
    marker = Cell(sign, f"{hue} {cursor_ink}".rstrip())
    row = [("", laid(marker, len(MARKER)))]
    if style.now().coarse:
        # The marker alone: a cursor drawn over two whole rows is most of what a key costs.
        cursor_ink = ""
    left, named = width - len(MARKER), False
    for slot, line in zip(placed, _ordered(cells, placed, masked), strict=True):
        shown = max(0, min(slot.width, left))
        gap = max(0, min(slot.gap, left - shown))
        left -= shown + gap
        column = slot.column
        name = column.id if column.searched else ""
        news = " changed" if column.id in changed else ""
        # Where there is no ground to tell the row by, the first words do.
        on_top = f" {cursor_ink}" if cursor_ink else ""
        if cursor_ink == "row" and column.title and not named:
            on_top, named = " row row-name", True
        inked = [Cell(text, f"{ink}{on_top}{news}") for text, ink in line]
        row += [(name, each) for each in _lay_pieces(inked, shown, gap, column.align == "right")]
    row.append(("", laid(Cell("", f"plain {cursor_ink}".rstrip()), left)))
    return tuple(each for each in row if each[1].drawn.text)


def _ordered(cells: Mapping[str, RowCell], placed: Sequence[Placed], masked: bool) -> list[Line]:
    """Return what is drawn in each column, right-to-left text where it moves nothing else."""
    lines: list[Line] = []
    for slot in placed:
        line = pieces(cells.get(slot.column.id, Cell("")))
        if slot.column.private and masked and cell_text(line):
            line = (Cell(MASK, line[0].ink),)
        lines.append(line)
    moved: list[str] = []
    for at, slot in enumerate(placed[:-1]):
        text = cell_text(lines[at])
        if has_rtl(text):
            after = "".join(map(cell_text, lines[at + 1 :]))
            shown = text if cell_width(inert(text)) <= slot.width else ""
            if not _begins_latin(after) and not _ends_latin(shown):
                # Before a number, right-to-left text would drag that one along.
                moved.append(text)
                lines[at] = (Cell(""),)
    if moved:
        last = lines[-1]
        lines[-1] = (*last, Cell(" · ".join(("", *moved)), last[-1].ink))
    return lines


def _begins_latin(text: str) -> bool:
    return next((way for way in map(bidirectional, text) if way in _DIRECTED), "") == "L"


def _ends_latin(text: str) -> bool:
    ways = map(bidirectional, reversed(text))
    return next((way for way in ways if way in _STRONG), "") == "L"


def _lay_pieces(line: Sequence[Cell], width: int, gap: int, right: bool) -> Iterator[Laid]:
    """Lay the pieces of one column out; the last one takes what is left, and the gap."""
    left = width
    for cell in line[:-1]:
        size = min(left, cell_width(inert(cell.text)))
        left -= size
        yield laid(cell, size)
    yield laid(line[-1], left, gap, right=right)


def row_line(row: LaidRow, highlights: Highlights) -> DrawnLine:
    """Return the line of a row, what a filter found in it marked."""
    if highlights is NO_HIGHLIGHTS:
        return tuple(cell.drawn for _, cell in row)
    return tuple(chain.from_iterable(_marked(column, cell, highlights) for column, cell in row))


def _marked(column: str, cell: Laid, highlights: Highlights) -> Iterable[Drawn]:
    spans = highlights.spans(column, cell.text) if column and cell.text else ()
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


def changed_sign() -> str:
    """Return the sign of a row in which something changed, as this terminal draws it."""
    return CHANGED_ASCII if style.now().ascii else CHANGED


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
