"""A list side by side: it reads on at the top of the next column, and scrolls as one list."""

from collections.abc import Callable
from typing import Any

from widgets.board.columns import Column
from widgets.board.side_by_side import SideBySide
from widgets.drawing.ink import Cell


def listed(count: int) -> SideBySide[str]:
    board = SideBySide[str](
        (Column("name", "name"),),
        row_id=lambda value: value,
        cells=lambda value, _: {"name": Cell(value)},
        search=lambda value: value,
        heading="Things",
    )
    board.show_rows(tuple(f"thing {number}" for number in range(count)))
    return board


async def test_few_rows_stand_below_one_another(staged: Callable[..., Any]) -> None:
    async with staged(listed(20), 100, 24) as stage:
        assert (await stage.picture())[1].count("name") == 1


async def test_more_rows_go_on_beside_the_last_line(staged: Callable[..., Any]) -> None:
    async with staged(listed(30), 100, 24) as stage:
        picture = await stage.picture()
        assert picture[1].split() == ["name", "name"]
        assert ("thing 0 " in picture[2], "thing 15 " in picture[2]) == (True, True)
        await stage.press(*["j"] * 15)
        assert "▌ thing 15 " in (await stage.picture())[2]
        assert stage.widget.chosen_line == 2


async def test_what_fits_no_column_scrolls(staged: Callable[..., Any]) -> None:
    async with staged(listed(60), 100, 24) as stage:
        await stage.press("G")
        picture = await stage.picture()
        assert "▌ thing 59" in picture[-1]
        assert "thing 16 " in picture[2]
        assert {len(line) for line in picture} == {100}
