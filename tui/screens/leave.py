"""Leaving while something is in flight: said first, and never by accident."""

from collections.abc import Sequence

from tui.screens.ask import AskScreen
from tui.screens.base import Frame


class LeaveScreen(AskScreen):
    """Asks whether to leave; staying is the default.

    Args:
        lines: what is in flight or not settled.
    """

    def __init__(self, frame: Frame, lines: Sequence[str]) -> None:
        super().__init__(frame, "Leave now?", lines, yes="Leave", no="Stay")
