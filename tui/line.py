"""The line to the terminal: how long it takes, when it is spared, and when a picture may go out.

A terminal answers the question where its cursor is (`ESC[6n`) when it has drawn everything that
was written before it. So the answer tells two things: how long the line takes, and how much of
what was written is still under way. Pictures that nobody has seen yet are not worth sending.
"""

import statistics
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from tui.line_meter import KEY_SECONDS, LineMeter

LONG = 0.150
"""A median round trip above this (s) turns thin line mode on where the setting is auto."""

SAMPLES, ENOUGH = 5, 3
"""The median is of so many round trips, and counts from so many on."""

BLOCKED = 1.0
"""A terminal that takes nothing for so long (s) is on a line that is spared from then on."""

PAINT_SECONDS = 1.0
"""On a thin line pictures that no key asked for are at least so far apart."""

UNDER_WAY = 600
"""So many bytes may be under way to the terminal on a thin line when a picture goes out."""

SMALL = 100
"""The terminal of a thin line is asked with a picture when more bytes were written since."""

GIVE_UP, SLOWEST, LONGEST = 5.0, 300, 20.0
"""A question that is not answered for so long (s) is not waited for any more, on top of the time
that what is under way takes at so many bytes a second, which is taken for so long at most."""

UNSURE = 0.5
"""A first answer is waited for so long (s) before a second picture goes out."""

STUCK = 0.25
"""While the terminal has taken nothing for so long (s), nothing more is written, on any line."""

AGAIN = 30.0
"""So far apart (s) are questions on a line that is not thin, and each goes with a key's picture."""


class Asked(NamedTuple):
    """A question to the terminal: when it was asked, and how many bytes had been written."""

    at: float
    written: int


class Line:
    """What is known of the line, and whether it is spared.

    Args:
        setting: `ui.slow_line`: auto, on or off.
        steady: a clock that only goes forward, in seconds.
        far: tells the round trip (s) of the connection behind the terminal, where it is known.

    Attributes:
        thin: whether the line is spared.
        watched: whether somebody looks at the figures, so that they are to be kept fresh.
        blocked: for how long (s) the terminal has taken nothing of what waits for it.
    """

    def __init__(
        self,
        setting: str = "auto",
        steady: Callable[[], float] = monotonic,
        far: Callable[[], float | None] | None = None,
    ) -> None:
        self._steady = steady
        self.meter = LineMeter(steady)
        self.watched = False
        self.blocked: Callable[[], float] = float
        self._far = far
        self._trips: deque[float] = deque(maxlen=SAMPLES)
        self._asked: deque[Asked] = deque()
        self._last_asked = float("-inf")
        self._asked_written = self._seen = 0
        self._answers = False
        self._mute = False
        self._painted_at = float("-inf")
        self._key_at = float("-inf")
        self._hurried_at = float("-inf")
        self.setting = setting
        self.thin = setting == "on"

    @property
    def median(self) -> float | None:
        """The median round trip (s), None while too few are known."""
        trips = tuple(self._trips)
        return statistics.median(trips) if len(trips) >= ENOUGH else None

    @property
    def trip(self) -> float | None:
        """The round trip (s): the terminal's, or that of the way to it, whichever is longer."""
        known = (self.median, self._far() if self._far is not None else None)
        return max((each for each in known if each is not None), default=None)

    @property
    def unsure(self) -> bool:
        """Whether the line may turn out to be long, so that it is spared as well as can be."""
        if self.thin or self.setting != "auto" or self._mute or len(self._trips) >= ENOUGH:
            return False
        return min(self._trips) > LONG if self._trips else bool(self._asked)

    @property
    def waits(self) -> float:
        """For how long (s) an answer has been waited for; 0 when none is."""
        return self._steady() - self._asked[0].at if self._asked else 0.0

    def take(self, setting: str) -> None:
        """Spare the line or not as `ui.slow_line` says; auto measures it anew."""
        self.setting, self.thin = setting, setting == "on"
        self._trips.clear()

    def judge(self) -> bool:
        """Turn thin line mode on when auto finds the line long; returns whether it did.

        It stays on: what is measured of a line that is spared says nothing of one that is not.
        """
        if self.thin or self.setting != "auto":
            return False
        trip = self.trip
        self.thin = (trip is not None and trip > LONG) or self.blocked() > BLOCKED
        return self.thin

    # What happened.

    def key(self) -> None:
        """Note that a key was pressed."""
        self._key_at = self._steady()
        self.meter.key()

    def hurry(self) -> None:
        """Let out what is drawn next, whatever is under way: something is to be hidden by it."""
        self._hurried_at = self._steady()

    def painted(self) -> None:
        """Note that a picture goes out now."""
        self._painted_at = self._steady()

    def asked(self) -> None:
        """Note that the terminal was asked."""
        self._last_asked = self._steady()
        self._asked_written = self.meter.total
        self._asked.append(Asked(self._last_asked, self.meter.total))

    def answered(self, at: float) -> None:
        """Note that the oldest question was answered at that steady time, if one was asked."""
        self._answers, self._mute = True, False
        if self._asked:
            question = self._asked.popleft()
            self._seen = question.written
            self.took(at - question.at)

    def took(self, seconds: float) -> None:
        """Note how long a round trip took."""
        self._trips.append(seconds)

    def forget_questions(self) -> None:
        """Wait for no answer any more: the terminal was left to somebody else."""
        self._asked.clear()

    # What follows from it.

    def wants_answer(self) -> bool:
        """Tell whether to ask with the picture that goes out now."""
        self._give_up()
        if self._mute or (self._asked and not (self.thin and self._answers)):
            return False
        if self.thin:
            return self.meter.total - self._asked_written > SMALL
        if self.setting != "auto" and not self.watched:
            return False
        now = self._steady()
        if len(self._trips) < ENOUGH:
            return True
        return now - self._last_asked > AGAIN and now - self._key_at < KEY_SECONDS

    def behind(self) -> bool:
        """Tell whether much of what was written has not been seen on the terminal yet."""
        self._give_up()
        return self._answers and bool(self._asked) and self._under_way > UNDER_WAY

    def wait(self) -> float:
        """Return for how long (s) the next picture has to wait at most; 0 when it may go out."""
        if self._steady() - self._hurried_at < KEY_SECONDS:
            return 0.0
        if self.blocked() > STUCK:
            return STUCK
        if self.behind() and (self.thin or self.unsure):
            return max(0.01, self._patience - self.waits)
        if self.unsure and not self._answers and self._under_way > UNDER_WAY:
            return max(0.0, UNSURE - self.waits)
        if not self.thin:
            return 0.0
        now = self._steady()
        if now - self._key_at < KEY_SECONDS:
            return 0.0
        return max(0.0, self._painted_at + PAINT_SECONDS - now)

    @property
    def _under_way(self) -> int:
        """The bytes that were written since the picture that was answered for last."""
        return self.meter.total - self._seen

    @property
    def _patience(self) -> float:
        return GIVE_UP + min(LONGEST, self._under_way / SLOWEST)

    def _give_up(self) -> None:
        if self._asked and self.waits > self._patience:
            self._asked.clear()
            # A terminal that never answered is not asked for ever.
            self._mute = not self._answers
