"""The line to the terminal: what is measured, when it is spared, and what may go out when."""

from typing import Any

import pytest

from tests.conftest import StillClock
from tui.line import (
    AGAIN,
    GIVE_UP,
    LONG,
    PAINT_SECONDS,
    SLOWEST,
    SMALL,
    STUCK,
    UNDER_WAY,
    UNSURE,
    Line,
)
from tui.line_meter import KEY_SECONDS, LineMeter


class Wire:
    """A line on a clock of its own, to a terminal that answers after `trip` seconds."""

    def __init__(self, setting: str = "auto", trip: float = 0.01) -> None:
        self.clock = StillClock()
        self.line = Line(setting, self.clock.steady)
        self.trip = trip

    def paint(self, size: int = 2 * SMALL) -> bool:
        """Write a picture as the app does; whether the terminal was asked with it."""
        self.line.painted()
        self.line.meter.wrote(size)
        asks = self.line.wants_answer()
        if asks:
            self.line.asked()
        return asks

    def answer(self) -> None:
        self.clock.advance(self.trip)
        self.line.answered(self.clock.steady())

    def measure(self, times: int = 3) -> None:
        for _ in range(times):
            assert self.paint()
            self.answer()


@pytest.mark.parametrize(("trip", "thin"), [(0.02, False), (0.14, False), (0.2, True)])
def test_auto_spares_a_line_whose_round_trip_is_long(trip: float, thin: bool) -> None:
    wire = Wire(trip=trip)
    wire.measure()
    assert wire.line.judge() is thin
    assert wire.line.thin is thin
    assert wire.line.median == pytest.approx(trip)


def test_one_late_answer_is_not_a_long_line() -> None:
    wire = Wire()
    wire.measure(1)
    wire.trip = 3.0
    wire.measure(1)
    wire.trip = 0.01
    wire.measure(1)
    assert not wire.line.judge()


def test_too_few_answers_say_nothing() -> None:
    wire = Wire(trip=2 * LONG)
    wire.measure(2)
    assert wire.line.median is None
    assert not wire.line.judge()


def test_a_terminal_that_takes_nothing_is_on_a_line_to_be_spared() -> None:
    line = Wire().line
    line.blocked = lambda: 1.5
    assert line.judge()


@pytest.mark.parametrize("setting", ["on", "off"])
def test_a_setting_decides_without_measuring(setting: str) -> None:
    wire = Wire(setting, trip=0.01 if setting == "on" else 5)
    assert wire.line.thin is (setting == "on")
    wire.line.took(wire.trip)
    wire.line.took(wire.trip)
    wire.line.took(wire.trip)
    assert not wire.line.judge()
    assert wire.line.thin is (setting == "on")


def test_auto_said_again_measures_anew() -> None:
    wire = Wire(trip=1)
    wire.measure()
    wire.line.judge()
    wire.line.take("auto")
    wire.trip = 0.01
    wire.measure()
    assert not wire.line.judge()
    assert not wire.line.thin


def test_a_quiet_line_that_is_known_is_asked_nothing() -> None:
    wire = Wire()
    wire.measure()
    wire.clock.advance(2 * AGAIN)
    assert not wire.paint()
    wire.line.key()
    assert wire.paint()
    wire.answer()
    wire.line.key()
    assert not wire.paint()


def test_a_terminal_that_never_answers_is_asked_once() -> None:
    wire = Wire()
    assert wire.paint()
    assert not wire.paint()
    wire.clock.advance(GIVE_UP + 1)
    assert not wire.paint()
    wire.line.take("on")
    assert not wire.paint()
    assert wire.line.wait() <= PAINT_SECONDS


def test_until_a_first_answer_is_here_the_line_is_taken_for_a_long_one() -> None:
    wire = Wire(trip=2 * LONG)
    assert not wire.line.unsure
    wire.paint(2 * UNDER_WAY)
    assert wire.line.unsure
    assert wire.line.wait() == UNSURE
    wire.answer()
    assert wire.line.unsure
    assert wire.line.wait() == 0
    wire.measure(2)
    assert wire.line.judge()
    assert not wire.line.unsure


