"""How long somebody waits for an order: seconds, a bar of the usual time, the next question."""

from datetime import datetime
from math import ceil

from services.domain.book import PollState, UsualTime
from widgets.drawing import style
from widgets.drawing.cells import HOUR, MINUTE
from widgets.drawing.ink import Cell, Line

WORD = 10
"""How wide the word before a bar is, so that the bars are below one another."""

SLOW = "○ slow"
COARSE_SECONDS = 5
"""In steps of so many seconds an order counts on a slow line."""


def counted(word: Cell, seconds: float, usual: UsualTime | None, bar: int, of: str = "") -> Line:
    """Return a state that counts its seconds, with a bar that is full at the usual time.

    Args:
        word: the sign and the word of the state.
        seconds: since when it is in it.
        usual: how long that usually takes; where it is not known the bar is left blank.
        bar: how many cells the bar has.
        of: what is before the usual time, which is left out where this is empty.
    """
    text, ink = word
    whole = int(seconds)
    if style.now().coarse:
        whole -= whole % COARSE_SECONDS
    if usual is not None and whole > usual.slow:
        text, ink = SLOW, "warn"
    text = f"{text:<{WORD}} "
    said = f" {elapsed(whole)}"
    if usual is None or not bar:
        return Cell(text, ink), Cell(" " * bar), Cell(said if bar else said[1:], ink)
    done = min(bar, int(bar * whole / max(1.0, usual.seconds)))
    rest = Cell("─" * (bar - done), "dim")
    limit = f"{of}{elapsed(round(usual.seconds))}" if of else ""
    return Cell(text + "━" * done, ink), rest, Cell(said, ink), Cell(limit, "dim")


def elapsed(seconds: int) -> str:
    """Return a time that has passed, in four cells: ` 7 s`, `12 m`, ` 3 h`."""
    if seconds < 100:
        return f"{seconds:>2} s"
    if seconds < 100 * MINUTE:
        return f"{seconds // MINUTE:>2} m"
    return f"{seconds // HOUR:>2} h"


def next_check(poll: PollState, now: datetime | None) -> Cell | None:
    """Say when the vendor is asked about open orders again; not on a slow line."""
    if poll.next_at is None or now is None or poll.state != "live" or style.now().coarse:
        return None
    seconds = ceil((poll.next_at - now).total_seconds())
    return Cell(f"looks again in {seconds} s" if seconds > 0 else "looks again now", "busy")


def in_short(check: Cell) -> Cell:
    """Return the same where there is less room: `looks in 3 s`."""
    return Cell(check.text.replace(" again", "", 1), check.ink)
