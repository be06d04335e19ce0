"""The link to the terminal: how it is drawn on, and the figures of what is written."""

import logging
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.timer import Timer

from widgets.bars.link_strip import LineFigures
from widgets.drawing import style

if TYPE_CHECKING:
    from tui.console.base_app import BaseApp

FIGURES_SECONDS = 1.0
"""The figures of the link are shown so far apart (s)."""

SELDOM = 5
"""On a slow link they are shown only every so many times."""

_log = logging.getLogger(__name__)


class LinkMonitor:
    """Draws as the link to the terminal allows, and shows what is written if asked.

    Attributes:
        line: what is known of the link.
        figures: what is written to it, while that is shown.
    """

    def __init__(self, app: "BaseApp[Any]") -> None:
        self._app = app
        self.line = app.context.line
        self.figures: LineFigures | None = None
        self._timer: Timer | None = None
        self._ticks_left = 0

    def take(self, setting: str) -> None:
        """Spare the link from now on, or not, or as it is measured."""
        before = self.line.slow
        self.line.take(setting)
        if self.line.slow != before:
            self._changed()

    def answered(self, at: float) -> None:
        """Take in an answer of the terminal, and draw what waited for it."""
        if self.line.answered(at):
            self._changed()
            trip = f"round trip {(self.line.trip or 0) * 1000:.0f} ms"
            _log.info("slow line mode: %s", trip)
            words = "fewer bytes, ages in minutes. :slow off ends it."
            self._app.say(f"Slow line mode, {trip}: {words}")
        self._app.paint_held()

    def signs_are_wide(self) -> None:
        """Draw signs in ASCII, unless the settings say how they are drawn."""
        context = self._app.context
        self._app.context = replace(context, terminal=replace(context.terminal, signs=False))
        self._app.take_signs(context.settings.ui.ascii)
        self._app.hand_down("context", self._app.context)

    def forget_frame(self) -> None:
        """Take nothing that is on the terminal for granted: something else used it."""
        self._app.context.picture.forget()

    def redraw(self) -> None:
        """Draw every cell, whatever is on the terminal."""
        self.forget_frame()
        self._app.refresh()

    def show_look(self) -> None:
        """Draw ages and the cursor as the link allows."""
        style.take(style.now()._replace(coarse=self.line.slow))
        self._app.set_class(self.line.slow, "-slow")

    def toggle_figures(self) -> None:
        """Show on a line of its own what is written to the terminal, or show it no more."""
        if self._timer is None:
            self._timer = self._app.set_interval(FIGURES_SECONDS, self._show_figures)
            self._ticks_left = 0
            self._show_figures()
            return
        self._timer.stop()
        self._timer = self.figures = None
        self._app.hand_down("figures", None)

    def _show_figures(self) -> None:
        self._ticks_left -= 1
        if self._ticks_left > 0:
            return
        line, counted, trip = self.line, self.line.meter.figures(), self.line.trip
        self._ticks_left = SELDOM if line.slow else 1
        self.figures = LineFigures(
            *counted,
            None if trip is None else trip * 1000,
            f"{'slow' if line.slow else 'full'} ({line.setting})",
        )
        self._app.hand_down("figures", self.figures)

    def _changed(self) -> None:
        self.show_look()
        if self._app.terminal is not None:
            self._app.terminal.spare_mouse(self.line.slow)
        self._app.redraw_canvases()
        # Whole, unless it is known what is there.
        self._app.refresh()
