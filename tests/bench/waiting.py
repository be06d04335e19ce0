"""Figure 6: an open desk without orders, left alone for two minutes."""

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.stage import LIVE, stage
from tests.bench.tty import measures
from tests.bench.tty.measures import Quiet

SECONDS = 120.0


def figures() -> Iterator[Figure]:
    """Measure it at a vendor where nothing happens, then where prices and stock move."""
    cost = alone(moving=False)
    yield Figure("6a", "idle for two minutes: bytes", 2, cost.bytes_s, "B/s")
    yield Figure("6b", "... CPU", 0.5, cost.cpu_pct, "%", f"{cost.wakeups_s:.1f} wake-ups a second")
    moved = alone(moving=True)
    yield Figure("6c", "... while prices and stock in sight move: bytes", 20, moved.bytes_s, "B/s")


def alone(*, moving: bool) -> Quiet:
    """Leave a desk alone."""
    with stage(moving=moving) as on:
        session, _ = measures.start(on.console(ready=LIVE))
        with session:
            session.rest(5)
            return measures.idle(session, SECONDS)
