"""How everything here looks on this terminal: which signs it is drawn with, how fine ages are."""

from typing import NamedTuple


class Look(NamedTuple):
    """What one terminal needs; a process draws on one terminal, so that one look is in force.

    `ascii` draws lines and signs in ASCII alone. `coarse` lets ages and countdowns change seldom
    and marks the cursor with few cells, for a line on which every byte is waited for.
    """

    ascii: bool = False
    coarse: bool = False


class _Current:
    look = Look()


def take(look: Look) -> None:
    """Draw like this from now on; what is on a screen has to be drawn again."""
    _Current.look = look


def now() -> Look:
    """Return the look that is in force."""
    return _Current.look
