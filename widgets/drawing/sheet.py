"""Text that scrolls: facts and sentences, wrapped, patched like everything else that draws."""

from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size

from services.domain.text import cell_width
from widgets.drawing.canvas import NAVIGATION, Canvas
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted, line_width, wrap

LABEL_WIDTH = 13
FRAMED = 3
"""Lines of which a frame leaves at least one."""


class Sheet(Canvas, can_focus=True):
    """The base of the texts here: `text_lines` says what there is to read at a width."""

    BINDINGS: ClassVar[list[BindingType]] = NAVIGATION
    DEFAULT_CSS = "Sheet { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._length = 0
        self._headed = 0

    def text_lines(self, width: int) -> list[Line]:
        """Return the whole text; lines may be shorter than `width` cells, and are cut if longer."""
        raise NotImplementedError

    def heading(self, width: int) -> Line | None:
        """Return the line that is above the text and does not scroll; None for none."""
        del width
        return None

    def heading_lines(self, width: int) -> list[Line]:
        """Return what is above the text and does not scroll."""
        line = self.heading(width)
        return [] if line is None else [line]

    @property
    def allow_vertical_scroll(self) -> bool:
        return self.max_scroll_y > 0

    @property
    def page(self) -> int:
        """How many lines of the text are in sight."""
        return max(1, self.room.height - self._headed)

    @property
    def max_scroll_y(self) -> int:
        """The first line on the screen when scrolled to the end."""
        return max(0, self._length - self.page)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the text has at this width, for `height: auto`."""
        del container, viewport
        around = 0
        if self.frame is not None:
            inside = self.frame.inside(Size(width, FRAMED))
            width, around = inside.width, FRAMED - inside.height
        return len(self.text_lines(width)) + len(self.heading_lines(width)) + around

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the part of the text that is in sight."""
        lines = self.text_lines(width)
        if len(lines) != self._length:
            self._length = len(lines)
            self.call_later(self._lengthened)
        head = self.heading_lines(width)
        self._headed = len(head)
        top = self.scroll_offset.y
        shown = lines[top : top + height - self._headed]
        return [fitted(line, width) for line in (*head, *shown)]

    def action_move(self, by: int) -> None:
        self._show_from(self.scroll_offset.y + by)

    def action_page(self, by: float) -> None:
        self._show_from(self.scroll_offset.y + int(by * self.page))

    def action_top(self) -> None:
        self._show_from(0)

    def action_bottom(self) -> None:
        self._show_from(self.max_scroll_y)

    def _show_from(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True)

    def _lengthened(self) -> None:
        if self.styles.is_auto_height:
            self.refresh(repaint=False, layout=True)
        if self.scroll_offset.y > self.max_scroll_y:
            self._show_from(self.max_scroll_y)


def fact(label: str, text: str, width: int, ink: str = "plain") -> list[Line]:
    """Return a fact as lines: its name in a column of its own, its text wrapped beside it."""
    parts = wrap(text, max(8, width - LABEL_WIDTH)) if text else []
    labels = [label.ljust(LABEL_WIDTH), *(" " * LABEL_WIDTH for _ in parts[1:])]
    return [(Cell(name, "dim"), Cell(part, ink)) for name, part in zip(labels, parts, strict=False)]


def facing(left: Cell, right: Cell, width: int) -> Line:
    """Return a line with one cell at its left and one at its right end, a blank beside each."""
    room = max(0, width - 2 - line_width((right,)))
    text = fitted((left,), max(0, room - 1))
    used = sum(cell_width(piece.text) for piece in text)
    return (
        Cell(" "),
        *(Cell(piece.text, piece.ink) for piece in text),
        Cell(" " * (room - used)),
        right,
    )


def sentence(text: str, width: int, ink: str = "plain") -> list[Line]:
    return [(Cell(part, ink),) for part in wrap(text, width)]
