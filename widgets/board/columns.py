"""Which columns of a list fit a width, and how wide each becomes."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

GAP = 2


class Column(Struct, frozen=True):
    """A column of a board.

    `width` is in cells; 0 takes what is left, but at least `least` and, if it is not 0, at most
    `most`. `leaves` says when the column goes as the board gets narrow: the highest first, 0 never.
    `steps` are the widths that it takes on before, each with when. `gap` is left after it.
    `private` is masked in privacy mode, and a filter looks in what is `searched`. A column without
    a title is not sorted by.
    """

    id: str
    title: str
    width: int = 0
    align: Literal["left", "right"] = "left"
    leaves: int = 0
    least: int = 12
    most: int = 0
    steps: tuple[tuple[int, int], ...] = ()
    gap: int = GAP
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
    while _needed(kept) > width and any(map(_goes, kept)):
        most = max(kept, key=_goes)
        at = kept.index(most)
        kept[at : at + 1] = [_narrower(most)] if most.steps else []
    spare = max(0, width - _needed(kept))
    widths = [column.width or column.least for column in kept]
    elastic = [at for at, column in enumerate(kept) if not column.width]
    for at in elastic:
        grown = min(spare, max(0, kept[at].most - kept[at].least))
        widths[at] += grown
        spare -= grown
    for at in [at for at in elastic if not kept[at].most][:1] or elastic[:1]:
        widths[at] += spare
    return tuple(
        Placed(column, each, column.gap if column is not kept[-1] else 0)
        for column, each in zip(kept, widths, strict=True)
    )


def _goes(column: Column) -> int:
    """Return when a column gets narrower or leaves: the highest first, 0 never."""
    return column.steps[0][0] if column.steps else column.leaves


def _narrower(column: Column) -> Column:
    (_, width), *steps = column.steps
    if column.width:
        return replace(column, width=width, steps=tuple(steps))
    return replace(column, least=width, steps=tuple(steps))


def _needed(columns: Sequence[Column]) -> int:
    widths = sum(column.width or column.least for column in columns)
    return widths + sum(column.gap for column in columns[:-1])
