"""The line at the bottom: which keys do what here, or a sentence that has to be read."""

from textual import events
from textual.reactive import var

from services.domain.text import cell_width
from widgets.drawing.canvas import Canvas
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.fit import BETWEEN
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted, inert


class HintLine(Canvas):
    """Keys and what they do, or a sentence in their place.

    The last of the keys is the way out: where it is narrow the ones before it leave, it stays.
    `staying` is how many of the last ones do.
    """

    DEFAULT_CSS = "HintLine { height: 1; width: 1fr; background: $panel; }"
    DRAWN_FROM = ("hints", "staying", "message", "tone")

    class Clicked(FieldMessage):
        """A key was clicked, as it is written there."""

        line: "HintLine"
        key: str

        @property
        def control(self) -> "HintLine":
            return self.line

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
        for hint in self._kept(width):
            line += _hint(*hint, first=not line)
        return [fitted(tuple(line), width)]

    def on_click(self, event: events.Click) -> None:
        """Say which key was clicked; a sentence in their place is only read."""
        offset, end = event.get_content_offset(self), 0
        if offset is None or self.message:
            return
        for key, label in self._kept(self.size.width):
            end += cell_width(inert(f"{BETWEEN if end else ' '}{key} {label}"))
            if offset.x < end:
                self.post_message(self.Clicked(self, key))
                return

    def _kept(self, width: int) -> list[tuple[str, str]]:
        """Return the hints that fit, the way out always among them."""
        if not self.hints:
            return []
        kept: list[tuple[str, str]] = []
        others, stay = self.hints[: -self.staying], self.hints[-self.staying :]
        left = width - sum(cell_width(inert(f"{BETWEEN}{key} {label}")) for key, label in stay)
        for key, label in others:
            left -= cell_width(inert(f"{BETWEEN if kept else ' '}{key} {label}"))
            if left < 0:
                break
            kept.append((key, label))
        return [*kept, *stay]


def _hint(key: str, label: str, *, first: bool) -> Line:
    return (Cell(f"{' ' if first else BETWEEN}{key}", "key"), Cell(f" {label}"))
