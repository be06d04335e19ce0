"""A widget drawn line by line that repaints only the cells that differ from what stands there."""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.dom import DOMNode
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from services.text import cell_width, one_cell_each
from widgets.ink import Drawn, DrawnLine


class Canvas(ScrollView, can_focus=False, inherit_bindings=False):
    """The base of everything here that draws: `draw` says what should stand, `patch` makes it so.

    Subclasses name in `DRAWN_FROM` the reactives that `draw` reads; a change of one patches.
    """

    ALLOW_SELECT = False
    DRAWN_FROM: ClassVar[tuple[str, ...]] = ()
    DEFAULT_CSS = """
    Canvas {
        overflow: hidden hidden;
        scrollbar-size: 0 0;
        & > .ink--plain { color: $foreground; }
        & > .ink--dim { color: $text-muted; }
        & > .ink--strong { color: $foreground; text-style: bold; }
        & > .ink--head { color: $text-muted; }
        & > .ink--title { color: $primary; text-style: bold reverse; }
        & > .ink--title-blurred { color: $foreground; text-style: bold; }
        & > .ink--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
        & > .ink--cursor-blurred {
            color: $block-cursor-blurred-foreground;
            background: $block-cursor-blurred-background;
            text-style: bold;
        }
        & > .ink--good { color: $text-success; }
        & > .ink--busy { color: $text-accent; }
        & > .ink--warn { color: $text-warning; }
        & > .ink--alert { color: $text-error; text-style: bold; }
        & > .ink--key { color: $footer-key-foreground; text-style: bold; }
        & > .ink--secret { color: $foreground; text-style: bold reverse; }
        & > .ink--production { color: $text-error; text-style: bold reverse; }
        & > .ink--sandbox { color: $text-success; text-style: bold; }
        & > .ink--match { text-style: bold underline; }
        &:ansi {
            & > .ink--cursor {
                color: $foreground;
                background: $background;
                text-style: bold reverse;
            }
            & > .ink--dim { text-style: dim; }
            & > .ink--head { text-style: dim; }
            & > .ink--match { text-style: bold underline; }
        }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: list[DrawnLine] = []
        self._drawn_size = Size(0, 0)
        self._styles_by_ink: dict[str, Style] = {}

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return what should stand on the widget.

        Args:
            width: of the content, in cells; every line has exactly this width.
            height: of the content, in lines; more lines are ignored, missing ones are blank.
        """
        raise NotImplementedError

    def patch(self) -> None:
        """Redraw the cells that differ from what was drawn last; nothing when none does."""
        if not self.is_mounted:
            return
        if not self.size:
            # Hidden: what stood there must not come back as it was.
            if self._drawn_size:
                self._drawn_size = self.size
                self.refresh()
            return
        if self._drawn_size != self.size:
            self.refresh()
            return
        wanted = self.draw(*self.size)
        regions = _differences(self._drawn, wanted, self.size)
        self._drawn = wanted
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """Render a line of the content for the compositor."""
        if self._drawn_size != self.size:
            self._drawn = self.draw(*self.size)
            self._drawn_size = self.size
        if y >= len(self._drawn):
            return Strip.blank(self.size.width, self._style("plain"))
        # One segment for each cell: a segment is the least that Textual writes to the terminal.
        segments = [Segment(text, self._style(ink)) for text, ink in self._drawn[y]]
        return Strip(segments, self.size.width)

    def notify_style_update(self) -> None:
        """Forget the resolved styles: the theme, the focus or the CSS changed."""
        super().notify_style_update()
        self._styles_by_ink.clear()

    def on_mount(self) -> None:
        """Follow the reactives that the drawing depends on."""
        redraw: Callable[[], None] = self.patch
        # Handlers of Focus and Blur would come too early: they run before the widget has it.
        for name in ("has_focus", *self.DRAWN_FROM):
            self.watch(self, name, redraw, init=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw what scrolled into view, and only the cells that it changed."""
        if round(old_value) != round(new_value):
            self.patch()

    def _style(self, ink: str) -> Style:
        style = self._styles_by_ink.get(ink)
        if style is None:
            # What a component class would be, but worked out when it is first drawn with: Textual
            # works every component class of every widget out anew whenever a class changes.
            # Of two inks the first gives the colour, the second what it says on top of it.
            node = DOMNode(classes=" ".join(f"ink--{name}" for name in ink.split()))
            node._attach(self)  # noqa: SLF001
            self.app.stylesheet.apply(node, animate=False)  # pyright: ignore[reportUnknownMemberType]
            style = self._styles_by_ink[ink] = node.rich_style
        return style


def _differences(before: list[DrawnLine], after: list[DrawnLine], size: Size) -> list[Region]:
    blank: DrawnLine = ()
    regions: list[Region] = []
    for y in range(min(size.height, max(len(before), len(after)))):
        old = before[y] if y < len(before) else blank
        new = after[y] if y < len(after) else blank
        if old is not new and old != new:
            start, end = _changed_span(old, new, size.width)
            regions.append(Region(start, y, end - start, 1))
    return regions


def _changed_span(old: DrawnLine, new: DrawnLine, width: int) -> tuple[int, int]:
    start = 0
    shared = min(len(old), len(new))
    first = 0
    while first < shared and old[first] == new[first]:
        start += cell_width(new[first].text)
        first += 1
    end = width
    last = 1
    while last <= shared - first and old[-last] == new[-last]:
        end -= cell_width(new[-last].text)
        last += 1
    if first <= len(old) - last and first <= len(new) - last:
        # The outermost cells that differ may share letters all the same.
        start += _shared_letters(old[first], new[first])
        # Where that is one and the same cell, no letter of it is shared twice.
        end -= min(end - start, _shared_letters(old[-last], new[-last], from_end=True))
    return start, max(end, start + 1)


def _shared_letters(old: Drawn, new: Drawn, *, from_end: bool = False) -> int:
    """Count the letters with which both begin, or end; none where one may not be one cell."""
    if old.ink != new.ink or not (one_cell_each(old.text) and one_cell_each(new.text)):
        return 0
    step = -1 if from_end else 1
    pairs = enumerate(zip(old.text[::step], new.text[::step], strict=False))
    shorter = min(len(old.text), len(new.text))
    return next((at for at, (one, other) in pairs if one != other), shorter)
