"""Plots: one cell a value, their axes, their numbers, and their signs where there are letters."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.day_figures import At
from widgets.drawing import style
from widgets.drawing.ink import Line, fitted
from widgets.drawing.plot import (
    along,
    area,
    lying,
    sampled,
    scale_of,
    ticks,
    toned,
    upright,
    with_axis,
)

BEGIN = datetime(2026, 11, 28, 9, tzinfo=UTC)
END = BEGIN + timedelta(hours=7, minutes=31)
SPENT = (7_400, 3_900, 10_600, 1_900, 6_500, 7_000, 9_000, 25_700)
HOURS = tuple(At(BEGIN + timedelta(hours=n), Decimal(spent)) for n, spent in enumerate(SPENT))


@pytest.fixture
def letters() -> Iterator[None]:
    """Draw on a terminal of letters."""
    before = style.now()
    style.take(style.Look(ascii=True))
    yield
    style.take(before)


def drawn(lines: list[Line], width: int) -> list[str]:
    return ["".join(piece.text for piece in fitted(line, width)) for line in lines]


def points(*known: tuple[int, int]) -> list[At]:
    return [At(BEGIN + timedelta(minutes=at), Decimal(amount)) for at, amount in known]


def test_an_area_has_eight_steps_a_cell_and_shows_the_least() -> None:
    assert area([0.0, 0.001, 0.5, 0.5625, 1.0, None], 2) == ["   ▁█ ", " ▁███ "]


def test_an_area_is_deeper_towards_its_foot() -> None:
    inks = [cell.ink for cell in toned(area([1.0], 6))]
    assert inks == ["plot", "plot", "plot-mid", "plot-mid", "plot-low", "plot-low"]
    assert [cell.ink for cell in toned(area([1.0], 2))] == ["plot", "plot"]


def test_the_bar_of_now_has_an_ink_of_its_own() -> None:
    lines = upright([("9", Decimal(5)), ("10", Decimal(9)), ("11", Decimal(7))], 20, 6).lines
    inks = [cell.ink for cell in lines[-2] if cell.text.strip()]
    assert inks == ["bars", "bars", "plot"]
    numbers = [cell for line in lines for cell in line if cell.text.strip() == "7"]
    assert [cell.ink for cell in numbers] == ["strong"]
    assert [cell.ink for cell in lines[-1]] == ["dim", "dim", "plain"]


def test_a_plot_names_its_top_middle_and_foot() -> None:
    known = points((0, 228_775), (230, 200_000), (242, 337_550), (448, 289_235))
    lines = drawn(with_axis(known, BEGIN, END, 50, 7), 50)
    assert [line[:9] for line in lines[:6]] == [
        "337 550 ┤", "        │", "238 775 ┤", "        │", "        │", "140 000 │",
    ]  # fmt: skip
    assert lines[6].strip().startswith("9:00")
    assert all(len(line) == 50 for line in lines)


def test_a_balance_that_did_not_move_is_half_way_up() -> None:
    scale = scale_of([Decimal(250_000)] * 3)
    assert (scale.foot, scale.middle) == (0, 250_000)


def test_a_balance_holds_until_the_next_one() -> None:
    values = sampled(points((60, 100), (120, 50)), BEGIN, BEGIN + timedelta(hours=4), 4)
    assert values == [100, 50, 50, 50]
    assert sampled(points((90, 100)), BEGIN, BEGIN + timedelta(hours=2), 2) == [None, 100]


def test_hours_are_below_the_axis_of_the_balance() -> None:
    [line] = along(HOURS, BEGIN, END, 32, 1)
    assert line == "▂▂▂ ▁▁▁ ▃▃▃ ▁▁▁▁ ▂▂▂ ▂▂▂ ▂▂▂ ▇▇▇"
    wide, narrow = ticks(BEGIN, END, 61), ticks(BEGIN, END, 20)
    assert wide.split() == [f"{BEGIN.astimezone().hour + n}:00" for n in range(8)]
    assert len(narrow) == 20


def test_every_bar_has_its_number_and_its_name() -> None:
    bars = [(str(9 + n), Decimal(spent)) for n, spent in enumerate(SPENT)]
    lines = drawn(upright(bars, 38, 6).lines, 38)
    assert lines[0].split() == ["26"]
    assert lines[2].split() == ["7", "11", "7", "9", "███"]
    assert lines[5].split() == [name for name, _ in bars]
    assert "25.7" in "".join(drawn(upright(bars, 64, 12).lines, 64))
    few = upright(bars, 15, 6)
    assert (len(few.lines), few.left_out) == (6, 3)


def test_small_amounts_keep_their_dinars() -> None:
    lines = drawn(upright([("9", Decimal(260)), ("10", Decimal(40))], 12, 5).lines, 12)
    assert lines[0].split() == ["260"]
    most = upright([("9", Decimal(90_000)), ("10", Decimal(40))], 8, 5)
    assert "<1" in "".join(drawn(most.lines, 12))


def test_plots_are_letters_where_there_are_no_blocks(letters: None) -> None:
    lines = drawn(with_axis(points((0, 10), (300, 90)), BEGIN, END, 40, 6), 40)
    lines += drawn([(lying(0.5, 8),)], 8)
    assert all(line.isascii() for line in lines)
    assert lines[-1] == "====    "
