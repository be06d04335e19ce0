"""A list follows its newest rows until the operator moves in it, and again from the top on."""

from collections.abc import Callable
from typing import Any

from textual import events

from tests.widgets.board.test_board import Value, make_board, marked, values


def with_newer(count: int, rows: tuple[Value, ...]) -> tuple[Value, ...]:
    return (*((f"new{n}", "open", f"newer {n}") for n in reversed(range(count))), *rows)


async def test_an_untouched_list_stays_at_its_newest_row(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(100))
        for count in (1, 3, 40):
            stage.widget.show_rows(with_newer(count, values(100)))
            await stage.settle()
            assert stage.widget.scroll_offset.y == 0
            assert stage.widget.highlighted_row_id == f"new{count - 1}"
            assert marked(await stage.picture())[0].split()[-1] == str(count - 1)


async def test_a_moved_cursor_keeps_its_row_and_its_view(staged: Callable[..., Any]) -> None:
    async with staged(make_board(newest_first=True)) as stage:
        stage.widget.show_rows(values(100))
        await stage.press("G")
        top = stage.widget.scroll_offset.y
        stage.widget.show_rows(with_newer(3, values(100)))
        await stage.settle()
        assert stage.widget.highlighted_row_id == "k99"
        assert stage.widget.scroll_offset.y == top + 3
        assert "3 newer above" in (await stage.picture())[0]
        stage.widget.show_rows(with_newer(5, values(100)))
        assert "5 newer above" in (await stage.picture())[0]


async def test_the_top_follows_again(staged: Callable[..., Any]) -> None:
    for back in ("g", "home"):
        async with staged(make_board(newest_first=True)) as stage:
            stage.widget.show_rows(values(100))
            await stage.press("G")
            stage.widget.show_rows(with_newer(2, values(100)))
            await stage.press(back)
            assert stage.widget.highlighted_row_id == "new1"
            assert "newer above" not in (await stage.picture())[0]
            stage.widget.show_rows(with_newer(4, values(100)))
            assert stage.widget.highlighted_row_id == "new3"
            await stage.press("j")
            stage.widget.show_rows(with_newer(5, values(100)))
            assert stage.widget.highlighted_row_id == "new2"


async def test_newer_rows_in_sight_are_not_counted(staged: Callable[..., Any]) -> None:
    async with staged(make_board(newest_first=True)) as stage:
        stage.widget.show_rows(values(100))
        await stage.press("j")
        stage.widget.show_rows(with_newer(3, values(100)))
        assert "newer above" not in (await stage.picture())[0]
        assert stage.widget.highlighted_row_id == "k1"
        stage.widget.show_rows(with_newer(40, values(100)))
        await stage.settle()
        top = stage.widget.scroll_offset.y
        assert top > 0
        # The first three were in sight before.
        assert f"{min(37, top)} newer above" in (await stage.picture())[0]


async def test_the_wheel_holds_the_view_and_its_way_back_follows(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board(newest_first=True)) as stage:
        stage.widget.show_rows(values(100))
        await stage.settle()

        async def wheel(kind: type[events.MouseEvent], times: int) -> None:
            for _ in range(times):
                stage.widget.post_message(kind(stage.widget, 5, 5, 0, 1, 0, False, False, False))
            await stage.settle()

        await wheel(events.MouseScrollDown, 10)
        top = stage.widget.scroll_offset.y
        stage.widget.show_rows(with_newer(2, values(100)))
        await stage.settle()
        assert stage.widget.scroll_offset.y == top + 2
        assert "2 newer above" in (await stage.picture())[0]
        await wheel(events.MouseScrollUp, 20)
        assert stage.widget.scroll_offset.y == 0
        stage.widget.show_rows(with_newer(3, values(100)))
        assert stage.widget.highlighted_row_id == "new2"


async def test_a_row_that_is_pointed_at_keeps_the_cursor(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(100))
        await stage.press("G")
        # It may be pointed at before it is there.
        stage.widget.point_at("new0")
        stage.widget.show_rows(with_newer(1, values(100)))
        await stage.settle()
        assert stage.widget.highlighted_row_id == "new0"
        assert stage.widget.scroll_offset.y == 0
        stage.widget.show_rows(with_newer(3, values(100)))
        await stage.settle()
        assert stage.widget.highlighted_row_id == "new0"
        assert stage.widget.scroll_offset.y == 0
        assert "newer 0" in marked(await stage.picture())[0]


async def test_a_pointed_row_of_a_sorted_list_is_in_sight(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(100))
        stage.widget.sort = "name"
        stage.widget.point_at("late")
        stage.widget.show_rows((("late", "open", "zzz"), *values(100)))
        await stage.settle()
        assert "zzz" in marked(await stage.picture())[0]


async def test_a_row_that_slides_under_the_cursor_is_known(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        board = stage.widget
        board.show_rows(values(3))
        assert not board.slid
        board.show_rows(with_newer(1, values(3)))
        assert board.slid
        board.hold()
        assert not board.slid
        board.show_rows(with_newer(2, values(3)))
        assert (board.slid, board.highlighted_row_id) == (False, "new0")
        board.show_rows(values(3))
        assert board.slid
        await stage.press("j")
        assert not board.slid


async def test_a_list_that_begins_again_with_the_same_rows_has_a_cursor(
    staged: Callable[..., Any],
) -> None:
    async with staged(make_board()) as stage:
        rows = values(3)
        stage.widget.show_rows(rows)
        stage.widget.begin_again()
        stage.widget.show_rows(rows)
        await stage.settle()
        assert stage.widget.highlighted_row_id == rows[0][0]


async def test_another_list_begins_at_its_top(staged: Callable[..., Any]) -> None:
    async with staged(make_board()) as stage:
        stage.widget.show_rows(values(100))
        await stage.press("G")
        stage.widget.begin_again()
        stage.widget.show_rows(tuple((f"other{n}", "open", "x") for n in range(100)))
        await stage.settle()
        assert stage.widget.highlighted_row_id == "other0"
        assert (stage.widget.scroll_offset.y, stage.widget.slid) == (0, False)
