"""Figure 6: an open desk without orders, left alone for two minutes."""

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.stage import LIVE, stage
from tests.bench.tty import measures

SECONDS = 120.0


def figures() -> Iterator[Figure]:
    """Measure it."""
    with stage() as on:
        session, _ = measures.start(on.console(ready=LIVE))
        with session:
            session.rest(5)
            cost = measures.idle(session, SECONDS)
    yield Figure("6a", "idle for two minutes: bytes", 2, cost.bytes_s, "B/s")
    yield Figure("6b", "... CPU", 0.5, cost.cpu_pct, "%", f"{cost.wakeups_s:.1f} wake-ups a second")
