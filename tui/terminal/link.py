"""The link to the terminal: how long it takes, when it is spared, and when a picture may go out.

A terminal answers the question where its cursor is (`ESC[6n`) when it has drawn everything that
was written before it. The first answer tells how long the link takes; those of a slow link tell
how much of what was written is still under way. A picture waits for that.
"""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

LONG = 0.150
"""A round trip above this (s) makes a link a slow one where the setting is auto."""

PAINT_SECONDS = 1.0
"""On a slow link pictures that no key asked for are at least so far apart."""

UNDER_WAY = 600
"""So many bytes may be under way to the terminal on a slow link when a picture goes out."""

SMALL = 100
"""The terminal of a slow link is asked with a picture when more bytes were written since."""

GIVE_UP = 15.0
"""A question that is not answered for so long (s) is not waited for any more."""

STUCK = 0.25
"""While the terminal has taken nothing for so long (s), nothing more is written, on any link."""

SHORTEST_WAIT, MARGIN, LONGEST_WAIT = 0.2, 0.1, 1.0
"""An escape waits for the round trip and a margin (s), within these bounds."""

SECONDS = 10.0
"""Rates are those of so many seconds."""

KEY_SECONDS = 0.5
"""What is written so soon after a key counts as its cost."""


class Asked(NamedTuple):
    """A question to the terminal: when it was asked, and how many bytes had been written."""

    at: float
    written: int


class TerminalLink:
    """What is known of the link, and whether it is spared.

    Args:
        setting: `ui.slow_line`: auto, on or off.
        steady: a clock that only goes forward, in seconds.

    Attributes:
        slow: whether the link is spared.
        trip: the round trip (s) that was measured, None before.
        blocked: for how long (s) the terminal has taken nothing of what waits for it.
    """

    def __init__(self, setting: str = "auto", steady: Callable[[], float] = monotonic) -> None:
        self._steady = steady
        self.meter = LinkMeter(steady)
        self.blocked: Callable[[], float] = float
        self.trip: float | None = None
        self._asked: deque[Asked] = deque()
        self._last_asked = self._seen = 0
        self._answers = True
        self._painted_at = float("-inf")
        self._key_at = float("-inf")
        self._hurried_at = float("-inf")
        self.setting = setting
        self.slow = setting == "on"

    @property
    def waits(self) -> float:
        """For how long (s) an answer has been waited for; 0 when none is."""
        return self._steady() - self._asked[0].at if self._asked else 0.0

    def key_wait(self) -> float:
        """Return for how long (s) an escape waits for the rest of a sequence before it is a key.

        What one key sends may come in two packets, the second late by about a round trip.
        """
        trip = LONG if self.trip is None else self.trip
        return min(LONGEST_WAIT, max(SHORTEST_WAIT, trip + MARGIN))

    def take(self, setting: str) -> None:
        """Spare the link or not as `ui.slow_line` says; auto measures it again."""
        self.setting, self.slow = setting, setting == "on"
        if setting == "auto":
            self.trip = None

    # What happened.

    def key(self) -> None:
        self._key_at = self._steady()
        self.meter.key()

    def hurry(self) -> None:
        """Let out what is drawn next, whatever is under way: something is to be hidden by it."""
        self._hurried_at = self._steady()

    def painted(self) -> None:
        self._painted_at = self._steady()

    def asked(self) -> None:
        self._last_asked = self.meter.total
        self._asked.append(Asked(self._steady(), self.meter.total))

    def answered(self, at: float) -> bool:
        """Note that the oldest question was answered at that steady time.

        Returns:
            Whether the link has turned out to be slow by that. It stays so: what is measured of a
            link that is spared says nothing of one that is not.
        """
        self._answers = True
        if not self._asked:
            return False
        question = self._asked.popleft()
        self._seen = question.written
        if self.trip is not None:
            return False
        self.trip = at - question.at
        if self.slow or self.setting != "auto" or self.trip <= LONG:
            return False
        self.slow = True
        return True

    def forget_questions(self) -> None:
        """Wait for no answer any more: the terminal was left to another program."""
        self._asked.clear()

    # What follows from it.

    def wants_answer(self) -> bool:
        """Tell whether to ask with the picture that goes out now."""
        self._give_up()
        if not self._answers:
            return False
        if self.slow:
            return self.meter.total - self._last_asked > SMALL
        return self.setting == "auto" and self.trip is None and not self._asked

    def behind(self) -> bool:
        """Tell whether much of what was written has not been seen on the terminal yet."""
        self._give_up()
        return bool(self._asked) and self.meter.total - self._seen > UNDER_WAY

    def wait(self) -> float:
        """Return for how long (s) the next picture has to wait at most; 0 when it may go out."""
        now = self._steady()
        if now - self._hurried_at < KEY_SECONDS:
            return 0.0
        if self.blocked() > STUCK:
            return STUCK
        if not self.slow:
            return 0.0
        if self.behind():
            return max(0.01, GIVE_UP - self.waits)
        if now - self._key_at < KEY_SECONDS:
            return 0.0
        return max(0.0, self._painted_at + PAINT_SECONDS - now)

    def _give_up(self) -> None:
        if self.waits > GIVE_UP:
            self._asked.clear()
            # A terminal that does not answer is not asked again.
            self._answers = False


class LinkFigures(NamedTuple):
    """Bytes and frames a second, the bytes of the last key, and all bytes since the start."""

    bytes_s: float
    frames_s: float
    key_bytes: int
    total: int


class LinkMeter:
    """Counts what is written.

    Args:
        steady: a clock that only goes forward, in seconds.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._began = steady()
        self._recent: deque[tuple[float, int, int]] = deque()
        self._key_at = float("-inf")
        self._key_bytes = 0
        self.total = 0

    def key(self) -> None:
        """Note that a key was pressed: what is written now is for it."""
        self._key_at, self._key_bytes = self._steady(), 0

    def wrote(self, size: int) -> None:
        now = self._steady()
        self.total += size
        if now - self._key_at <= KEY_SECONDS:
            self._key_bytes += size
        self._note(now, size, 0)

    def frame(self) -> None:
        """Count a picture, or the part of one that changed."""
        self._note(self._steady(), 0, 1)

    def figures(self) -> LinkFigures:
        now = self._steady()
        self._forget(now)
        seconds = min(SECONDS, max(1.0, now - self._began))
        recent = tuple(self._recent)
        return LinkFigures(
            sum(size for _, size, _ in recent) / seconds,
            sum(frames for _, _, frames in recent) / seconds,
            self._key_bytes,
            self.total,
        )

    def _note(self, now: float, size: int, frames: int) -> None:
        self._recent.append((now, size, frames))
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] < now - SECONDS:
            self._recent.popleft()
