"""The lines below a list: the highlighted row in full, and the keys."""

from typing import ClassVar

from textual.geometry import Size
from textual.reactive import var

from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import Canvas
from widgets.drawing.ink import Cell, DrawnLine, fitted, wrap


class DetailStrip(Canvas):
    """The highlighted row in words, for what its columns had to cut off."""

    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("words",)

    words: var[str] = var("")

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return as much of the words as fits, broken at spaces."""
        lines = wrap(self.words, max(1, width - 2))
        if len(lines) > height:
            lines = [*lines[: height - 1], " ".join(lines[height - 1 :])]
        return [fitted((Cell("  "), Cell(text, "dim")), width) for text in lines]


class KeyLine(HintLine):
    """The keys of a screen, or a sentence in their place on as many lines as it takes."""

    DEFAULT_CSS = "KeyLine { height: auto; max-height: 5; }"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the sentence takes; one for keys."""
        del container, viewport
        return max(1, len(self._sentence(width)))

    def watch_message(self) -> None:
        self.refresh(layout=True)

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the sentence if there is one, else as many whole hints as fit."""
        lines = [
            fitted((Cell(" "), Cell(text, self.tone)), width) for text in self._sentence(width)
        ]
        return lines or super().draw(width, height)

    def _sentence(self, width: int) -> list[str]:
        return wrap(self.message, max(1, width - 2))
