"""What a slow line changes of the drawing: coarse ages, a small cursor; and the line's figures."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from widgets.bars.link_strip import LineFigures, LinkStrip
from widgets.drawing import style
from widgets.drawing.cells import ago, due, since
from widgets.drawing.style import Look
from widgets.panes.orders import OrderBoard

NOW = datetime.fromisoformat("2025-03-04T12:00:00+00:00")
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
Make = Callable[..., Any]


@pytest.fixture
def coarse() -> Iterator[None]:
    style.take(Look(coarse=True))
    yield
    style.take(Look())


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (0 * SECOND, "<1 m"),
        (59 * SECOND, "<1 m"),
        (MINUTE, "1 m"),
        (59 * MINUTE, "59 m"),
        (2 * 60 * MINUTE, "2 h"),
    ],
)
def test_ages_are_in_minutes(coarse: None, passed: timedelta, words: str) -> None:
    assert since(NOW, NOW + passed) == words


def test_all_ages_change_in_one_moment_the_minute(coarse: None) -> None:
    thens = [NOW - timedelta(seconds=7 * number) for number in range(30)]
    at = [NOW + timedelta(seconds=second) for second in range(120)]
    pictures = [[since(then, now) for then in thens] for now in at]
    changes = [second for second in range(1, 120) if pictures[second] != pictures[second - 1]]
    assert changes == [60]


def test_ages_and_countdowns_in_sentences_are_coarse_as_well(coarse: None) -> None:
    assert ago(NOW, NOW + 20 * SECOND) == "<1 m ago"
    shown = [due(NOW + timedelta(seconds=left), NOW) for left in (19, 11, 10, 9, 1)]
    assert shown == ["in 20 s", "in 20 s", "in 10 s", "in 10 s", "in 10 s"]


async def test_a_cursor_that_moves_changes_no_cell_but_its_marker(
    staged: Any, order: Any, book: Any, coarse: None
) -> None:
    async with staged(OrderBoard(), 100, 12) as stage:
        stage.widget.now = NOW
        stage.widget.book = book(orders=tuple(order(number) for number in range(5)))
        stage.widget.focus()
        await stage.settle()
        before = list(stage.widget._drawn)
        await stage.press("j")
        after = stage.widget._drawn
    moved = [y for y in range(len(before)) if before[y] != after[y]]
    assert moved == [0, 2, 3]
    assert [cell.text for cell in before[2][1:]] == [cell.text for cell in after[2][1:]]
    assert before[2][1:] == after[2][1:]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_figures_keep_their_places_as_they_change(staged: Any, width: int) -> None:
    async with staged(LinkStrip(), width, 1) as stage:
        stage.widget.figures = LineFigures(3, 0.1, 7, 900, None, "slow (on)")
        few = (await stage.picture())[0]
        stage.widget.figures = LineFigures(12_345, 59.9, 45_678, 987_654, 1_234, "slow (on)")
        many = (await stage.picture())[0]
    assert few.index("B/s") == many.index("B/s")
    assert few.index("trip") == many.index("trip")
    assert "1234 ms" in many
    assert len(many) == width
