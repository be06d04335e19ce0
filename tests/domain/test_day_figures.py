"""Where a plot of the day begins."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.day_figures import At, DayFigures

START = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "until", "begin"),
    [(16, 16.5, 13), (9, 16.5, 9), (1, 1.5, 0), (None, 16.5, 16)],
    ids=["one hour alone", "a whole day", "after midnight", "nothing yet"],
)
def test_a_plot_of_a_young_day_is_some_hours_long(
    first: int | None, until: float, begin: int
) -> None:
    spent = () if first is None else (At(START + timedelta(hours=first), Decimal(1)),)
    day = DayFigures(START, START + timedelta(hours=until), hours=spent)
    assert day.begin == START + timedelta(hours=begin)
