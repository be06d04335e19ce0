"""Figures 19 and 20: bytes to a terminal of 16 colours, and what a slow line takes of them."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.bench import seed
from tests.bench.busy import CURRENT_PANE, FOLLOWING, IN_SIGHT, ORDERS, POSITION
from tests.bench.figures import Figure
from tests.bench.stage import LIVE, Stage, stage
from tests.bench.tty import measures

SETTING = "CARDDESK_UI_SLOW_LINE"
IDLE_SECONDS = 120.0
BUSY_SECONDS = 60.0
PRESSES = 40
ORDER_COUNT = 1_000


class Bytes(NamedTuple):
    """What one console wrote: until it could be worked with, a second, and for a key."""

    start: float
    idle_s: float
    busy_s: float
    move: float
    page: float
    pane: float
    ticket: float


def figures() -> Iterator[Figure]:
    """Measure them."""
    full, slow = written("off"), written("on")
    rows = (
        ("19a", f"{ORDER_COUNT:,} orders, 1 % changing a second", 100, "busy_s", "B/s"),
        ("19b", "idle for two minutes", 2, "idle_s", "B/s"),
        ("20a", "until the desk is drawn", 10_000, "start", "B"),
        ("20b", "cursor down", 150, "move", "B"),
        ("20c", "page down", 2_000, "page", "B"),
        ("20d", "pane switch", 1_000, "pane", "B"),
        ("20e", "opening the ticket, and closing it", 8_000, "ticket", "B"),
    )
    for number, what, goal, name, unit in rows:
        note = f"{getattr(slow, name):,.1f} {unit} on a slow line"
        yield Figure(number, f"16 colours, {what}: bytes", goal, getattr(full, name), unit, note)


def written(setting: str) -> Bytes:
    """Count what a console with this setting writes."""
    slow = {SETTING: setting, "TERM": "xterm", "COLORTERM": ""}
    open_orders = seed.records(ORDER_COUNT, still_open=True)
    with stage(open_orders, settings=slow) as on, on.neighbour(0.01):
        busy_s = _busy(on)
    with stage(seed.records(ORDER_COUNT, still_open=False), settings=slow) as on:
        session, start = measures.start(on.console(ready=LIVE))
        with session:
            session.rest(5)
            idle_s = measures.idle(session, IDLE_SECONDS).bytes_s
            session.play([ORDERS, "g"])
            session.watch(POSITION)
            move = measures.keys(session, IN_SIGHT, PRESSES).bytes
            page = measures.keys(session, ["pagedown"], PRESSES).bytes
            session.watch(CURRENT_PANE)
            pane = measures.keys(session, ["tab"], PRESSES).bytes
            session.play(["2"])
            session.watch()
            ticket = 2 * measures.keys(session, ["b", "escape"], PRESSES).bytes
    return Bytes(start.bytes_ready, idle_s, busy_s, move, page, pane, ticket)


def _busy(on: Stage) -> float:
    session, _ = measures.start(on.console(ready=FOLLOWING))
    with session:
        session.play([ORDERS])
        session.rest(5)
        return measures.idle(session, BUSY_SECONDS).bytes_s
