"""The line at the bottom: which keys do what here, or a sentence that has to be read."""

from textual.reactive import var

from services.text import cell_width
from widgets.canvas import Canvas
from widgets.ink import Cell, DrawnLine, Line, fitted, inert
from widgets.parts import BETWEEN


class HintLine(Canvas):
    """Keys and what they do, or a sentence in their place.

    The last of the keys is the way out: where it is narrow the ones before it leave, it stays.
    `staying` is how many of the last ones do.
    """

    DEFAULT_CSS = "HintLine { height: 1; width: 1fr; background: $panel; }"
    DRAWN_FROM = ("hints", "staying", "message", "tone")

    hints: var[tuple[tuple[str, str], ...]] = var[tuple[tuple[str, str], ...]](())
    staying: var[int] = var(1)
    message: var[str] = var("")
    tone: var[str] = var("strong")

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the sentence if there is one, else as many whole hints as fit."""
        del height
        if self.message:
            return [fitted((Cell(" "), Cell(self.message, self.tone)), width)]
        line: list[Cell] = []
        if not self.hints:
            return [fitted((), width)]
        others, stay = self.hints[: -self.staying], self.hints[-self.staying :]
        left = width - sum(cell_width(inert(f"{BETWEEN}{key} {label}")) for key, label in stay)
        for key, label in others:
            left -= cell_width(inert(f"{BETWEEN if line else ' '}{key} {label}"))
            if left < 0:
                break
            line += _hint(key, label, first=not line)
        for hint in stay:
            line += _hint(*hint, first=not line)
        return [fitted(tuple(line), width)]


def _hint(key: str, label: str, *, first: bool) -> Line:
    return (Cell(f"{' ' if first else BETWEEN}{key}", "key"), Cell(f" {label}"))
