"""What lies under a dialog: the screen below, taken over as its compositor draws it."""

from typing import Any

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.css.styles import RulesMap
from textual.screen import Screen
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class Below(Visual):
    """The picture of a screen without links and actions, for a dialog that tints nothing.

    Textual's own `BackgroundScreen` gives the same, but sends each piece of it through a Rich
    console, which takes as long again as to draw the screen.

    Args:
        screen: the one below.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Return the lines of the screen as it stands."""
        del width, height, options
        base = style.rich_style
        drawn = self._screen._compositor.render_strips()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return [
            Strip([_bare(segment, base) for segment in strip], strip.cell_length) for strip in drawn
        ]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return how wide the screen is, in cells."""
        del rules, container_width
        return self._screen.size.width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return how high the screen is, in lines."""
        del rules, width
        return self._screen.size.height


def _bare(segment: Segment, base: RichStyle) -> Segment:
    text, style, control = segment
    return Segment(text, base if style is None else base + style.clear_meta_and_links(), control)
