"""What happened to an order, in as many lines as there are."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from services.domain.timeline import TimelineEntry
from widgets.drawing.steps import last_steps

BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)


def entries(count: int) -> list[TimelineEntry]:
    amounts = tuple((f"amount of step {n}", Decimal(1961)) for n in range(3))
    return [
        TimelineEntry(BEGAN + timedelta(seconds=n), f"Step {n}", amounts=amounts)
        for n in range(count)
    ]


def said(room: int, width: int = 40, *, privacy: bool = False) -> list[str]:
    lines = last_steps(entries(4), width, room, privacy, "t")
    return ["".join(cell.text for cell in line) for line in lines]


def test_all_of_it_is_there_where_it_fits() -> None:
    whole = said(30)
    assert sum("Step" in line for line in whole) == 4
    assert not any("…" in line or "earlier" in line for line in whole)


def test_else_each_step_is_a_line_that_says_there_is_more() -> None:
    lines = said(5)
    assert len(lines) == 4
    assert all("Step" in line and line.endswith("…") and len(line) <= 40 for line in lines)


def test_of_too_many_the_last_ones_are_there() -> None:
    assert said(3)[0].startswith("2 earlier steps")
    assert "Step 3" in said(3)[-1]
    assert said(1) == ["4 earlier steps, t shows all"]
    assert said(0) == []


def test_privacy_masks_the_amounts() -> None:
    assert not any("1 961" in line for line in said(30, 200, privacy=True))
