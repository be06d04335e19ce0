"""The link to the terminal: what is measured, when it is spared, and what may go out when."""

from typing import Any

import pytest

from tests.conftest import StillClock
from tui.terminal.link import (
    GIVE_UP,
    KEY_SECONDS,
    LONG,
    PAINT_SECONDS,
    SMALL,
    STUCK,
    UNDER_WAY,
    LinkMeter,
    TerminalLink,
)


class Wire:
    """A link on a clock of its own, to a terminal that answers after `trip` seconds."""

    def __init__(self, setting: str = "auto", trip: float = 0.01) -> None:
        self.clock = StillClock()
        self.line = TerminalLink(setting, self.clock.steady)
        self.trip = trip
        # As the driver does when it takes the terminal over.
        self.line.asked()

    def paint(self, size: int = 2 * SMALL) -> bool:
        """Write a picture as the app does; whether the terminal was asked with it."""
        self.line.painted()
        self.line.meter.wrote(size)
        asks = self.line.wants_answer()
        if asks:
            self.line.asked()
        return asks

    def answer(self) -> bool:
        """Whether the link has turned out to be slow by this answer."""
        self.clock.advance(self.trip)
        return self.line.answered(self.clock.steady())


@pytest.mark.parametrize(("trip", "slow"), [(0.02, False), (0.14, False), (0.2, True)])
def test_auto_spares_a_link_whose_round_trip_is_long(trip: float, slow: bool) -> None:
    wire = Wire(trip=trip)
    assert wire.answer() is slow
    assert wire.line.slow is slow
    assert wire.line.trip == pytest.approx(trip)


def test_one_round_trip_is_measured_and_no_other() -> None:
    wire = Wire()
    wire.answer()
    wire.trip = 9 * LONG
    assert not wire.paint()
    wire.line.asked()
    assert not wire.answer()
    assert wire.line.trip == pytest.approx(0.01)


@pytest.mark.parametrize("setting", ["on", "off"])
def test_a_setting_decides_whatever_is_measured(setting: str) -> None:
    wire = Wire(setting, trip=0.01 if setting == "on" else 5)
    assert wire.line.slow is (setting == "on")
    assert not wire.answer()
    assert wire.line.slow is (setting == "on")


def test_auto_said_again_measures_again() -> None:
    wire = Wire(trip=1)
    assert wire.answer()
    wire.line.take("auto")
    assert not wire.line.slow
    wire.trip = 0.01
    assert wire.paint()
    assert not wire.answer()
    assert not wire.paint()


def test_a_terminal_that_never_answers_is_asked_no_more() -> None:
    wire = Wire()
    wire.clock.advance(GIVE_UP + 1)
    assert not wire.paint()
    wire.line.take("on")
    assert not wire.paint(2 * UNDER_WAY)
    assert wire.line.wait() <= PAINT_SECONDS
    wire.line.answered(wire.clock.steady())
    assert wire.paint()


def test_a_terminal_left_to_another_program_owes_no_answer() -> None:
    wire = Wire()
    wire.line.forget_questions()
    assert not wire.line.waits
    assert not wire.answer()


def test_without_a_key_pictures_on_a_slow_link_are_a_second_apart() -> None:
    wire = Wire("on")
    wire.answer()
    assert wire.line.wait() == 0
    wire.paint()
    wire.answer()
    assert wire.line.wait() == pytest.approx(PAINT_SECONDS - wire.trip)
    wire.clock.advance(PAINT_SECONDS)
    assert wire.line.wait() == 0


def test_a_key_is_answered_at_once() -> None:
    wire = Wire("on")
    wire.answer()
    wire.paint()
    wire.answer()
    wire.line.key()
    assert wire.line.wait() == 0


def test_what_is_under_way_is_waited_for_even_with_a_key() -> None:
    wire = Wire("on", trip=0.5)
    wire.answer()
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
    wire.answer()
    wire.paint(10 * UNDER_WAY)
    wire.line.blocked = lambda: 2 * STUCK
    assert wire.line.wait() > 0
    wire.line.hurry()
    assert wire.line.wait() == 0
    wire.clock.advance(1)
    assert wire.line.wait() > 0


def test_an_answer_that_was_lost_is_not_waited_for_for_ever() -> None:
    wire = Wire("on")
    wire.answer()
    wire.paint(10 * UNDER_WAY)
    assert wire.line.wait() == pytest.approx(GIVE_UP)
    wire.clock.advance(GIVE_UP)
    assert wire.line.behind()
    wire.clock.advance(0.1)
    assert not wire.line.behind()
    assert wire.line.wait() == 0


def test_nothing_is_held_back_on_a_link_that_is_not_slow() -> None:
    wire = Wire("off")
    wire.paint(100 * UNDER_WAY)
    assert wire.line.wait() == 0


def test_while_the_terminal_takes_nothing_nothing_is_written() -> None:
    line = Wire("off").line
    line.blocked = lambda: 2 * STUCK
    assert line.wait() == STUCK


def test_rates_are_those_of_ten_seconds_and_a_key_has_its_own_cost() -> None:
    clock = StillClock()
    meter = LinkMeter(clock.steady)
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


@pytest.mark.parametrize(("trip", "waits"), [(None, 0.25), (0.001, 0.2), (0.3, 0.4), (9.0, 1.0)])
def test_an_escape_waits_as_long_as_the_round_trip(trip: float | None, waits: float) -> None:
    wire = Wire("off")
    if trip is not None:
        wire.trip = trip
        wire.answer()
    assert wire.line.key_wait() == pytest.approx(waits)
