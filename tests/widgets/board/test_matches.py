"""What a filter found is marked, a sort is named, and no line changes its width for it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Size

from services.domain.book import BoardOrder
from services.domain.text import SafeText
from widgets.board.board import Board
from widgets.board.columns import Column
from widgets.board.filter_query import Prefix
from widgets.drawing.canvas import _differences
from widgets.drawing.ink import Cell, Drawn
from widgets.panes.orders import OrderBoard

Value = tuple[str, str, str]
COLUMNS = (
    Column("state", "state", 8),
    Column("price", "DZD each", 10, "right", leaves=1, searched=False),
    Column("retail", "retail DZD", 11, "right", leaves=2, searched=False),
    Column("name", "name", least=10),
)
ROWS = (("1", "open", "Netflix 900"), ("2", "done", "Internet net"), ("3", "open", "Steam"))


def make_board() -> Board[Value]:
    return Board(
        COLUMNS,
        row_id=lambda value: value[0],
        cells=lambda value, _: {
            "state": Cell(value[1], "good"),
            "price": Cell("900"),
            "retail": Cell("945"),
            "name": Cell(value[2]),
        },
        search=lambda value: f"{value[1]} {value[2]}",
        prefixes={
            "st": Prefix("state", "state", lambda typed: lambda value: value[1].startswith(typed))
        },
        heading="Things",
    )


def marks(stage: Any, line: int) -> list[str]:
    """What is bold and underlined in a line of the screen."""
    strip = stage.app.screen._compositor.render_strips()[line]
    return [s.text for s in strip if s.style and s.style.underline and s.style.bold]


async def test_what_was_found_is_underlined_where_a_filter_looks_on_the_cursors_row_too(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(ROWS)
        stage.widget.focus()
        plain = await stage.picture()
        stage.widget.filter_text = "net"
        picture = await stage.picture()
        assert [marks(stage, line) for line in (2, 3)] == [["Net"], ["net", "net"]]
        assert picture[2].startswith("▌ ")
        assert sorted(picture[2:4]) == sorted(plain[2:4])
        stage.widget.filter_text = "900"
        await stage.settle()
        assert marks(stage, 2) == ["900"]
        stage.widget.filter_text = "op"
        await stage.settle()
        assert [marks(stage, line) for line in (2, 3)] == [["op"], ["op"]]


async def test_a_word_that_was_meant_is_marked_whole(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(ROWS)
        stage.widget.filter_text = "netlfix open"
        await stage.settle()
        assert marks(stage, 2) == ["open", "Netflix"]


async def test_a_prefix_marks_its_own_column(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows((*ROWS, ("4", "open", "open air")))
        stage.widget.filter_text = "st:op"
        await stage.settle()
        assert [marks(stage, line) for line in (2, 3, 4)] == [["op"], ["op"], ["op"]]


async def test_of_a_text_that_was_cut_the_visible_part_is_marked(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board(), 48) as stage:
        stage.widget.show_rows(
            (("1", "open", "Genshin Impact Genesis"), ("2", "open", "بطاقة net"))
        )
        stage.widget.filter_text = "impact"
        picture = await stage.picture()
        assert "Genshin I…" in picture[2]
        assert marks(stage, 2) == ["I"]
        stage.widget.filter_text = "طاق"
        await stage.settle()
        assert marks(stage, 2) == ["طاق"]


async def test_marks_go_with_the_filter(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(ROWS)
        before = [list(strip) for strip in stage.app.screen._compositor.render_strips()]
        stage.widget.filter_text = "st"
        await stage.settle()
        stage.widget.filter_text = ""
        stage.widget.move_to("1")
        await stage.settle()
        assert [marks(stage, line) for line in range(5)] == [[]] * 5
        assert len(before) == len(stage.app.screen._compositor.render_strips())


async def test_the_best_is_under_the_cursor_and_esc_leaves_the_cursor_on_it(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board()) as stage:
        rows = tuple((str(n), "open", f"thing {n}") for n in range(100))
        stage.widget.show_rows((*rows, ("x", "open", "starzplay"), ("y", "open", "playstation")))
        await stage.press("G")
        stage.widget.move_to("x")
        stage.widget.filter_text = "play"
        assert stage.widget.highlighted_row_id == "y"
        stage.widget.show_rows((*rows, ("x", "open", "starzplay"), ("y", "done", "playstation")))
        assert stage.widget.highlighted_row_id == "y"
        stage.widget.filter_text = ""
        assert stage.widget.highlighted_row_id == "y"
        assert any(line.startswith("▌ done") for line in await stage.picture())


async def test_the_title_of_the_sorted_column_has_a_sign(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(ROWS)
        plain = (await stage.picture())[1]
        shown = []
        for _ in range(5):
            stage.widget.sort_next()
            stage.widget.sort_reversed()
            shown.append((await stage.picture())[1])
            stage.widget.sort_reversed()
        assert [" ".join(line.split()) for line in shown] == [
            "state v DZD each retail DZD name",
            "state v DZD each retail DZD name",
            "state DZD each v retail DZD name",
            "state DZD each retail DZD name v",
            "state DZD each retail DZD name",
        ]
        assert shown[-1] == plain
        assert all(cell_len(line) == 80 for line in shown)
        assert all(line.index("name") == plain.index("name") for line in shown)
        assert stage.widget.sort == ""


async def test_a_sort_by_a_column_that_is_not_shown_is_in_the_heading(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board(), 40) as stage:
        stage.widget.show_rows(ROWS)
        stage.widget.sort = "-retail"
        assert "by retail DZD v" in (await stage.picture())[0]
        stage.widget.sort = "state"
        picture = await stage.picture()
        assert "by " not in picture[0]
        assert "state ^" in picture[1]


async def test_columns_that_are_not_shown_are_passed_over_by_the_key(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board(), 40) as stage:
        stage.widget.show_rows(ROWS)
        sorts = []
        for _ in range(4):
            stage.widget.sort_next()
            sorts.append(stage.widget.sort)
        assert sorts == ["state", "price", "name", ""]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160, 200])
async def test_marks_and_signs_leave_every_line_as_wide_as_the_list(
    staged: Callable[..., Any],
    book: Callable[..., Any],
    order: Callable[..., BoardOrder],
    width: int,
) -> None:
    rows = (
        order(1, note="for Ali"),
        order(2, product="日本語 steam"),
        order(3, note="steam بطاقة"),
    )
    async with staged(OrderBoard(), width, 20) as stage:
        stage.widget.book = book(orders=rows)
        stage.widget.filter_text = "ste st:hand"
        for sort in ("", *(column.id for column in stage.widget.sorts)):
            stage.widget.sort = sort
            await stage.settle()
            strips = stage.app.screen._compositor.render_strips()
            assert {sum(cell_len(s.text) for s in strip) for strip in strips} == {width}
            assert len(marks(stage, 2)) >= 2


LETTERS = st.sampled_from("ab é·日ب")
PIECES = st.lists(st.tuples(LETTERS, st.sampled_from(("plain", "dim"))), min_size=6, max_size=6)


def line_of(cells: list[tuple[str, str]]) -> tuple[Drawn, ...]:
    """Make a line of twelve cells; neighbours of one ink are one piece."""
    pieces: list[Drawn] = []
    for char, ink in cells:
        text = char if cell_len(char) == 2 else char * 2
        if pieces and pieces[-1].ink == ink:
            pieces[-1] = Drawn(SafeText(pieces[-1].text + text), ink)
        else:
            pieces.append(Drawn(SafeText(text), ink))
    return tuple(pieces)


def cells_of(line: tuple[Drawn, ...]) -> list[tuple[str, str]]:
    """Spread a line over its cells; the second cell of a wide letter is empty."""
    spread: list[tuple[str, str]] = []
    for text, ink in line:
        for char in text:
            spread += [(char, ink), *[("", ink)] * (cell_len(char) - 1)]
    return spread


@settings(deadline=None)
@given(PIECES, PIECES)
def test_what_is_repainted_of_a_line_makes_it_the_new_one(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    old, new = line_of(before), line_of(after)
    screen, wanted = cells_of(old), cells_of(new)
    for region in _differences([old], [new], Size(12, 1)):
        screen[region.x : region.right] = wanted[region.x : region.right]
    assert screen == wanted
