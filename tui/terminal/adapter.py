"""The private names of Textual that the console rests on, and what each works around.

Textual is pinned, so that none of them changes unnoticed. The tables of keys are in `input`, the
style of an ink in `widgets.drawing.canvas`.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console, RenderableType
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual._styles_cache import StylesCache
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from tui.terminal.link import TerminalLink
from tui.terminal.screen_diff import ScreenFrame


def pieces(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Return the pieces of an update: line, column, and what is from there on."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (start, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or start >= last or end <= first:
                continue
            begin = max(start, first)
            yield y, begin, strip.crop(begin - start, min(end, last) - start)


class DifferentCells(CompositorUpdate):
    """The cells of an update that differ from what is on the terminal."""

    def __init__(
        self,
        update: ChopsUpdate | LayoutUpdate,
        picture: ScreenFrame,
        size: Size,
        cursor: tuple[int, int] | None,
    ) -> None:
        self._update = update
        self._picture = picture
        self._size = size
        self._cursor = cursor

    def render_segments(self, console: Console) -> str:
        """Return the cells as they go to the terminal."""
        colours: ColorSystem = COLOR_SYSTEMS[console.color_system or "truecolor"]
        whole = isinstance(self._update, LayoutUpdate)
        cleared = self._picture.begin(*self._size, whole=whole)
        return cleared + self._picture.draw(pieces(self._update), colours, self._cursor)


class LinkCompositor(Compositor):
    """Textual's compositor, which writes what changed and no more, when the link takes it.

    Args:
        line: what is known of the link.
        picture: what is on the terminal.
        hold: called with how long (s) a picture is held back, and with 0 when one goes out.
        cursor: returns line and column where the terminal's cursor belongs; None: where it was.
    """

    def __init__(
        self,
        line: TerminalLink,
        picture: ScreenFrame,
        hold: Callable[[float], None],
        cursor: Callable[[], tuple[int, int] | None],
    ) -> None:
        super().__init__()
        self._line = line
        self._picture = picture
        self._hold = hold
        self._cursor = cursor

    def render_update(
        self,
        full: bool = False,
        screen_stack: list[Screen[Any]] | None = None,
        simplify: bool = False,
    ) -> RenderableType | None:
        """Return an update of what changed; None when nothing did, or when it has to wait.

        What waits stays noted, and goes out with what changes until then.
        """
        if full:
            # A picture for a file.
            return super().render_update(full, screen_stack, simplify)  # pyright: ignore[reportUnknownMemberType]
        wait = self._line.wait()
        self._hold(wait)
        if wait:
            return None
        update = super().render_update(screen_stack=screen_stack)  # pyright: ignore[reportUnknownMemberType]
        self._line.painted()
        if not isinstance(update, LayoutUpdate | ChopsUpdate):
            return update
        different = DifferentCells(update, self._picture, self.size, self._cursor())
        return cast("RenderableType", different)


def draw_through(screen: Screen[Any], compositor: LinkCompositor) -> None:
    """Let a screen draw through a compositor of ours; Textual's knows of no link."""
    screen._compositor = compositor  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def forget_drawn_lines() -> None:
    """Let go of the drawn lines of closed screens.

    Textual keeps those of the last thousand widgets: cards in memory, and garbage to look through.
    """
    StylesCache.get_inner_outer.cache_clear()


def without_toasts(app: App[Any]) -> None:
    """Mount no widgets for toasts and tooltips on any screen: the console shows neither."""
    app._disable_tooltips = app._disable_notifications = True  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def on_defect(app: App[Any], ended: Callable[[Exception | None], None]) -> None:
    """Call `ended` in place of Textual's traceback, which shows local variables: keys and codes."""

    def end(*_: RenderableType) -> None:
        ended(app._exception)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    app._fatal_error = app.panic = end  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