def test_a_first_answer_that_comes_at_once_ends_the_doubt() -> None:
    wire = Wire()
    wire.paint(2 * UNDER_WAY)
    wire.answer()
    assert not wire.line.unsure
    assert wire.line.wait() == 0


def test_a_terminal_that_never_answers_is_waited_for_a_moment_once() -> None:
    wire = Wire()
    wire.paint(2 * UNDER_WAY)
    assert wire.line.wait() == UNSURE
    wire.clock.advance(UNSURE)
    assert wire.line.wait() == 0
    wire.clock.advance(10 * GIVE_UP)
    wire.paint()
    assert not wire.line.unsure
    assert wire.line.wait() == 0


def test_off_asks_nothing_unless_somebody_looks_at_the_figures() -> None:
    wire = Wire("off")
    assert not wire.paint()
    wire.line.watched = True
    assert wire.paint()


def test_without_a_key_pictures_on_a_thin_line_are_a_second_apart() -> None:
    wire = Wire("on")
    assert wire.line.wait() == 0
    wire.paint()
    wire.answer()
    assert wire.line.wait() == pytest.approx(PAINT_SECONDS - wire.trip)
    wire.clock.advance(PAINT_SECONDS)
    assert wire.line.wait() == 0


def test_a_key_is_answered_at_once() -> None:
    wire = Wire("on")
    wire.measure()
    wire.paint()
    wire.answer()
    wire.line.key()
    assert wire.line.wait() == 0


def test_what_is_under_way_is_waited_for_even_with_a_key() -> None:
    wire = Wire("on", trip=0.5)
    wire.measure()
    wire.line.key()
    wire.paint(UNDER_WAY // 2)
    assert wire.line.wait() == 0
    wire.paint(2 * UNDER_WAY)
    assert wire.line.wait() > 1
    wire.answer()
    assert wire.line.wait() > 1
    wire.answer()
    wire.line.key()
    assert wire.line.wait() == 0


def test_what_hides_something_waits_for_nothing() -> None:
    wire = Wire("on")
    wire.measure()
    wire.paint(10 * UNDER_WAY)
    wire.line.blocked = lambda: 2 * STUCK
    assert wire.line.wait() > 0
    wire.line.hurry()
    assert wire.line.wait() == 0
    wire.clock.advance(1)
    assert wire.line.wait() > 0


def test_an_answer_that_was_lost_is_not_waited_for_for_ever() -> None:
    wire = Wire("on")
    wire.measure()
    wire.paint(10 * SLOWEST)
    assert wire.line.wait() == pytest.approx(GIVE_UP + 10)
    wire.clock.advance(GIVE_UP + 9)
    assert wire.line.behind()
    wire.clock.advance(1.1)
    assert not wire.line.behind()
    assert wire.line.wait() == 0


def test_nothing_is_held_back_on_a_line_that_is_not_thin() -> None:
    wire = Wire("off")
    wire.paint(100 * UNDER_WAY)
    assert wire.line.wait() == 0


def test_while_the_terminal_takes_nothing_nothing_is_written_on_any_line() -> None:
    line = Wire("off").line
    line.blocked = lambda: 2 * STUCK
    assert line.wait() == STUCK


def test_rates_are_those_of_ten_seconds_and_a_key_has_its_own_cost() -> None:
    clock = StillClock()
    meter = LineMeter(clock.steady)
    clock.advance(20)
    meter.wrote(1_000)
    meter.frame()
    clock.advance(5)
    meter.key()
    meter.wrote(200)
    meter.frame()
    clock.advance(KEY_SECONDS + 0.1)
    meter.wrote(50)
    figures: Any = meter.figures()
    assert figures == (125, 0.2, 200, 1_250)
    clock.advance(9)
    assert meter.figures().bytes_s == 25
