"""Partial repaints that write the changed cells only, not all that stands to the left of them."""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


class TightUpdate(ChopsUpdate):
    """An update whose spans are cut at both ends; Textual's own begins each at its widget."""

    def render_segments(self, console: Console) -> str:
        """Return the spans as they go to the terminal."""
        written: list[str] = []
        for y, first, last in self.spans:
            for end, (start, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is None or start >= last or end <= first:
                    continue
                begin = max(start, first)
                cut = strip.crop(begin - start, min(end, last) - start)
                written += (Control.move_to(begin, y).segment.text, cut.render(console))
        return "".join(written)


class TightCompositor(Compositor):
    """Textual's compositor with tight partial updates."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """Return an update of what changed, if anything did."""
        update = super().render_partial_update()
        if update is not None:
            update = TightUpdate(update.chops, update.spans, update.chop_ends)
        return update
