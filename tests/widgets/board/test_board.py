"""The board: its cursor, its filter, its columns, and how little it draws."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.geometry import Offset

from widgets.board.board import Board, View
from widgets.board.columns import Column, place
from widgets.drawing.ink import Cell

Value = tuple[str, str, str]
COLUMNS = (
    Column("state", "state", 8),
    Column("price", "DZD", 6, "right", leaves=1, private=True),
    Column("name", "name", least=10),
)


def cells(value: Value, _: View) -> dict[str, Cell]:
    return {"state": Cell(value[1]), "price": Cell("900"), "name": Cell(value[2])}


def make_board(**options: Any) -> Board[Value]:
    return Board(
        COLUMNS,
        row_id=lambda value: value[0],
        cells=cells,
        search=lambda value: f"{value[1]} {value[2]}",
        sort_keys={"name": lambda value: value[2]},
        heading="Things",
        **options,
    )


def values(count: int, state: str = "open") -> tuple[Value, ...]:
    return tuple((f"k{n}", state, f"thing {n}") for n in range(count))


def marked(picture: list[str]) -> list[str]:
    return [line for line in picture if line.startswith("▌ ")]


async def test_a_cursor_move_draws_two_rows_and_the_position(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(200))
        await stage.watch()
        await stage.press("j")
        assert await stage.painted() == [0, 2, 3]


async def test_rows_that_did_not_change_are_not_drawn(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        rows = values(50)
        stage.widget.show_rows(rows)
        await stage.watch()
        stage.widget.show_rows(rows)
        stage.widget.show_rows(tuple(tuple(row) for row in rows))
        assert await stage.painted() == []
        changed = (*rows[:3], ("k3", "done", "thing 3"), *rows[4:])
        stage.widget.show_rows(changed)
        assert await stage.painted() == [5]


async def test_only_the_changed_letters_are_repainted(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        rows = values(5)
        stage.widget.show_rows(rows)
        await stage.settle()
        regions: list[Any] = []
        refresh = stage.widget.refresh
        stage.widget.refresh = lambda *given, **how: (regions.extend(given), refresh(*given, **how))
        stage.widget.show_rows((*rows[:2], ("k2", "done", "thing 2"), *rows[3:]))
        assert [(r.x, r.y, r.width, r.height) for r in regions] == [(2, 4, 4, 1)]


async def test_changes_out_of_sight_draw_nothing(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        rows = values(500)
        stage.widget.show_rows(rows)
        await stage.watch()
        stage.widget.show_rows((*rows[:400], ("k400", "done", "thing 400"), *rows[401:]))
        assert await stage.painted() == []


async def test_the_cursor_follows_its_row(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        rows = values(10)
        stage.widget.show_rows(rows)
        await stage.press("j", "j")
        assert stage.widget.highlighted_row_id == "k2"
        stage.widget.show_rows((("new", "open", "newest"), *rows))
        assert marked(await stage.picture())[0].endswith("thing 2".ljust(80 - 20))
        stage.widget.show_rows(tuple(reversed(rows)))
        assert stage.widget.highlighted_row_id == "k2"
        stage.widget.show_rows(rows)
        stage.widget.show_rows(tuple(row for row in rows if row[0] != "k2"))
        assert stage.widget.highlighted_row_id == "k3"
        assert stage.widget.highlighted == rows[3]


async def test_rows_arriving_above_do_not_move_a_scrolled_list(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        rows = values(100)
        stage.widget.show_rows(rows)
        await stage.press("G")
        before = marked(await stage.picture())
        line = (await stage.picture()).index(before[0])
        stage.widget.show_rows((("new", "open", "newest"), *rows))
        assert (await stage.picture()).index(before[0]) == line


async def test_a_wheel_scroll_stays_where_it_is_when_rows_change(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board()) as stage:
        rows = values(100)
        stage.widget.show_rows(rows)
        await stage.settle()
        for _ in range(10):
            stage.widget.post_message(
                events.MouseScrollDown(stage.widget, 5, 5, 0, 1, 0, False, False, False)
            )
        await stage.settle()
        top = stage.widget.scroll_offset.y
        assert top > 0
        assert marked(await stage.picture()) == []
        stage.widget.show_rows((*rows[:99], ("k99", "done", "thing 99")))
        await stage.settle()
        assert stage.widget.scroll_offset.y == top
        await stage.press("j")
        assert len(marked(await stage.picture())) == 1


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (("G",), 99),
        (("end",), 99),
        (("G", "g"), 0),
        (("end", "home"), 0),
        (("pagedown",), 22),
        (("ctrl+d",), 11),
        (("G", "pageup"), 77),
        (("G", "ctrl+u"), 88),
        (("down", "down", "up"), 1),
        (("j", "j", "k"), 1),
        (("k",), 0),
    ],
)
async def test_keys_move_the_cursor(
    staged: Callable[..., Any], keys: tuple[str, ...], row: int
) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(100))
        await stage.press(*keys)
        assert stage.widget.highlighted_row_id == f"k{row}"
        assert len(marked(await stage.picture())) == 1


async def test_the_keymap_remaps_the_keys(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.app.set_keymap({"nav.down": "t", "open": "s"})
        stage.widget.show_rows(values(3))
        await stage.press("t", "s", "j")
        assert stage.widget.highlighted_row_id == "k1"
        opened = [m for m in stage.app.posted if isinstance(m, Board.Opened)]
        assert [message.row_id for message in opened] == ["k1"]
        assert opened[0].control is stage.widget


async def test_a_click_selects_and_a_double_click_opens(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(9))
        await stage.settle()
        await stage.pilot.click(stage.widget, offset=Offset(10, 5))
        assert stage.widget.highlighted_row_id == "k3"
        assert not [m for m in stage.app.posted if isinstance(m, Board.Opened)]
        await stage.pilot.click(stage.widget, offset=Offset(10, 6), times=2)
        opened = [m.row_id for m in stage.app.posted if isinstance(m, Board.Opened)]
        assert opened == ["k4"]
        await stage.pilot.click(stage.widget, offset=Offset(10, 20))
        await stage.pilot.click(stage.widget, offset=Offset(10, 1))
        assert stage.widget.highlighted_row_id == "k4"


async def test_each_move_tells_which_row_is_highlighted(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(3))
        await stage.press("j", "j", "j")
        stage.widget.show_rows(())
        await stage.settle()
        keys = [m.row_id for m in stage.app.posted if isinstance(m, Board.Highlighted)]
        assert keys == ["k0", "k1", "k2", None]


async def test_a_filter_lists_what_holds_every_word_and_counts(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        rows = (("a", "open", "Café Noir"), ("b", "done", "café au lait"), ("c", "open", "thé"))
        stage.widget.show_rows(rows)
        stage.widget.filter_text = "CAFE open"
        picture = await stage.picture()
        assert "1 of 3" in picture[0]
        assert "/CAFE open" in picture[0]
        assert stage.widget.listed == rows[:1]
        stage.widget.filter_text = "nothing like it"
        assert "Nothing here matches 'nothing like it'. esc" in await stage.text()
        assert stage.widget.highlighted_row_id is None
        stage.widget.filter_text = ""
        assert (stage.widget.shown, stage.widget.total) == (3, 3)
        assert stage.widget.highlighted_row_id == "a"


async def test_sorting_keeps_the_cursor_on_its_row(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows((("1", "x", "b"), ("2", "x", "c"), ("3", "x", "a")))
        stage.widget.sort = "-name"
        assert [value[2] for value in stage.widget.listed] == ["c", "b", "a"]
        assert stage.widget.highlighted_row_id == "2"
        await stage.press("j")
        stage.widget.sort = "name"
        assert [value[2] for value in stage.widget.listed] == ["a", "b", "c"]
        assert stage.widget.highlighted_row_id == "1"
        stage.widget.sort = ""
        assert [value[0] for value in stage.widget.listed] == ["1", "2", "3"]


async def test_words_are_where_there_are_no_rows(staged: Callable[..., Any]) -> None:
    async with staged(make_board(), 30, 10) as stage:
        stage.widget.placeholder = "The orders could not be read. r tries again. [/] [b]x"
        picture = await stage.picture()
        assert [line.strip() for line in picture[3:6]] == [
            "The orders could not be",
            "read. r tries again. [/]",
            "[b]x",
        ]
        stage.widget.show_rows(values(1))
        assert "could not" not in await stage.text()


async def test_stale_rows_say_so_in_the_heading(staged: Callable[..., Any]) -> None:
    async with staged(make_board(), 60) as stage:
        stage.widget.show_rows(values(3))
        await stage.watch()
        stage.widget.stale = "stale since 12:03"
        assert await stage.painted() == [0]
        assert "stale since 12:03" in (await stage.picture())[0]


async def test_private_columns_are_masked(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(3))
        assert "900" in await stage.text()
        stage.widget.privacy = True
        text = await stage.text()
        assert "900" not in text
        assert "••••••" in text


async def test_right_to_left_text_is_drawn_in_the_last_column(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows((("a", "مفتوح", "بطاقة"), ("b", "open", "plain")))
        picture = await stage.picture()
        assert picture[2].split() == ["▌", "900", "بطاقة", "·", "مفتوح"]
        assert picture[2].index("900") == picture[3].index("900")


async def test_values_with_one_key_are_listed_once(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows((*values(2), *values(2)))
        await stage.press("G")
        assert stage.widget.shown == 2
        assert stage.widget.highlighted_row_id == "k1"


async def test_a_resize_keeps_the_cursor_in_sight(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(100))
        await stage.press("pagedown")
        await stage.pilot.resize_terminal(60, 10)
        assert marked(await stage.picture())[0].startswith("▌ open")


async def test_rows_given_before_the_board_is_shown_are_shown(staged: Callable[..., Any]) -> None:
    board = make_board()
    board.show_rows(values(3))
    board.filter_text = "2"
    async with staged(board) as stage:
        assert "thing 2" in await stage.text()
        assert "thing 1" not in await stage.text()


async def test_ten_thousand_rows_are_filtered_and_walked_quickly(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(10_000))
        await stage.settle()

        def best_of(action: Callable[[], object]) -> float:
            times: list[float] = []
            for _ in range(7):
                began = time.perf_counter()
                action()
                times.append(time.perf_counter() - began)
            return min(times)

        words = iter(("t", "th", "thi", "thing", "thing 9", "thing 99", "thing 999"))
        assert best_of(lambda: setattr(stage.widget, "filter_text", next(words))) < 0.010
        stage.widget.filter_text = ""
        assert best_of(lambda: stage.widget.action_move(1)) < 0.002


def test_columns_leave_by_priority_and_the_last_takes_the_rest() -> None:
    columns = (
        Column("a", "", 10),
        Column("b", "", 10, leaves=1),
        Column("c", "", 10, leaves=2),
        Column("d", "", least=20),
    )

    def shown(width: int) -> list[tuple[str, int]]:
        return [(slot.column.id, slot.width) for slot in place(columns, width)]

    assert shown(100) == [("a", 10), ("b", 10), ("c", 10), ("d", 64)]
    assert shown(56) == [("a", 10), ("b", 10), ("c", 10), ("d", 20)]
    assert shown(55) == [("a", 10), ("b", 10), ("d", 31)]
    assert shown(43) == [("a", 10), ("d", 31)]
    assert shown(10) == [("a", 10), ("d", 20)]
