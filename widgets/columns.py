"""Which columns of a list fit a width, and how wide each becomes."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

GAP = 2


class Column(Struct, frozen=True):
    """A column of a board.

    `width` is in cells; 0 takes what is left, but at least `least`. `leaves` says when the column
    goes as the board gets narrow: the highest first, 0 never. `private` is masked in privacy mode,
    and a filter looks in what is `searched`. A column without a title is not sorted by.
    """

    id: str
    title: str
    width: int = 0
    align: Literal["left", "right"] = "left"
    leaves: int = 0
    least: int = 12
    private: bool = False
    searched: bool = True


class Placed(Struct, frozen=True):
    """A column that is shown, its width, and the gap after it, in cells."""

    column: Column
    width: int
    gap: int


def place(columns: Sequence[Column], width: int) -> tuple[Placed, ...]:
    """Choose the columns that fit, the least important leaving first, and share what is left.

    Args:
        columns: all of them, from left to right.
        width: what the columns and the gaps between them may take, in cells.
    """
    kept = list(columns)
    while _needed(kept) > width and any(column.leaves for column in kept):
        kept.remove(max(kept, key=lambda column: column.leaves))
    spare = max(0, width - _needed(kept))
    elastic = sum(not column.width for column in kept)
    placed: list[Placed] = []
    for column in kept:
        column_width = column.width
        if not column_width:
            share = spare // elastic
            spare, elastic = spare - share, elastic - 1
            column_width = column.least + share
        placed.append(Placed(column, column_width, GAP if column is not kept[-1] else 0))
    return tuple(placed)


def _needed(columns: Sequence[Column]) -> int:
    return sum(c.width or c.least for c in columns) + GAP * (len(columns) - 1)
