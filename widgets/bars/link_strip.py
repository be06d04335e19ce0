"""One line about the line: what is written to the terminal, and how long it takes to get there."""

from typing import ClassVar

from msgspec import Struct
from textual.reactive import var

from widgets.drawing.canvas import Canvas
from widgets.drawing.fit import Part, fit_parts
from widgets.drawing.ink import Cell, DrawnLine, fitted


class LineFigures(Struct, frozen=True):
    """What was measured of the line: bytes, frames, and times.

    Rates are those of the last ten seconds. `round_trip_ms` is None while the terminal has not
    answered.
    """

    bytes_s: float
    frames_s: float
    key_bytes: int
    total: int
    round_trip_ms: float | None
    mode: str


class LinkStrip(Canvas):
    """Draws the figures of the line, the least important leaving first where it is narrow."""

    DEFAULT_CSS = "LinkStrip { height: 1; width: 1fr; background: $panel; }"
    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("figures",)

    figures: var[LineFigures | None] = var[LineFigures | None](None)

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        del height
        if self.figures is None:
            return [fitted((), width)]
        parts = fit_parts(_parts(self.figures), max(0, width - 1))
        return [fitted((Cell(" "), *parts), width)]


def _parts(figures: LineFigures) -> list[Part]:
    trip = "?" if figures.round_trip_ms is None else f"{figures.round_trip_ms:.0f}"
    # Each figure keeps its width: what moves along a line costs the whole line.
    return [
        Part((Cell(f"{figures.bytes_s:>5.0f} B/s", "strong"),)),
        Part((Cell(f"{figures.frames_s:>4.1f} frames/s"),), leaves=2),
        Part((Cell(f"key {figures.key_bytes:>5} B"),), leaves=1),
        Part((Cell(f"trip {trip:>4} ms"),), leaves=1),
        Part((Cell(figures.mode, "dim"),), leaves=3),
        Part((Cell(f"{figures.total / 1000:>6.0f} kB in all", "dim"),), leaves=4),
    ]
