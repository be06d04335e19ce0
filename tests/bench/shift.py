"""Figure 18: a shift of eight hours at 500 orders an hour, played in minutes."""

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.stage import DESK_READY, Stage, stage
from tests.bench.tty import measures

CATALOGUE = r"SANDBOX[\s\S]*PUBG Mobile"
HOURS = 8
AN_HOUR = 500
REST = 3.0
"""Seconds after which a console has drawn what came, and memory is read."""


def figures() -> Iterator[Figure]:
    """Measure them."""
    with stage() as on:
        after = list(_shift(on))
        # What the same orders take in a console that has just read them from the journal.
        session, _ = measures.start(on.console(ready=DESK_READY))
        with session:
            fresh = measures.rss_mb(session, REST)
    first, last = after[0], after[-1]
    note = f"{first:.1f} MB after the first hour, {last:.1f} MB after the last"
    yield Figure("18a", "a shift of 4,000 orders: RSS", 1.05, last / first, "x", note)
    note = f"a console just opened on the same 4,000 orders: {fresh:.1f} MB"
    yield Figure("18b", "... against a console just opened", 1.05, last / fresh, "x", note)


def _shift(on: Stage) -> Iterator[float]:
    """Yield the memory (MB) of one console after each hour."""
    with on.arrivals(AN_HOUR) as hour:
        session, _ = measures.start(on.console(ready=CATALOGUE))
        with session:
            for _ in range(HOURS):
                hour(session)
                yield measures.rss_mb(session, REST)
