"""What counts as a yes, by the times of the keys alone."""

from decimal import Decimal

import pytest

from tui.screens.parts.ticket_keys import Confirmation

OPENED = 100.0


def opened(total: str = "") -> Confirmation:
    return Confirmation(OPENED, Decimal(total) if total else None)


def test_y_and_then_enter_confirm() -> None:
    asked = opened()
    assert asked.hear("yes", "y", OPENED + 1) == "armed"
    assert asked.hear("enter", "\r", OPENED + 1.2) == "confirmed"


def test_everything_is_ignored_while_deaf() -> None:
    asked = opened()
    assert asked.hear("yes", "y", OPENED + 0.39) == "early"
    assert asked.hear("other", "x", OPENED + 0.39) == "early"


def test_an_enter_after_an_ignored_yes_does_not_cancel() -> None:
    asked = opened()
    asked.hear("yes", "y", OPENED + 0.2)
    assert asked.hear("enter", "\r", OPENED + 0.6) == "again"
    assert asked.hear("enter", "\r", OPENED + 2) == "again"
    assert asked.hear("yes", "y", OPENED + 3) == "armed"
    assert asked.hear("enter", "\r", OPENED + 4) == "confirmed"


def test_a_yes_before_the_review_counts_as_ignored_too() -> None:
    asked = Confirmation(OPENED, missed=True)
    assert asked.hear("enter", "\r", OPENED + 1) == "again"
    assert asked.hear("other", "x", OPENED + 2) == "disarmed"
    assert asked.hear("enter", "\r", OPENED + 3) == "cancelled"


def test_enter_alone_cancels() -> None:
    assert opened().hear("enter", "\r", OPENED + 1) == "cancelled"


def test_a_held_enter_is_one_enter() -> None:
    asked = opened()
    heard = [asked.hear("enter", "\r", OPENED + 0.03 * press) for press in range(100)]
    assert set(heard) == {"early", "together"}


@pytest.mark.parametrize("apart", [0.0, 0.001, 0.02])
def test_y_and_enter_of_one_paste_do_not_confirm(apart: float) -> None:
    asked = opened()
    asked.hear("yes", "y", OPENED + 1)
    assert asked.hear("enter", "\r", OPENED + 1 + apart) == "together"
    assert not asked.armed
    assert asked.hear("enter", "\r", OPENED + 2) == "again"


def test_another_key_takes_the_yes_back() -> None:
    asked = opened()
    asked.hear("yes", "y", OPENED + 1)
    assert asked.hear("other", "x", OPENED + 2) == "disarmed"
    assert asked.hear("enter", "\r", OPENED + 3) == "cancelled"


def test_the_whole_total_arms_and_less_does_not() -> None:
    asked = opened("48250.50")
    assert asked.hear("yes", "y", OPENED + 1) == "wrong"
    at = OPENED + 2
    for digit in "48250,5":
        asked.hear("other", digit, at)
        at += 0.1
    assert asked.armed
    for _ in range(3):
        asked.erase()
    assert not asked.armed
    assert asked.hear("enter", "\r", at + 1) == "wrong"
    assert asked.typed == "4825"


def test_a_total_and_enter_of_one_paste_do_not_confirm() -> None:
    asked = opened("4825")
    for digit in "4825":
        asked.hear("other", digit, OPENED + 1)
    assert asked.hear("enter", "\r", OPENED + 1) == "together"
    assert not asked.armed
