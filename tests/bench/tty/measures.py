"""What is measured of a program in a terminal, from outside."""

import random
import re
import statistics
from collections.abc import Sequence
from itertools import cycle, islice
from typing import NamedTuple

from tests.bench.tty import procfs
from tests.bench.tty.procfs import cpu_ns, wakeups
from tests.bench.tty.pump import NS, now
from tests.bench.tty.session import BenchError, Chunk, Program, Session

SETTLE = 0.06
"""Seconds without output after which a key has had all of its effect."""


class Start(NamedTuple):
    """From just before fork() to the first word, and to `ready`; s, CPU s, bytes."""

    paint_s: float
    ready_s: float
    cpu_s: float
    bytes_ready: int


class Quiet(NamedTuple):
    """What a program costs while no key is pressed."""

    cpu_pct: float
    wakeups_s: float
    bytes_s: float


class Keys(NamedTuple):
    """What single key presses cost: to the first watched change of the screen, and in all."""

    p50_ms: float
    p95_ms: float
    bytes: float
    cpu_ms: float
    missed: int


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def start(program: Program, timeout: float = 40) -> tuple[Session, Start]:
    """Start a program and wait until it is ready and its screen holds still."""
    session = Session(program)
    try:
        ready = session.until(program.ready, timeout)
        cpu = cpu_ns(session.pid) / NS
    except BenchError:
        session.close()
        raise
    sent = sum(chunk.size for chunk in session.chunks if chunk.at <= ready)
    session.still(0.3, 10)
    since = session.spawned
    return session, Start((session.painted_at - since) / NS, (ready - since) / NS, cpu, sent)


def rss_mb(session: Session, after: float = 1.0) -> float:
    """Return the resident memory of the process tree, `after` s from now."""
    session.rest(after)
    return procfs.rss_mb(session.pid)


def idle(session: Session, seconds: float) -> Quiet:
    """Press nothing for so many seconds and see what is done and written all the same."""
    cpu, woken = cpu_ns(session.pid), wakeups(session.pid)
    written, began = session.bytes_out, now()
    session.rest(seconds)
    wall = (now() - began) / NS
    return Quiet(
        100 * (cpu_ns(session.pid) - cpu) / NS / wall,
        (wakeups(session.pid) - woken) / wall,
        (session.bytes_out - written) / wall,
    )


def keys(
    session: Session, names: Sequence[str], count: int, *, limit: float = 1.0, jitter: float = 0.05
) -> Keys:
    """Press keys one at a time; each waits for its watched effect, then for quiet.

    Args:
        session: the running program; `Session.watch` says what counts as an effect.
        names: the keys, taken in turn.
        count: how many presses.
        limit: the longest wait for quiet, in s; a live screen never is.
        jitter: a random pause before each, in s, up to this.
    """
    chance = random.Random(7)
    changed: list[float] = []
    sizes: list[int] = []
    cpu = cpu_ns(session.pid)
    for name in islice(cycle(names), count):
        session.rest(chance.uniform(0, jitter))
        seen = len(session.chunks)
        at = session.press(name)

        def after(seen: int = seen, at: int = at) -> list[Chunk]:
            return [chunk for chunk in session.chunks[seen:] if chunk.at >= at]

        try:
            session.wait(lambda: any(c.watched for c in after()), 2, "an effect")
        except BenchError:
            if session.exit is not None:
                raise
            continue
        session.quiet(SETTLE, limit)
        changed.append((next(c.at for c in after() if c.watched) - at) / 1e6)
        sizes.append(sum(chunk.size for chunk in after()))
    if not changed:
        raise BenchError(f"none of {count} keys had a visible effect\n{session.term.text()}")
    return Keys(
        percentile(changed, 0.5),
        percentile(changed, 0.95),
        statistics.median(sizes),
        (cpu_ns(session.pid) - cpu) / 1e6 / count,
        count - len(changed),
    )


def action(
    session: Session, names: Sequence[str], pattern: str, back: Sequence[str], count: int
) -> tuple[float, float]:
    """Write keys in one piece and time until a regex shows; p50 and p95 in ms.

    Args:
        session: the running program.
        names: the keys.
        pattern: what is on the screen when it is done, and does not before.
        back: the keys that lead back.
        count: how often.
    """
    times: list[float] = []
    for _ in range(count):
        session.quiet(0.1, 1.0)
        at = session.press(*names)
        times.append((session.until(pattern, 10) - at) / 1e6)
        session.quiet(0.1, 1.0)
        session.press(*back)
        session.wait(
            lambda: re.search(pattern, session.term.text(), re.M) is None, 10, "the way back"
        )
    return percentile(times, 0.5), percentile(times, 0.95)


def burst(session: Session, name: str, count: int, rounds: int, before: Sequence[str]) -> float:
    """Write a key many times in one piece; ms from the write to the last watched change, median."""
    walls: list[float] = []
    for _ in range(rounds):
        session.play(before)
        session.quiet(0.3, 2.0)
        seen = len(session.chunks)
        at = session.press(*[name] * count)
        session.quiet(0.3, 15)
        watched = [c.at for c in session.chunks[seen:] if c.at >= at and c.watched]
        if watched:
            walls.append((watched[-1] - at) / 1e6)
    if not walls:
        raise BenchError("the burst had no effect")
    return statistics.median(walls)


def leave(session: Session) -> float:
    """Press the keys that end the program; returns the s from the last one to its exit."""
    at = 0
    for name in session.program.quit:
        at = session.press(name)
    session.wait(lambda: session.exit is not None, 15, "exit")
    return (session.exited_at - at) / NS
