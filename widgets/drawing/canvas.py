"""A widget drawn line by line that repaints only the cells that differ from what is there."""

from collections.abc import Callable
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from services.domain.text import cell_width, one_cell_each
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.fit import Part
from widgets.drawing.frame import Around, Frame, PaneName
from widgets.drawing.ink import Drawn, DrawnLine, inert, signed

NAVIGATION: list[BindingType] = [
    Binding("j,down", "move(1)", "Down", show=False, id="nav.down"),
    Binding("k,up", "move(-1)", "Up", show=False, id="nav.up"),
    Binding("g,home", "top", "First", show=False, id="nav.top"),
    Binding("G,end", "bottom", "Last", show=False, id="nav.bottom"),
    Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="nav.half_down"),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="nav.half_up"),
    Binding("pagedown", "page(1)", "Page down", show=False, id="nav.page_down"),
    Binding("pageup", "page(-1)", "Page up", show=False, id="nav.page_up"),
]
"""The keys that every list and every scrolling text here answers to, by the ids of the keymap."""


class Canvas(ScrollView, can_focus=False, inherit_bindings=False):
    """The base of everything here that draws: `draw` says what should be seen, `patch` makes it so.

    Subclasses name in `DRAWN_FROM` the reactives that `draw` reads; a change of one patches.
    A `frame` is around what `draw` returns; `title_facts` are said in its rule.
    """

    ALLOW_SELECT = False
    DRAWN_FROM: ClassVar[tuple[str, ...]] = ()
    DEFAULT_CSS = """
    Canvas {
        overflow: hidden hidden;
        scrollbar-size: 0 0;
        & > .ink--plain { color: $foreground; }
        & > .ink--dim { color: $text-muted; }
        & > .ink--strong { color: $strong; text-style: bold; }
        & > .ink--head { color: $text-muted; }
        & > .ink--title { color: $title-ground; background: $title-ink; text-style: bold reverse; }
        & > .ink--title-blurred { color: $strong; text-style: bold; }
        & > .ink--border { color: $border-blurred; }
        & > .ink--good { color: $text-success; }
        & > .ink--busy { color: $text-accent; }
        & > .ink--warn { color: $text-warning; }
        & > .ink--alert { color: $text-error; text-style: bold; }
        & > .ink--key { color: $footer-key-foreground; text-style: bold; }
        & > .ink--secret { color: $label-ground; background: $label-ink; text-style: bold reverse; }
        & > .ink--qr { color: #000000; background: #ffffff; }
        & > .ink--production {
            color: $production-ground;
            background: $production-ink;
            text-style: bold reverse;
        }
        & > .ink--sandbox { color: $text-success; text-style: bold; }
        & > .ink--row { background: $row-ground; }
        & > .ink--row.ink--dim { color: $foreground; }
        & > .ink--row-name { color: $strong; text-style: bold; }
        & > .ink--row-blurred { background: $row-blurred-ground; }
        & > .ink--plot { color: $plot; }
        & > .ink--plot-mid { color: $plot-mid; }
        & > .ink--plot-low { color: $plot-low; }
        & > .ink--bars { color: $bars; }
        & > .ink--match { text-style: bold underline; }
        & > .ink--changed { text-style: bold; }
        &:ansi {
            & > .ink--dim { text-style: dim; }
            & > .ink--head { text-style: dim; }
            & > .ink--border { text-style: dim; }
            & > .ink--qr { color: ansi_black; background: ansi_bright_white; }
            & > .ink--match { text-style: bold underline; }
            & > .ink--changed { text-style: bold; }
            & > .ink--row-name { text-style: bold reverse; }
            & > .ink--row-name.ink--match { text-style: bold underline reverse; }
        }
    }
    """

    frame: var[Frame | None] = var[Frame | None](None)
    title_facts: var[tuple[Part, ...]] = var[tuple[Part, ...]](())

    class TitlePressed(FieldMessage):
        """The title of a pane was pressed in the frame of this one."""

        canvas: "Canvas"
        pane: PaneName

        @property
        def control(self) -> "Canvas":
            return self.canvas

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: list[DrawnLine] = []
        self._drawn_size = Size(0, 0)
        self._styles_by_ink: dict[str, Style] = {}

    @property
    def chosen_line(self) -> int:
        """The line, as it is scrolled now, of what is chosen here; the first where nothing is."""
        return 0

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return what should be on the widget, or inside its frame.

        Args:
            width: of the content, in cells; every line has exactly this width.
            height: of the content, in lines; more lines are ignored, missing ones are blank.
        """
        raise NotImplementedError

    def around(self) -> Around:
        """Return what the frame shows of this."""
        return Around(self.title_facts, self.has_focus)

    @property
    def room(self) -> Size:
        """How much there is to draw on: all of it, or the inside of the frame."""
        return self.size if self.frame is None else self.frame.inside(self.size)

    def _wanted(self) -> list[DrawnLine]:
        lines = self.draw(*self.room)
        return lines if self.frame is None else self.frame.around(lines, self.size, self.around())

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
        wanted = self._wanted()
        regions = _differences(self._drawn, wanted, self.size)
        self._drawn = wanted
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        if self._drawn_size != self.size:
            self._drawn = self._wanted()
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
        for name in ("has_focus", "frame", "title_facts", *self.DRAWN_FROM):
            self.watch(self, name, redraw, init=False)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Say which title in the rule of the frame was pressed.

        By the time of the click the focus, which this press brought, may have moved the panes.
        """
        if self.frame is not None and event.y == 0:
            pane = self.frame.name_at(event.x, self.size.width, self.around())
            if pane is not None:
                self.post_message(self.TitlePressed(self, pane))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw what scrolled into view, and only the cells that it changed."""
        if round(old_value) != round(new_value):
            self.patch()

    def _style(self, ink: str) -> Style:
        style = self._styles_by_ink.get(ink)
        if style is None:
            style = self._styles_by_ink[ink] = _ink_on(self, ink)
        return style


_Inks = dict[tuple[str, bool, str], DOMNode]
_inks: WeakKeyDictionary[App[Any], _Inks] = WeakKeyDictionary()
"""The inks of each app by theme: their rules are the same on every canvas, the ground is not."""

_NOWHERE = DOMNode()


def _ink_on(canvas: Canvas, ink: str) -> Style:
    """Return how an ink is drawn on a canvas.

    It is what a component class would be, but worked out when it is first drawn with: Textual works
    every component class of every widget out again whenever a class changes. Of two inks the first
    gives the colour, the second what it says on top of it.
    """
    app = cast("App[Any]", canvas.app)  # pyright: ignore[reportUnknownMemberType]
    nodes, key = _inks.setdefault(app, {}), (app.theme, bool(app.ansi_color), ink)
    if (node := nodes.get(key)) is None:
        node = DOMNode(classes=" ".join(f"ink--{name}" for name in ink.split()))
    put_under = node._attach  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    put_under(canvas)
    if key not in nodes:
        nodes[key] = node
        app.stylesheet.apply(node, animate=False)  # pyright: ignore[reportUnknownMemberType]
    style = node.rich_style
    # Neither a closed canvas, which may have drawn a card, nor an app that has ended is kept.
    put_under(_NOWHERE)
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


def inert_content(*lines: str) -> Content:
    """Return text from anywhere as what widgets of Textual's own may be given, line by line."""
    return Content("\n".join(signed(inert(line)) for line in lines))
