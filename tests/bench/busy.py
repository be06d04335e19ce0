"""Figures 7-11: many orders that change, one that changes, and keys pressed meanwhile."""

import statistics
from collections.abc import Iterator

from tests.bench import seed
from tests.bench.figures import Figure
from tests.bench.stage import LIVE, Stage, stage
from tests.bench.tty import measures
from tests.bench.tty.session import Session

FOLLOWING = r"(?:SANDBOX|PRODUCTION) +\d.* connected"
BUSY_SECONDS = 20.0
PRESSES = 120
ORDERS = "3"
POSITION = r" (\d+)/1\d*0 [─-]"
"""On the screen: where the cursor is in the order board."""

IN_SIGHT = ["down"] * 15 + ["up"] * 15
CURRENT_PANE = r"\u258c *(\S+)"


def figures() -> Iterator[Figure]:
    """Measure them."""
    calm = 0.0
    for count in (100, 1_000, 10_000):
        with stage(seed.records(count, still_open=True)) as on, on.neighbour(0.01):
            cost, keys = changing(on)
        if count == 100:
            calm = keys
            continue
        what = f"{count:,} orders, 1 % changing a second"
        yield Figure("7a", f"{what}: bytes", 500, cost.bytes_s, "B/s")
        note = f"{calm:.1f} ms with 100 orders, {keys:.1f} ms"
        yield Figure("7b", f"{what}: key p95 against 100 orders", 1.5, keys / calm, "x", note)
        yield Figure("7c", f"{what}: CPU", 2, cost.cpu_pct, "%")
    yield from one_change()
    with stage(seed.records(10_000, still_open=False)) as on:
        yield from pressing(on)


def changing(on: Stage) -> tuple[measures.Quiet, float]:
    """Watch a board that changes by itself; its cost, and the p95 of the cursor keys, in ms."""
    session, _ = measures.start(on.console(ready=FOLLOWING))
    with session:
        session.play([ORDERS])
        session.rest(3)
        cost = measures.idle(session, BUSY_SECONDS)
        session.watch(POSITION)
        keys = measures.keys(session, IN_SIGHT, PRESSES, limit=0.05)
    return cost, keys.p95_ms


def one_change() -> Iterator[Figure]:
    """Change one order in sight, again and again: how much is written for it."""
    orders = seed.records(100, still_open=True)
    with (
        stage(orders) as on,
        on.neighbour(0, orders[-3].id) as neighbour,
        measures.start(on.console(ready=FOLLOWING))[0] as session,
    ):
        assert neighbour.stdin is not None
        session.rest(3)
        sizes: list[int] = []
        frames: list[int] = []
        for _ in range(10):
            session.quiet(0.5, 5)
            seen = len(session.chunks)
            neighbour.stdin.write("\n")
            neighbour.stdin.flush()
            session.wait(lambda seen=seen: len(session.chunks) > seen, 5, "the change")
            session.quiet(0.3, 1)
            sizes.append(sum(chunk.size for chunk in session.chunks[seen:]))
            frames.append(len(session.chunks) - seen)
    yield Figure("8a", "one order changes in view: bytes", 300, statistics.median(sizes), "B")
    yield Figure("8b", "... frames", 1, statistics.median(frames), "frames")


def pressing(on: Stage) -> Iterator[Figure]:
    """Press keys with 10,000 orders on the board."""
    session, _ = measures.start(on.console(ready=LIVE), timeout=120)
    with session:
        session.rest(5)
        session.play([ORDERS])
        yield from _single_keys(session)
        yield from _openings(session)
        yield _burst(session)


def _single_keys(session: Session) -> Iterator[Figure]:
    rounds = (
        ("9a", "cursor down", IN_SIGHT, POSITION),
        ("9b", "page down", ["pagedown"], POSITION),
        ("9c", "pane switch", ["tab"], CURRENT_PANE),
    )
    for number, what, names, watched in rounds:
        session.play([ORDERS, "g"])
        session.watch(watched)
        found = measures.keys(session, names, PRESSES)
        yield _key_figure(number, f"{what}, 10,000 orders: p95", found)
    session.watch()
    session.play([ORDERS, "/"])
    found = measures.keys(session, [*"netflix", *["backspace"] * 7], PRESSES)
    session.play(["escape", "escape"])
    yield _key_figure("9d", "filter keystroke, 10,000 orders: p95", found)


def _key_figure(number: str, what: str, found: measures.Keys) -> Figure:
    note = f"p50 {found.p50_ms:.1f} ms, {found.bytes:.0f} B and {found.cpu_ms:.1f} ms of CPU a key"
    if found.missed:
        note += f", {found.missed} without effect"
    return Figure(number, what, 15, found.p95_ms, "ms", note)


def _openings(session: Session) -> Iterator[Figure]:
    rounds = (
        ("10a", "opening the ticket: p95", "2", ["b"], "enter Review"),
        ("10b", "opening an order: p95", ORDERS, ["enter"], r" Order  "),
        ("10c", "opening the palette: p95", ORDERS, [":"], "go: Stock"),
    )
    for number, what, pane, names, pattern in rounds:
        session.play([pane])
        p50, p95 = measures.action(session, names, pattern, ["escape"], 20)
        yield Figure(number, what, 60, p95, "ms", f"p50 {p50:.1f} ms")


def _burst(session: Session) -> Figure:
    session.play([ORDERS, "g"])
    session.watch(POSITION)
    took = measures.burst(session, "down", 50, 7, ["g"])
    lost = 0 if "51/10000" in session.term.text() else 1
    note = "none lost" if not lost else "the cursor is not where 50 presses lead"
    return Figure("11", "50 keys in one burst are caught up", 100, took, "ms", note)
