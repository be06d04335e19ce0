"""Partial repaints that write the changed cells only, not all that stands to the left of them."""

from collections.abc import Iterator

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.strip import Strip


def pieces(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Return the pieces of an update: line, column, and what stands from there on."""
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


class TightUpdate(ChopsUpdate):
    """An update whose spans are cut at both ends; Textual's own begins each at its widget."""

    def render_segments(self, console: Console) -> str:
        """Return the spans as they go to the terminal."""
        return "".join(
            Control.move_to(x, y).segment.text + strip.render(console)
            for y, x, strip in pieces(self)
        )


class TightCompositor(Compositor):
    """Textual's compositor with tight partial updates."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """Return an update of what changed, if anything did."""
        update = super().render_partial_update()
        if update is not None:
            update = TightUpdate(update.chops, update.spans, update.chop_ends)
        return update
