"""The line at the bottom: which keys do what here, or a sentence that has to be read."""

from textual.reactive import var

from services.text import cell_width
from widgets.canvas import Canvas
from widgets.ink import Cell, DrawnLine, fitted, inert
from widgets.parts import BETWEEN


class HintLine(Canvas):
    """Keys and what they do, or a sentence in their place."""

    DEFAULT_CSS = "HintLine { height: 1; width: 1fr; background: $panel; }"
    DRAWN_FROM = ("hints", "message", "tone")

    hints: var[tuple[tuple[str, str], ...]] = var[tuple[tuple[str, str], ...]](())
    message: var[str] = var("")
    tone: var[str] = var("strong")

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the sentence if there is one, else as many whole hints as fit."""
        del height
        if self.message:
            return [fitted((Cell(" "), Cell(self.message, self.tone)), width)]
        line: list[Cell] = []
        left = width
        for key, label in self.hints:
            before = BETWEEN if line else " "
            left -= cell_width(inert(f"{before}{key} {label}"))
            if left < 0:
                break
            line += [Cell(f"{before}{key}", "key"), Cell(f" {label}")]
        return [fitted(tuple(line), width)]
