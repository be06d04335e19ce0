"""Figure 21: a purchase over a line of 200 ms and 9,600 baud, timed, and filmed in three pictures.

The pictures go into screenshots/ when Pillow is there. What the same keys take on a console that
spares nothing is behind each figure.
"""

import sys
from collections.abc import Iterator

from rich.segment import Segment
from rich.style import Style

from tests.bench.figures import Figure
from tests.bench.slow_line import SETTING
from tests.bench.stage import LIVE, ROOT, stage
from tests.bench.tty.pump import NS
from tests.bench.tty.session import Program, Session

ROUND_TRIP, BAUD = 0.2, 9_600
SIZE = (80, 24)
QUIET = 1.5
"""A screen that has not changed for so long (s) has settled."""

DOWN, UP = ("j", r" 2/135"), ("k", r" 1/135")

COLOURS = {
    "black": "#000000",
    "red": "#cd3131",
    "green": "#0dbc79",
    "brown": "#e5e510",
    "blue": "#2472c8",
    "magenta": "#bc3fbc",
    "cyan": "#11a8cd",
    "white": "#e5e5e5",
    "brightblack": "#666666",
}
STEPS = (
    ("21a", "the desk is drawn, from the command", 8.0),
    ("21b", "cursor down", 1.0),
    ("21c", "a product's stock", 2.0),
    ("21d", "the ticket", 3.0),
    ("21e", "its review", 3.0),
    ("21f", "bought, to the order that is fulfilled a second later", 5.0),
    ("21g", "the card, from the ticket", 4.0),
)


def figures() -> Iterator[Figure]:
    """Measure them."""
    slow, full = purchase("on", film=True), purchase("off", film=False)
    for (number, what, goal), now, before in zip(STEPS, slow, full, strict=True):
        note = f"{before[0]:.1f} s and {before[1]:,} B without it, {now[1]:,} B with it"
        yield Figure(number, f"slow line of 9,600 baud, {what}", goal, now[0], "s", note)


def purchase(setting: str, *, film: bool) -> list[tuple[float, int]]:
    """Buy a card over the line and reveal it; for each step the time (s) and the bytes."""
    with stage(settings={SETTING: setting}, handling=(1, 1)) as on:
        command = on.console().argv
        relay = [sys.executable, "-m", "tests.bench.relay"]
        argv = [*relay, f"--round-trip={ROUND_TRIP}", f"--baud={BAUD}", "--", *command]
        environ = {**on.environ, "PYTHONPATH": str(ROOT)}
        program = Program("relay", argv, LIVE, on.folder, environ, ROOT, SIZE)
        with Session(program) as session:
            return list(_steps(session, film))


def _steps(session: Session, film: bool) -> Iterator[tuple[float, int]]:
    yield _settled(
        session, session.spawned, r"(?s)PUBG Mobile.* connected.*Filter|connected.*PUBG Mobile"
    )
    _picture(session, 1, film)
    moves = [_pressed(session, key, at) for key, at in ((DOWN, UP) * 3)[:5]]
    # The median: into one of them falls the minute, at which every age is drawn.
    yield sorted(moves)[2]
    session.press("g")
    session.until(UP[1])
    session.still(QUIET, 60)
    yield _pressed(session, "enter", r"60 UC +[\d ]+\d  ")
    yield _pressed(session, "o", r"enter Review")
    yield _pressed(session, "enter", r"Buy 1 PUBG")
    _picture(session, 2, film)
    session.press("y")
    session.until("enter buys now", 60)
    session.still(QUIET, 60)
    yield _pressed(session, "enter", r"Ordered \d|1 of 1 after")
    session.until("1 of 1 after", 60)
    session.still(QUIET, 60)
    yield _pressed(session, "v", r"SANDBOX-CARD")
    _picture(session, 3, film)


def _pressed(session: Session, key: str, pattern: str) -> tuple[float, int]:
    return _settled(session, session.press(key), pattern)


def _settled(session: Session, since: int, pattern: str) -> tuple[float, int]:
    """Wait for a regex, then for quiet; the time of the last change, and the bytes until then."""
    session.until(pattern, 120)
    session.still(QUIET, 60)
    chunks = [chunk for chunk in session.chunks if chunk.at >= since]
    last = max(chunk.at for chunk in chunks if chunk.changed)
    return (last - since) / NS, sum(chunk.size for chunk in chunks if chunk.at <= last)


def _picture(session: Session, number: int, film: bool) -> None:
    if not film:
        return
    from screenshots import picture

    path = ROOT / "screenshots" / f"thin-line-{number}.png"
    columns, rows = SIZE
    buffer = session.term.screen.buffer
    lines = [
        [
            Segment(char.data, _style(char))
            for char in (buffer[y][x] for x in range(columns))
            if char.data
        ]
        for y in range(rows)
    ]
    picture.save(lines, columns, rows, path)


def _style(char: object) -> Style:
    front, back = (_hex(getattr(char, side)) for side in ("fg", "bg"))
    return Style(
        color=front,
        bgcolor=back,
        bold=getattr(char, "bold", False),
        reverse=getattr(char, "reverse", False),
    )


def _hex(name: str) -> str | None:
    if name == "default":
        return None
    return COLOURS.get(name) or f"#{name}"
