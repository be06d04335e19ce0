"""How long an order is waited for: its seconds, the bar of the usual time, the next question."""

from datetime import datetime, timedelta

import pytest

from services.domain.book import PollState, UsualTime
from widgets.drawing.ink import Cell
from widgets.drawing.waiting import counted, elapsed, next_check

HANDLING = Cell("○ handling", "busy")


@pytest.mark.parametrize(
    ("seconds", "usual", "said"),
    [
        (7, None, "○ handling           7 s"),
        (2, UsualTime(8.0, 20.0), "○ handling ━━──────  2 s of  8 s"),
        (9, UsualTime(8.0, 20.0), "○ handling ━━━━━━━━  9 s of  8 s"),
        (31, UsualTime(8.0, 20.0), "○ slow     ━━━━━━━━ 31 s of  8 s"),
    ],
)
def test_the_seconds_are_counted_beside_the_usual_time(
    seconds: float, usual: UsualTime | None, said: str
) -> None:
    line = counted(HANDLING, seconds, usual, 8, " of ")
    assert "".join(cell.text for cell in line) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(7, " 7 s"), (99, "99 s"), (100, " 1 m"), (720, "12 m"), (7200, " 2 h")]
)
def test_a_time_takes_four_cells(seconds: int, said: str) -> None:
    assert elapsed(seconds) == said


def test_the_next_question_is_counted_down_while_the_vendor_answers(now: datetime) -> None:
    soon = now + timedelta(seconds=2.4)
    assert next_check(PollState("live", next_at=soon), now) == Cell("looks again in 3 s", "busy")
    assert next_check(PollState("live", next_at=now), now) == Cell("looks again now", "busy")
    assert next_check(PollState("failing", next_at=soon), now) is None
    assert next_check(PollState("live"), now) is None
